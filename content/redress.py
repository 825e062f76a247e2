"""
Redress bodies: who helps with a personal matter, which this helpdesk does not take up.

Each hub keeps its own list: what ships with the program, without what it hid, and what it added or
corrected. What nobody here has checked says so.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Annotated, Any, ClassVar, Final

import sqlite_utils
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from content.changes import Act, ChangeStore
from content.countries import country_code
from content.errors import ContentError
from content.fields import Topics
from content.json_lines import read_object
from content.text import one_line
from content.validation import Problems, in_one_line, problems_of
from content.vocabulary import Vocabulary
from content.web_address import web_address

EU: Final = "EU"
_MEMBERS: Final = frozenset(
    {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE"}
    | {"IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}
)
_ID = re.compile(r"[a-z]{2}-[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_ID = 60


class BodyKind(StrEnum):
    """What a redress body is for."""

    DATA_PROTECTION = "data-protection"
    OMBUDSPERSON = "ombudsperson"
    EQUALITY = "equality"
    HUMAN_RIGHTS = "human-rights"
    CONSUMER = "consumer"
    PLATFORM = "platform"
    """Telecommunications, media and online platforms."""
    WHISTLEBLOWING = "whistleblowing"
    DIRECTORY = "directory"
    """Takes no complaints, but knows who does."""


class RedressInvalid(ContentError):
    """What was given cannot be a redress body. problems: field and reason."""

    code: ClassVar[str] = "redress-invalid"

    def __init__(self, problems: Problems) -> None:
        super().__init__(in_one_line(problems))
        self.problems = problems


class RedressNotFound(ContentError):
    """The list has no such body."""

    code: ClassVar[str] = "redress-not-found"

    def __init__(self, body_id: str) -> None:
        super().__init__(
            f"There is no redress body {body_id[:64]!r}. All of them: hub redress list."
        )


def place_code(text: str) -> str:
    """Return a country code in capitals, or EU; ValueError for others."""
    return EU if text.strip().upper() == EU else country_code(text)


def _body_id(text: str) -> str:
    if not _ID.fullmatch(text) or len(text) > LONGEST_ID:
        raise ValueError("must be country and a short word, such as nl-ombudsman.")
    return text


Place = Annotated[str, AfterValidator(place_code)]
"""A code of ISO 3166-1, or EU."""
_Line = Annotated[str, AfterValidator(one_line), Field(max_length=300)]


class RedressBody(BaseModel):
    """
    One body. region: where within the country it is responsible, if not everywhere. topics: none
    means any matter. checked_on: when somebody of this hub last saw that it is right.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, AfterValidator(_body_id)]
    country: Place
    region: _Line = ""
    kind: BodyKind
    name: Annotated[_Line, Field(min_length=1)]
    url: Annotated[str, AfterValidator(web_address)]
    topics: Topics = ()
    note: _Line = ""
    checked_on: date | None = None


def read_body(values: Mapping[str, Any]) -> RedressBody:
    """Return a body out of plain values. Raises RedressInvalid."""
    try:
        return RedressBody.model_validate(dict(values))
    except ValidationError as error:
        raise RedressInvalid(problems_of(error, "body")) from None


def read_bodies(
    lines: Iterable[str],
) -> tuple[tuple[RedressBody, ...], tuple[tuple[int, str], ...]]:
    """Return the bodies in lines of JSON, and number and reason of each bad line."""
    bodies: dict[str, RedressBody] = {}
    problems: list[tuple[int, str]] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            body = read_body(read_object(line.strip().removeprefix("\ufeff")))
        except (ValueError, RedressInvalid) as error:
            problems.append((number, str(error)))
            continue
        if body.id in bodies:
            problems.append((number, f"the id {body.id} stands twice."))
        bodies.setdefault(body.id, body)
    return tuple(bodies.values()), tuple(problems)


@cache
def shipped_bodies() -> tuple[RedressBody, ...]:
    """Return the list that ships with the program; none of it is checked by a hub."""
    source = resources.files("content") / "data" / "redress-bodies.jsonl"
    bodies, problems = read_bodies(source.read_text(encoding="utf-8").splitlines())
    if problems:
        raise RedressInvalid(tuple((f"line {line}", reason) for line, reason in problems))
    return bodies


class RedressStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def all(self) -> tuple[RedressBody, ...]:
        """Return the whole list of this hub, by country and then as it was entered."""
        rows = self._db.execute("select id, record from redress_bodies order by rowid").fetchall()
        kept: dict[str, str | None] = dict(rows)
        bodies = [body for body in shipped_bodies() if body.id not in kept]
        bodies += [RedressBody.model_validate_json(each) for each in kept.values() if each]
        return tuple(sorted(bodies, key=lambda body: body.country))

    def find(self, country: str | None, topics: Iterable[str] = ()) -> tuple[RedressBody, ...]:
        """
        Return who helps in a country with these topics; no topics means any.

        Bodies of the country come first, then those of the European Union for its members.
        """
        places = None if country is None else (country, *((EU,) if country in _MEMBERS else ()))
        wanted = _around(topics)
        found = [
            body
            for body in self.all()
            if (places is None or body.country in places)
            and (not wanted or not body.topics or wanted & set(body.topics))
        ]
        return tuple(sorted(found, key=lambda body: body.country == EU and country != EU))

    def named(self, ids: Iterable[str]) -> tuple[RedressBody, ...]:
        """Return the bodies with these ids that are still on the list, in that order."""
        known = {body.id: body for body in self.all()}
        return tuple(known[each] for each in ids if each in known)

    def get(self, body_id: str) -> RedressBody:
        """Return one body. Raises RedressNotFound."""
        for body in self.named((body_id,)):
            return body
        raise RedressNotFound(body_id)

    def put(self, body: RedressBody, act: Act) -> None:
        """Add a body, or put it in the place of the one with its id."""
        self._store(body.id, body.model_dump_json())
        ChangeStore(self._db).record(act, "redress.put", body.id)

    def remove(self, body_id: str, act: Act) -> None:
        """Take a body off the list, one that ships with the program too. Raises RedressNotFound."""
        self.get(body_id)
        self._store(body_id, None)
        ChangeStore(self._db).record(act, "redress.remove", body_id)

    def _store(self, body_id: str, record: str | None) -> None:
        self._db.execute("delete from redress_bodies where id = ?", (body_id,))
        self._db.execute("insert into redress_bodies (id, record) values (?, ?)", (body_id, record))


def _around(topics: Iterable[str]) -> set[str]:
    """Return the topics with what they are part of and what is part of them."""
    vocabulary = Vocabulary.load()
    return {
        near
        for topic in topics
        for near in (topic, *vocabulary.broader(topic), *vocabulary.narrower(topic))
    }
