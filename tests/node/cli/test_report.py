"""hub report: the register on paper, and what a data protection officer will ask first."""

from tests.node.cli.terminal import Terminal

NAMED = {"HUB_CONTROLLER": "City of Amsterdam, Amstel 1", "HUB_DPO": "fg@amsterdam.example"}


def test_the_register_is_a_paper_with_all_that_article_30_asks_for(terminal: Terminal) -> None:
    printed = terminal.run("report", "processing", **NAMED, HUB_RETENTION_CASE_MONTHS="18")

    assert printed.status == 0, printed.err
    for part in (
        "Controller: City of Amsterdam, Amstel 1",
        "Data protection officer: fg@amsterdam.example",
        "Purpose:",
        "Lawful basis:",
        "People:",
        "Data:",
        "Recipients:",
        "18 months after the end of the case",
        "## Security (Art. 32)",
    ):
        assert part in printed.out, part
    assert "No contact is stated" in printed.err
    assert "officer" not in printed.err


def test_the_register_tells_what_is_not_stated(terminal: Terminal) -> None:
    printed = terminal.run("report", "processing")
    plain = terminal.json("report", "processing")

    assert "Data protection officer: NOT STATED" in printed.out
    assert "write dpo in hub.toml" in printed.err
    assert plain["controller"]["name"] == "Rights Hub Test"
    assert {"Requests for help", "Directory of experts"} <= {a["name"] for a in plain["activities"]}


def test_a_ground_that_is_none_is_refused(terminal: Terminal) -> None:
    wrong = terminal.run("report", "processing", HUB_LEGAL_BASIS="because")

    assert wrong.status == 1
    assert "HUB_LEGAL_BASIS" in wrong.err


def test_report_alone_shows_what_the_network_covers_and_how_it_was_counted(
    terminal: Terminal,
) -> None:
    assert terminal.run("resource", "import", "--starter", "--country", "NL").status == 0

    printed = terminal.run("report", "--since", "2026-01")
    plain = terminal.json("report", "network")
    table = terminal.run("report", "--csv", "coverage")

    assert printed.status == 0, printed.err
    for part in ("Coverage:", "Gaps", "Hubs: 1", "Framework", "Cases between hubs", "2026-01"):
        assert part in printed.out, part
    assert "Only what hubs published for everybody is counted" in printed.out
    assert plain["coverage"]["resources"] > 0
    assert set(plain["method"]) == {
        *("coverage", "by-hub", "gaps", "freshness", "framework", "flow", "trends")
    }
    assert table.out.startswith("topic,language,region,resources,experts")
    assert "europe-western" in table.out


def test_a_month_that_is_none_is_refused(terminal: Terminal) -> None:
    printed = terminal.run("report", "--since", "2026-13")

    assert printed.status == 2
    assert "2026-01" in printed.err
