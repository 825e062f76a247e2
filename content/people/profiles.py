"""What users of this hub know, so that a case can be matched with them."""

import json
from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Self

import sqlite_utils
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from content.changes import Act, ChangeStore
from content.errors import ContentError
from content.fields import Topics
from content.language import LanguageTag
from content.people.store import UserStore
from content.validation import in_one_line, problems_of

MOST_TOPICS = 20
MOST_LANGUAGES = 30


class ProfileInvalid(ContentError):
    """A topic or a language that cannot be noted for a user."""

    code: ClassVar[str] = "profile-invalid"


class Profile(BaseModel):
    """What a user knows. topics: ids of the vocabulary. languages: in which they write."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    user: str
    topics: Annotated[Topics, Field(max_length=MOST_TOPICS)] = ()
    languages: Annotated[tuple[LanguageTag, ...], Field(max_length=MOST_LANGUAGES)] = ()

    @field_validator("languages")
    @classmethod
    def _each_once(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(values))

    @classmethod
    def of(cls, user: str, topics: Iterable[str], languages: Iterable[str]) -> Self:
        """Return a profile out of plain values. Raises ProfileInvalid."""
        values: dict[str, Any] = {
            "user": user,
            "topics": tuple(topics),
            "languages": tuple(languages),
        }
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise ProfileInvalid(in_one_line(problems_of(error, "profile"))) from None


class ProfileStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def put(
        self,
        user: str,
        act: Act,
        *,
        topics: Iterable[str] | None = None,
        languages: Iterable[str] | None = None,
    ) -> Profile:
        """Note what is given and keep the rest. Raises UserNotFound, ProfileInvalid."""
        UserStore(self._db).get(user)
        before = self.find(user)
        profile = Profile.of(
            user,
            before.topics if topics is None else topics,
            before.languages if languages is None else languages,
        )
        self._db.execute(
            "insert or replace into users_profiles (user, topics, languages) values (?, ?, ?)",
            (user, json.dumps(profile.topics), json.dumps(profile.languages)),
        )
        ChangeStore(self._db).record(act, "user.profile", user)
        return profile

    def remove(self, user: str, act: Act) -> None:
        """Forget what a user knows; nobody is matched with them any more."""
        gone = self._db.execute("delete from users_profiles where user = ?", (user,))
        if gone.rowcount:
            ChangeStore(self._db).record(act, "user.no-profile", user)

    def find(self, user: str) -> Profile:
        """Return what is noted about a user: empty where nothing is."""
        row = self._db.execute(
            "select user, topics, languages from users_profiles where user = ?", (user,)
        ).fetchone()
        return Profile(user=user) if row is None else _profile(row)

    def of_active(self) -> dict[str, Profile]:
        """Return what is noted about the active users who may answer cases, by their names."""
        rows = self._db.execute(
            "select p.user, p.topics, p.languages from users_profiles p"
            " join users u on u.name = p.user"
            " where u.active and u.role <> 'reader' order by p.user"
        )
        return {row[0]: _profile(row) for row in rows.fetchall()}


def _profile(row: tuple[Any, ...]) -> Profile:
    user, topics, languages = row
    # Stored as it was checked: a topic that a later vocabulary dropped matches nothing.
    return Profile.model_construct(
        user=user, topics=tuple(json.loads(topics)), languages=tuple(json.loads(languages))
    )
