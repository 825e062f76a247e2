"""hub resource propose, and hub proposal."""

from tests.node.cli.terminal import Terminal

ADD = (
    *("resource", "add", "--title", "Clauses", "--summary", "For buying.", "--language", "en"),
    *("--kind", "template", "--topic", "procurement", "--year", "2024"),
)
BECAUSE = ("--because", "The second edition came out.")


def test_a_reader_proposes_sees_the_record_beside_it_and_an_editor_accepts(
    terminal: Terminal,
) -> None:
    ulid = terminal.json(*ADD)["ulid"]
    assert (
        terminal.run("user", "add", "rita", "--role", "reader", "--display-name", "Rita").status
        == 0
    )
    asked = ("resource", "propose", ulid, "--set", "year=2026", "--set", "title=Clauses 2026")

    made = terminal.json(*asked, *BECAUSE, "--as", "rita")
    shown = terminal.run("proposal", "show", made["id"], "--as", "rita")
    refused = terminal.run("proposal", "accept", made["id"], "--as", "rita")
    listed = terminal.json("proposal", "list", "--state", "waiting")
    accepted = terminal.run("proposal", "accept", made["id"], "--as", "femke")

    assert (made["direction"], made["by"]) == ("own", "rita")
    assert "now: 2024" in shown.out
    assert "proposed: 2026" in shown.out
    assert "second edition" in shown.out
    assert refused.status == 1
    assert [each["id"] for each in listed["items"]] == [made["id"]]
    assert accepted.status == 0, accepted.err
    assert terminal.json("resource", "show", ulid)["record"]["year"] == 2026
    assert terminal.json("proposal", "show", made["id"])["state"] == "accepted"


def test_proposals_are_declined_with_a_reason_and_withdrawn(terminal: Terminal) -> None:
    ulid = terminal.json(*ADD)["ulid"]
    one, two = (
        terminal.json("resource", "propose", ulid, "--set", f"year={year}", *BECAUSE)["id"]
        for year in (2025, 2026)
    )

    assert terminal.run("proposal", "decline", one).status == 2
    declined = terminal.json("proposal", "decline", one, "--because", "The first is meant.")
    withdrawn = terminal.run("proposal", "withdraw", two)

    assert (declined["state"], declined["answer"]) == ("declined", "The first is meant.")
    assert withdrawn.out == f"Withdrew {two}.\n"
    assert "first is meant" in terminal.run("proposal", "show", one).out
    assert terminal.run("proposal", "withdraw", two).status == 1


def test_what_cannot_be_proposed_is_said(terminal: Terminal) -> None:
    ulid = terminal.json(*ADD)["ulid"]

    for pair, word in (
        ("year", "field=value"),
        ("label=tlp-green", "no field that can be proposed"),
        ("year=2024", "nothing would change"),
    ):
        printed = terminal.run("resource", "propose", ulid, "--set", pair, *BECAUSE)
        assert (printed.status, word in printed.err) == (1, True), printed.err
    unknown = terminal.run(
        "resource", "propose", "https://far.example/x", "--set", "year=1", *BECAUSE
    )
    assert unknown.status == 1
    assert terminal.json("proposal", "list")["items"] == []
