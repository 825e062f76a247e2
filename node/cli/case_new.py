"""`hub case new`: open a case for somebody who asks, from options or from a file."""

import json
from typing import Any

import click

from content.cases.case import (
    CaseContent,
    Label,
    RequesterRole,
    Sensitivity,
    read_case_content,
)
from content.cases.request import MayEscalate, OrganisationType, ProjectStage, Urgency, Wanted
from content.people.permissions import Right
from content.vocabulary import Vocabulary
from federation.hub import Identity
from federation.taking_in import take_in
from node.cli.case_files import read_files
from node.cli.desk import desk
from node.cli.options import DAY, LARGEST_TEXT, TEXT_FILE, Common, common, read_text
from node.cli.output import note, print_json, say
from node.cli.refusals import Refused
from node.cli.topics import topic_ids

_REPEAT = "Repeat for several."


def _words(words: Any) -> click.Choice[str]:
    return click.Choice([each.value for each in words])


@click.command()
@click.option(
    "--question-file",
    type=TEXT_FILE,
    default="-",
    metavar="FILE",
    help="First line the title, then the question. Without it, or with -: stdin.",
)
@click.option("--request-file", type=TEXT_FILE, metavar="FILE", help="The whole request as JSON.")
@click.option("--context-file", type=TEXT_FILE, metavar="FILE", help="About the project.")
@click.option("--stage", type=_words(ProjectStage), help="How far the project is.")
@click.option("--topic", "topics", multiple=True, metavar="TOPIC", help=_REPEAT)
@click.option("--principle", "principles", multiple=True, metavar="ID", help=_REPEAT)
@click.option(
    "--item", "framework", multiple=True, metavar="ID", help="Of the framework. " + _REPEAT
)
@click.option("--type", "request_type", metavar="ID", help="Such as req-procurement.")
@click.option("--wanted", multiple=True, type=_words(Wanted), help="What they hope for.")
@click.option("--language", metavar="TAG", help="Of the question. Else the hub's language.")
@click.option("--country", metavar="CC", help="Whose law matters. Else the hub's country.")
@click.option("--jurisdiction", metavar="TEXT", help="Region or city whose rules matter.")
@click.option("--deadline", type=DAY, metavar="DATE", help="Last day on which it is of use.")
@click.option("--deadline-reason", metavar="TEXT", help="Why then.")
@click.option("--urgency", type=_words(Urgency), help="Else urgency-normal.")
@click.option("--requester", type=_words(RequesterRole), help="Who asks. Else who-city-official.")
@click.option("--organisation", metavar="TEXT", help="Where they work.")
@click.option("--organisation-type", type=_words(OrganisationType), help="What kind that is.")
@click.option(
    "--contact-file",
    type=TEXT_FILE,
    metavar="FILE",
    help="Their name; next line, how to reach them.",
)
@click.option("--may-escalate", type=_words(MayEscalate), help="May a copy go to another hub?")
@click.option("--escalate-to", multiple=True, metavar="HOST", help="Only to these hubs.")
@click.option("--share-name", is_flag=True, help="Their name may be told to such a hub.")
@click.option("--share-contact", is_flag=True, help="And how to reach them.")
@click.option("--publish-lesson", is_flag=True, help="The lesson may be published, anonymised.")
@click.option("--label", type=_words(Label), help="Else tlp-amber.")
@click.option("--sensitivity", type=_words(Sensitivity), help="Of the text. Else data-personal.")
@click.option("--attach", multiple=True, type=TEXT_FILE, metavar="FILE", help=_REPEAT)
@common
def new(common: Common, **given: Any) -> None:
    """
    Open a case, and get a receipt code for the one who asks.

    Only a question is needed. With the code, which is shown once, they see how it is doing: give
    it to them. A file with JSON may hold the whole request, with the fields that docs/api.md
    lists; options overrule it.

    \b
    Example:
      hub case new --question-file question.txt --topic procurement --topic generative-ai \\
          --language en --requester who-city-official --sensitivity data-none
      hub case new --request-file request.json --attach draft.pdf --deadline 2026-12-04 \\
          --deadline-reason "The council votes" --may-escalate yes
    """
    _check_words(given)
    values = _from_file(given["request_file"])
    _add_question(values, given)
    files = read_files(given["attach"])
    with desk(common, Right.CASES_WORK) as at:
        content = _content(values, given, at.hub.identity)
        taken = at.write(lambda db: take_in(db, at.hub, content, at.act, files=files))
    if common.json:
        print_json(
            {
                "id": taken.case_id,
                "status": "case-received",
                "topics": content.topics,
                "code": taken.code,
                "receipt": taken.receipt,
                "salt": taken.kept["salt"],
            }
        )
        return
    say(f"Opened case {taken.case_id}.")
    say(f"Receipt code for the requester, shown this once: {taken.code}")
    note(f"Next: hub case match {taken.case_id}   or   hub case show {taken.case_id}")


def _check_words(given: dict[str, Any]) -> None:
    """Refuse a wrong word of the vocabulary before anybody types a question."""
    known = Vocabulary.load()
    for word in (*given["principles"], *given["framework"], given["request_type"]):
        if word is not None:
            known.concept(word)


def _from_file(file: str | None) -> dict[str, Any]:
    if file is None:
        return {}
    with click.open_file(file, "rb") as stream:
        body = stream.read(4 * LARGEST_TEXT + 1)
    if len(body) > 4 * LARGEST_TEXT:
        raise Refused("The request is longer than 256 KiB. Shorten it.")
    try:
        values = json.loads(body.decode("utf-8-sig"))
    except ValueError:
        raise Refused("The request is not JSON in UTF-8.") from None
    if not isinstance(values, dict):
        raise Refused("The request must be one JSON object.")
    return values


def _add_question(values: dict[str, Any], given: dict[str, Any]) -> None:
    if "question" in values and given["question_file"] == "-":
        return
    title, _, question = read_text(given["question_file"], "the case").partition("\n")
    values |= {"title": title, "question": question.strip() or title}


def _content(values: dict[str, Any], given: dict[str, Any], hub: Identity) -> CaseContent:
    who = {"role": RequesterRole.CITY_OFFICIAL.value, **_object(values, "requester")}
    agreed = _object(values, "consents")
    if given["contact_file"] is not None:
        name, _, reach = read_text(given["contact_file"], "the contact").partition("\n")
        who |= {"name": name, "contact": reach}
    if given["context_file"] is not None:
        values["context"] = read_text(given["context_file"], "the context")
    who |= _told(given, {"requester": "role", "organisation": "organisation"})
    who |= _told(given, {"organisation_type": "organisation_type"})
    agreed |= _told(given, {"may_escalate": "escalate", "escalate_to": "escalate_to"})
    agreed |= _told(given, {"share_contact": "share_contact"})
    agreed |= _told(given, {"share_name": "share_name", "publish_lesson": "publish_lesson"})
    fields = ("stage", "principles", "framework", "request_type", "wanted", "language", "country")
    more = ("jurisdiction", "deadline", "deadline_reason", "urgency", "label", "sensitivity")
    values |= _told(given, {name: name for name in (*fields, *more)})
    if given["topics"]:
        values["topics"] = topic_ids(given["topics"])
    return read_case_content(
        {
            "language": hub.language,
            "country": hub.country,
            **values,
            "requester": who,
            "consents": agreed,
        }
    )


def _object(values: dict[str, Any], name: str) -> dict[str, Any]:
    found = values.get(name, {})
    if not isinstance(found, dict):
        raise Refused(f"The field {name} of the request must be a JSON object.")
    return dict(found)


def _told(given: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """Return what was told by options, under the names of the fields."""
    return {field: given[name] for name, field in names.items() if given[name]}
