"""In how many ways a story is lived through: the same clicks by other people, on other screens."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any

from node.web.catalogues import translations
from node.web.languages import LANGUAGES
from node.web.speaking import speaking

WIDE = (1200, 900)
PHONE = (320, 640)
HALF = (WIDE[0] // 2, WIDE[1] // 2)
"""200 % zoom of a window that is WIDE is a window of half the size, at a scale of two."""


@dataclass(frozen=True)
class Way:
    """How somebody uses a browser. name: what a test is called, and what is written differs by."""

    name: str
    size: tuple[int, int] = WIDE
    scale: int = 1
    language: str = "en"
    scripts: bool = True
    keyboard: bool = False

    def context(self) -> dict[str, Any]:
        """Return what a window of this person is opened with."""
        return {
            "viewport": {"width": self.size[0], "height": self.size[1]},
            "device_scale_factor": self.scale,
            "locale": "en-US" if self.language == "en" else self.language,
            "java_script_enabled": self.scripts,
        }

    def words(self, text: str, /, **values: object) -> str:
        """Return a text of the pages as this person reads it, without elements in it."""
        said = translations(self.language).gettext(text)
        return re.sub(r"<[^>]+>", "", said % values if values else said)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Let node.web.words and its like speak the language of this person."""
        with speaking(LANGUAGES[self.language]):
            yield


MOST = Way("most-people")
WAYS = (
    MOST,
    Way("no-scripts", scripts=False),
    Way("keyboard", keyboard=True),
    Way("phone", size=PHONE),
    Way("zoom", size=HALF, scale=2),
    Way("arabic", language="ar"),
)


def unlike_any(text: str) -> str:
    """Return a text that nobody wrote before, so that stories do not find what others left."""
    # Of letters alone: what looks like the number of a person does not leave a hub.
    return f"{text} ({''.join(secrets.choice(ascii_lowercase) for _ in range(6))})"
