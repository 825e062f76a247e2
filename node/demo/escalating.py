"""The third part: a case that New York cannot answer alone, and the coalition's feed."""

import json
from typing import Any

from node.demo import texts
from node.demo.cast import Cast
from node.demo.network import RunningHub
from node.demo.outside import ask, get_json, post, wait_for

SECONDS = 60
EXPERT = "Example: Noor van Dijk"


def tell_escalation(cast: Cast) -> None:
    """From the question in New York to the confirmed answer, then the feed."""
    case = _open(cast)
    _match(cast, case)
    ours = _escalate(cast, case)
    theirs = _accept(cast, ours)
    _ask(cast, ours, theirs)
    _answer(cast, ours, theirs)
    _feed(cast)


def _open(cast: Cast) -> str:
    teller, new_york = cast.teller, cast.new_york
    teller.step("New York: an official must buy a chatbot by Friday, and opens a case.")
    opened = new_york.command(
        "case",
        "new",
        *("--topic", "procurement", "--topic", "generative-ai", "--language", "en"),
        *("--requester", "who-city-official", "--sensitivity", "data-none"),
        *("--may-escalate", "yes"),
        text=f"{texts.TITLE}\n\n{texts.QUESTION}",
    )
    teller.quote(texts.QUESTION)
    case = str(opened["id"])
    status = get_json(f"{new_york.origin}/api/v1/cases/{case}", token=new_york.token)["status"]
    teller.see(status == "case-received", f"New York holds the case, {status}")
    return case


def _match(cast: Cast, case: str) -> None:
    teller = cast.teller
    teller.step("New York looks who could answer: here, or at a hub that it approved.")
    found = cast.new_york.command("case", "match", case)["items"]
    matches = [match for match in found if match["kind"] == "expert"]
    for match in matches[:3]:
        teller.quote(f"{match['name']}  [{match['hub']}]\n  " + "\n  ".join(match["reasons"]))
    best = matches[0] if matches else {"name": "nobody", "hub": "", "reasons": []}
    teller.see(
        best["name"] == EXPERT
        and best["hub"] == cast.amsterdam.authority
        and bool(best["reasons"]),
        f"the best match is {best['name']} in Amsterdam, with {len(best['reasons'])} reasons",
    )


def _escalate(cast: Cast, case: str) -> str:
    teller, new_york, amsterdam = cast.teller, cast.new_york, cast.amsterdam
    teller.step("New York looks at exactly what would leave, then offers the case to Amsterdam.")
    outside = f"{texts.OUTSIDER_TITLE}\n\n{texts.QUESTION}"
    arguments = ("escalate", case, "--to", amsterdam.authority, "--question-file", "-")
    preview = new_york.command(*arguments, "--preview", text=outside)
    teller.quote(json.dumps(preview["document"], indent=2, ensure_ascii=False))
    names = [word for word in ("grace", "Grace") if word in json.dumps(preview)]
    teller.see(not names, "the preview holds no name of anybody in New York")
    teller.say(f"Beside it, what stays in New York: {', '.join(preview['stays'])}.")
    teller.see(not preview["found"], "nothing in it looks like personal data")
    offered = new_york.command(*arguments, "--expect", preview["sha256"], text=outside)
    teller.say("It travels sealed: outsiders see only that New York wrote to Amsterdam.")
    return str(offered["id"])


def _accept(cast: Cast, ours: str) -> str:
    teller, amsterdam = cast.teller, cast.amsterdam
    teller.step("Amsterdam gets the offer, reads it, and accepts.")
    offer_id = _escalation(cast.new_york, ours)["offer_id"]

    def arrived() -> str | None:
        page = get_json(f"{amsterdam.origin}/api/v1/escalations", token=amsterdam.token)
        return next((i["id"] for i in page["items"] if i["offer_id"] == offer_id), None)

    theirs = wait_for("the offer is at Amsterdam", arrived, seconds=SECONDS)
    _both(cast, ours, theirs, "esc-offered")
    shown = amsterdam.command("offer", "show", theirs)
    teller.see(
        shown["question"] == texts.QUESTION, "Amsterdam reads the question as New York wrote it"
    )
    amsterdam.command("offer", "accept", theirs)
    _both(cast, ours, theirs, "esc-accepted")
    amsterdam.command("user", "add", "noor", "--role", "expert", "--display-name", EXPERT)
    amsterdam.command("offer", "assign", theirs, "noor")
    _both(cast, ours, theirs, "esc-in-progress")
    return theirs


def _ask(cast: Cast, ours: str, theirs: str) -> None:
    teller, amsterdam, new_york = cast.teller, cast.amsterdam, cast.new_york
    teller.step("Amsterdam asks something back, and New York tells.")
    _act(amsterdam, theirs, "ask", {"text": texts.ASK})
    teller.quote(texts.ASK)
    _both(cast, ours, theirs, "esc-info-needed")
    new_york.command("offer", "info", ours, text=texts.INFO)
    teller.quote(texts.INFO)
    _both(cast, ours, theirs, "esc-in-progress")


def _answer(cast: Cast, ours: str, theirs: str) -> None:
    teller, amsterdam, new_york = cast.teller, cast.amsterdam, cast.new_york
    teller.step("Amsterdam answers with a source, and New York confirms that it helped.")
    source = get_json(
        f"{amsterdam.origin}/api/v1/resources?topic=contract-clauses&hub={amsterdam.authority}"
    )["items"][0]["id"]
    amsterdam.command("offer", "answer", theirs, "--cite", source, text=texts.ANSWER)
    teller.quote(f"{texts.ANSWER}\n{source}")
    _both(cast, ours, theirs, "esc-answered")
    said = [
        message["text"]
        for message in new_york.command("offer", "show", ours)["messages"]
        if message["kind"] == "answer"
    ]
    teller.see(
        len(said) == 1 and texts.ANSWER in said[0] and source in said[0],
        "New York reads the answer with its source",
    )
    _act(new_york, ours, "confirm", None)
    _both(cast, ours, theirs, "esc-confirmed")
    teller.say("The official has the answer, and both hubs know that it helped.")


def _feed(cast: Cast) -> None:
    teller, coalition = cast.teller, cast.coalition
    teller.step("The coalition reads along what is public, and anybody can read its feed.")
    items = get_json(f"{coalition.origin}/feed.json")["items"]
    for item in items[:4]:
        teller.quote(f"{item['title']}  [{item['authors'][0]['name']}]")
    origins = {item["authors"][0]["url"] for item in items}
    cities = [hub for hub in cast.hubs if hub is not coalition]
    teller.see(
        all(hub.origin in origins for hub in cities),
        f"the JSON Feed of the coalition has {len(items)} items, of all three cities",
    )
    atom = ask("GET", f"{coalition.origin}/feed.atom", accept="application/atom+xml")
    teller.see(
        atom.status == 200 and atom.body.count(b"<entry") == len(items),
        f"so has its Atom feed: {len(items)} entries",
    )


def _act(hub: RunningHub, escalation: str, verb: str, body: dict[str, Any] | None) -> None:
    post(f"{hub.origin}/api/v1/escalations/{escalation}/{verb}", body, hub.token)


def _escalation(hub: RunningHub, escalation: str) -> dict[str, Any]:
    answer: dict[str, Any] = get_json(
        f"{hub.origin}/api/v1/escalations/{escalation}", token=hub.token
    )
    return answer


def _both(cast: Cast, ours: str, theirs: str, state: str) -> None:
    """Wait until both hubs show the state, and note it."""

    def same() -> bool:
        shown = {
            str(_escalation(hub, number)["state"])
            for hub, number in ((cast.new_york, ours), (cast.amsterdam, theirs))
        }
        return shown == {state}

    wait_for(f"New York and Amsterdam both show {state}", same, seconds=SECONDS)
    cast.teller.see(True, f"New York and Amsterdam both show {state}")
    if not cast.teller.check:
        cast.teller.say(f"Both hubs show: {state}.")
