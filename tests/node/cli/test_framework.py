"""hub framework: a city makes the framework its own, assesses itself, and takes changes over."""

import json
from pathlib import Path
from typing import Any

from content.framework.customizing import reword
from content.framework.files import FrameworkFile, shipped, write_file
from content.framework.item import Framework
from content.framework.store import UPSTREAM, Base
from tests.node.cli.terminal import Terminal, founded_in

KNOWN = shipped().framework


def written(path: Path, framework: Framework, *, origin: str = UPSTREAM, version: str) -> str:
    """Write a framework to a file as a hub or the project would hand it out; return its name."""
    file = FrameworkFile(origin, framework, Base(version, framework))
    path.write_text(json.dumps(write_file(file)), "utf-8")
    return str(path)


def items_of(terminal: Terminal) -> dict[str, Any]:
    return {item["id"]: item for item in terminal.json("framework", "show")["items"]}


def test_before_a_framework_is_adopted_each_command_says_how_to_begin(terminal: Terminal) -> None:
    for words in (("show",), ("assess",), ("drop", "tool-dpia"), ("diff",), ("export",)):
        printed = terminal.run("framework", *words)
        assert printed.status == 1
        assert "hub framework adopt" in printed.err


def test_a_framework_is_adopted_and_shown(terminal: Terminal) -> None:
    adopted = terminal.json("framework", "adopt")

    assert adopted == {"origin": "upstream", "upstream": "2026-11", "items": 37}
    shown = terminal.json("framework", "show")
    assert shown["adopted_by"] == "femke"
    assert len(shown["items"]) == 37
    assert "Data protection impact" in terminal.run("framework", "show").out
    one = terminal.run("framework", "show", "tool-dpia", "--language", "es").out
    assert "What to do first" in one
    again = terminal.run("framework", "adopt")
    assert again.status == 1
    assert "already" in again.err


def test_items_are_worded_anew_added_dropped_moved_and_resources_attached(
    terminal: Terminal,
) -> None:
    terminal.json("framework", "adopt")

    terminal.json("framework", "set", "tool-dpia", "--responsible", "Data protection office")
    terminal.json("framework", "set", "tool-dpia", "--language", "es", "--why", "Porque sí.")
    terminal.json(
        *("framework", "add", "chatbot-rules", "--pillar", "tool-tools"),
        *("--title", "Rules for chatbots", "--topic", "generative-ai", "--after", "tool-dpia"),
    )
    terminal.json("framework", "drop", "tool-sensor-register")
    terminal.json("framework", "move", "tool-training", "--after", "tool-tools")
    resource = terminal.json(
        *("resource", "add", "--title", "Our rule", "--summary", "s", "--kind", "policy"),
        *("--language", "en", "--topic", "privacy", "--url", "https://city.example/rule"),
    )
    ulid = resource["id"].rpartition("/")[2]
    attached = terminal.json("framework", "attach", "tool-dpia", ulid)

    items = items_of(terminal)
    assert items["tool-dpia"]["responsible"] == "Data protection office"
    assert set(items["tool-dpia"]["why"]) == {"en", "es"}
    assert attached["resources"] == [resource["id"]]
    names = list(items)
    assert names[names.index("tool-tools") + 1] == "tool-training"
    assert names[names.index("tool-dpia") + 1] == "chatbot-rules"
    assert "tool-sensor-register" not in items
    history = terminal.json("framework", "show", "tool-dpia")["history"]
    assert [change["what"] for change in history] == [
        "framework.attach", "framework.reword", "framework.reword",
    ]  # fmt: skip
    assert {change["by"] for change in history} == {"femke"}
    assert f"Our rule: {resource['id']}" in terminal.run("framework", "show", "tool-dpia").out
    assert f"[Our rule](<{resource['id']}>)" in terminal.run("framework", "export").out
    terminal.json("framework", "assess", "tool-dpia", "--level", "0")
    (step,) = terminal.json("framework", "assess")["next_steps"]
    assert (step["resources"][0]["name"], step["resources"][0]["url"]) == (
        "Our rule",
        resource["id"],
    )
    terminal.json("framework", "attach", "tool-dpia", resource["id"], "--remove")
    terminal.json("framework", "add", "tool-sensor-register")
    assert items_of(terminal)["tool-sensor-register"]["sources"]


REFUSED: list[tuple[tuple[str, ...], int, str]] = [
    (("set", "tool-dpia"), 1, "Say what to change"),
    (("set", "tool-dipa", "--why", "x"), 1, "no item"),
    (("set", "tool-dpia", "--language", "english!", "--why", "x"), 1, "language tag"),
    (("add", "own"), 1, "--pillar and --title"),
    (("add", "Own Item", "--pillar", "tool-tools", "--title", "x"), 1, "small letters"),
    (("add", "tool-dpia"), 1, "already"),
    (("drop", "tool-tools"), 1, "pillar"),
    (("move", "tool-dpia", "--after", "tool-dpia"), 1, "cannot follow"),
    (("move", "tool-dpia", "--pillar", "tools"), 2, "tool-tools"),
    (("attach", "tool-dpia", "ftp://city.example/x"), 1, "https"),
    (("assess", "tool-dpia"), 1, "--level"),
    (("assess", "tool-dpia", "--level", "5"), 2, "0<=x<=4"),
    (("assess", "tool-tools", "--level", "1"), 1, "pillar"),
    (("assess", "--level", "1"), 1, "which item"),
    (("snapshot",), 1, "--note"),
    (("diff", "7", "ours"), 1, "no snapshot 7"),
    (("diff", "adopted", "nowhere.json"), 1, "a hub, a file"),
    (("merge",), 1, "No merge waits"),
    (("merge", "--finish"), 1, "No merge waits"),
    (("merge", "upstream", "--cancel"), 1, "one at a time"),
    (("merge", "--decide", "tool-dpia", "why/en"), 1, "one of --take and --text"),
    (("export", "--format", "json", "--with-scores"), 1, "no scores"),
    (("show", "--snapshot", "9"), 1, "no snapshot 9"),
]


def test_what_cannot_be_is_refused_with_what_to_do_and_changes_nothing(
    terminal: Terminal,
) -> None:
    terminal.json("framework", "adopt")
    before = terminal.contents()

    for words, status, reason in REFUSED:
        printed = terminal.run("framework", *words)
        assert (printed.status, printed.out) == (status, ""), words
        assert reason in printed.err

    assert terminal.contents() == before


def test_a_city_assesses_itself_and_gets_next_steps_with_resources_and_experts(
    terminal: Terminal,
) -> None:
    terminal.json("resource", "import", "--starter")
    terminal.json(
        *("expert", "add", "--name", "Omar Ben Salah", "--bio", "DPIAs.", "--language", "fr"),
        *("--topic", "impact-assessment"),
    )
    terminal.json("framework", "adopt")

    terminal.json("framework", "assess", "tool-dpia", "--level", "0")
    terminal.json(
        *("framework", "assess", "str-dpo", "--level", "3", "--note-file", "-"),
        *("--evidence", "https://city.example/dpo"),
        text="Named in 2019, reports to the council.",
    )
    overview = terminal.json("framework", "assess")

    structures = overview["coverage"][1]
    assert (structures["scored"], structures["items"], structures["mean"]) == (1, 8, 3.0)
    assert len(overview["unscored"]) == 32
    (step,) = overview["next_steps"]
    assert (step["item"], step["level"]) == ("tool-dpia", 0)
    assert step["first"].startswith("Take the list of your authority")
    assert [expert["name"] for expert in step["experts"]] == ["Omar Ben Salah"]
    assert len(step["resources"]) == 3
    printed = terminal.run("framework", "assess").out
    assert "1 of 8 scored, on average 3.0 of 4" in printed
    assert "Omar Ben Salah" in printed
    terminal.json("framework", "assess", "tool-dpia", "--remove")
    assert terminal.json("framework", "assess")["next_steps"] == []


def test_scores_are_not_shown_to_readers_and_not_changed_by_them(terminal: Terminal) -> None:
    terminal.json("framework", "adopt")
    terminal.json(
        "framework", "assess", "tool-dpia", "--level", "1", "--note-file", "-", text="canary"
    )
    terminal.json("user", "add", "rui", "--role", "reader", "--display-name", "Rui")

    for words in (("show",), ("show", "tool-dpia"), ("export",), ("export", "--format", "html")):
        printed = terminal.run("--as", "rui", "framework", *words)
        assert printed.status == 0
        assert "canary" not in printed.out
        assert "1 of 4" not in printed.out
    for refused in (("assess",), ("export", "--with-scores"), ("snapshot", "--list"), ("diff",)):
        printed = terminal.run("--as", "rui", "framework", *refused)
        assert printed.status == 1
        assert "framework-edit" in printed.err


def test_snapshots_are_dated_and_compared(terminal: Terminal) -> None:
    terminal.json("framework", "adopt")
    terminal.json("framework", "assess", "tool-dpia", "--level", "1")
    terminal.json("framework", "snapshot", "--note", "For the council")
    terminal.json("framework", "set", "tool-dpia", "--responsible", "DPO")
    terminal.json("framework", "assess", "tool-dpia", "--level", "3")

    listed = terminal.json("framework", "snapshot", "--list")["items"]
    assert [each["note"] for each in listed] == [
        "For the council", "Adopted from upstream, upstream 2026-11",
    ]  # fmt: skip
    assert listed[0]["coverage"][2]["levels"] == [0, 1, 0, 0, 0]
    (found,) = terminal.json("framework", "diff", "2", "ours")["differences"]
    assert found["places"] == [{"place": "responsible", "before": None, "after": "DPO"}]
    then = terminal.json("framework", "show", "--snapshot", "2")
    assert {i["id"]: i for i in then["items"]}["tool-dpia"]["score"]["level"] == 1


def test_a_merge_without_conflict_is_applied_and_can_be_looked_at_before(
    terminal: Terminal, tmp_path: Path
) -> None:
    terminal.json("framework", "adopt")
    later = reword(KNOWN, "tool-hria", texts={"why": "Better said."})
    file = written(tmp_path / "later.json", later, version="2027-03")

    preview = terminal.json("framework", "merge", file, "--preview")
    assert (preview["applied"], items_of(terminal)["tool-hria"]["why"]["en"]) != (True, "Better.")
    assert terminal.json("framework", "show")["upstream"] == "2026-11"
    merged = terminal.json("framework", "merge", file)

    assert merged["applied"]
    assert items_of(terminal)["tool-hria"]["why"] == {"en": "Better said."}
    assert terminal.json("framework", "show")["upstream"] == "2027-03"
    assert "nothing changes" in terminal.run("framework", "merge", file).out


def test_a_merge_can_be_given_up(terminal: Terminal, tmp_path: Path) -> None:
    terminal.json("framework", "adopt")
    terminal.json("framework", "set", "tool-hria", "--why", "Ours.")
    before = items_of(terminal)
    later = reword(KNOWN, "tool-hria", texts={"why": "Theirs."})
    file = written(tmp_path / "later.json", later, version="2027-03")

    begun = terminal.run("framework", "merge", file)
    assert "CONFLICT  tool-hria  why/en" in begun.out
    assert "--decide tool-hria why/en --take ours" in begun.err
    terminal.json("framework", "merge", "--cancel")

    assert items_of(terminal) == before
    assert terminal.run("framework", "merge").status == 1


def test_an_export_as_json_is_adopted_elsewhere_as_it_was(
    terminal: Terminal, tmp_path: Path
) -> None:
    terminal.json("framework", "adopt")
    terminal.json("framework", "set", "tool-dpia", "--responsible", "DPO", "--title", "DPIA")
    terminal.json("framework", "drop", "str-ethics-board")
    terminal.json("framework", "assess", "tool-dpia", "--level", "2")
    file = tmp_path / "framework.json"
    terminal.json("framework", "export", "--format", "json", "--output", str(file))
    other = founded_in(tmp_path / "porto")

    other.json("framework", "adopt", str(file))

    assert other.json("framework", "export", "--format", "json") == json.loads(file.read_text())
    assert [each["item"] for each in other.json("framework", "diff")["differences"]] == [
        "tool-dpia", "str-ethics-board",
    ]  # fmt: skip
    assert "score" not in items_of(other)["tool-dpia"]
    assert terminal.run("framework", "export", "--output", str(file)).status == 1


def test_an_import_replaces_the_framework_and_the_old_one_is_a_snapshot(
    terminal: Terminal, tmp_path: Path
) -> None:
    terminal.json("framework", "adopt")
    file = tmp_path / "before.json"
    terminal.json("framework", "export", "--format", "json", "--output", str(file))
    terminal.json("framework", "drop", "str-ethics-board")

    terminal.json("framework", "import", str(file))

    assert "str-ethics-board" in items_of(terminal)
    (dropped,) = terminal.json("framework", "diff", "1", "2")["differences"]
    assert (dropped["kind"], dropped["item"]) == ("dropped", "str-ethics-board")
    bad = terminal.run("framework", "import", "-", text="{}")
    assert bad.status == 1
    assert "format" in bad.err


def test_documents_show_scores_only_where_asked(terminal: Terminal, tmp_path: Path) -> None:
    terminal.json("framework", "adopt")
    terminal.json("framework", "set", "tool-dpia", "--responsible", "<b>Office</b> *for* data")
    terminal.json(
        "framework", "assess", "tool-dpia", "--level", "2", "--note-file", "-", text="Draft rule."
    )
    html = tmp_path / "framework.html"

    terminal.json("framework", "export", "--format", "html", "--output", str(html), "--with-scores")
    markdown = terminal.run("framework", "export").out

    page = html.read_text("utf-8")
    assert "2 of 4: Developing" in page
    assert "1 of 17 items scored, on average 2.0 of 4" in page
    assert "&lt;b&gt;Office&lt;/b&gt;" in page
    assert "<b>Office" not in page
    assert "Draft rule." not in markdown
    assert "\\<b\\>Office\\</b\\> \\*for\\* data" in markdown
    assert markdown.count("\n### ") == 34
    assert "Inspired by the Digital Rights Governance Framework" in markdown


def test_items_are_published_one_by_one_and_taken_back(terminal: Terminal) -> None:
    terminal.json("framework", "adopt")
    terminal.json("framework", "assess", "tool-dpia", "--level", "2")
    assert terminal.json("framework", "publish") == {"items": []}

    plain, scored = "tool-hria", "tool-dpia"
    terminal.json("framework", "publish", plain)
    (out,) = terminal.json("framework", "publish", scored, "--with-score")["published"]
    assert out["score"]["level"] == 2
    terminal.json("framework", "set", plain, "--responsible", "Lead office")

    listed = {each["item"]: each for each in terminal.json("framework", "publish")["items"]}
    assert (listed[plain]["score"], listed[plain]["changed_since"]) == (None, True)
    assert listed[scored]["changed_since"] is False
    assert "yes" in terminal.run("framework", "publish").out
    terminal.json("framework", "assess", scored, "--remove")
    listed = {each["item"]: each for each in terminal.json("framework", "publish")["items"]}
    assert listed[scored]["score"] is None
    assert terminal.json("framework", "drop", plain)["withdrawn"] == [plain]
    terminal.json("framework", "publish", scored, "--withdraw")
    assert terminal.json("framework", "publish") == {"items": []}


def test_what_cannot_be_published_is_refused_and_nothing_goes_out(terminal: Terminal) -> None:
    terminal.json("framework", "adopt")
    terminal.json("framework", "set", "tool-hria", "--who", "Call Ana, +34 600 123 456.")
    before = terminal.contents()

    for words, status, reason in (
        (("--with-score",), 1, "which items"),
        (("tool-dpia", "--all"), 1, "--all"),
        (("tool-dpia", "--with-score"), 1, "no score"),
        (("tool-dipa",), 1, "no item"),
        (("tool-dpia", "--withdraw"), 1, "not published"),
        (("tool-dpia", "--label", "tlp-red"), 2, "tlp-green"),
        (("tool-dpia", "tool-hria"), 1, "phone-number"),
    ):
        printed = terminal.run("framework", "publish", *words)
        assert (printed.status, printed.out) == (status, ""), words
        assert reason in printed.err

    assert terminal.contents() == before
    terminal.json("framework", "publish", "tool-hria", "--confirm")


def test_of_other_hubs_nothing_is_shown_before_they_publish(terminal: Terminal) -> None:
    terminal.json("framework", "adopt")

    assert terminal.json("framework", "show", "--hubs") == {"hubs": []}
    for words in (("show", "--hub", "x.example"), ("diff", "ours", "x.example")):
        assert terminal.run("framework", *words).status == 1
    assert "a hub, a file" in terminal.run("framework", "merge", "x.example").err
