"""Somebody in front of a browser, who reads, clicks and writes; every page is looked at."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import FilePayload, Locator, Page, expect

from node.demo.outside import wait_for
from node.web.languages import LANGUAGES
from tests.browser.hands import Hands, Keyboard, Mouse
from tests.browser.ways import Way

SECONDS = 60
"""How long something may take to come from another hub: a busy machine is no mistake of a page."""
LOOK = """() => ({
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  lang: document.documentElement.lang, dir: document.documentElement.dir,
  headings: document.querySelectorAll("h1").length, title: document.title.trim(),
})"""


class Person:
    """
    Who lives through a story.

    Links and buttons are found by the words on them, in the language of this person; fields by
    their names, as the words on them are the business of axe-core.
    """

    def __init__(self, page: Page, way: Way) -> None:
        self.page = page
        self.way = way
        self._hands: Hands = Keyboard(page) if way.keyboard else Mouse(page)

    def close(self) -> None:
        """Close the window, and forget what it kept."""
        self.page.context.close()

    # What they see

    @property
    def main(self) -> Locator:
        """What is on the page, without head and foot."""
        return self.page.locator("main")

    @property
    def path(self) -> str:
        """Where they are, without the host and without what comes after a question mark."""
        return "/" + self.page.url.split("/", 3)[3].partition("?")[0].partition("#")[0]

    def reads(self, text: str, /, *, at: str = "body", **values: object) -> None:
        """There is this text of the pages, in the language of this person."""
        expect(self.page.locator(at).first).to_contain_text(self.way.words(text, **values))

    def finds(self, text: str) -> None:
        """Somewhere on the page there is what people wrote, in whatever language."""
        expect(self.page.get_by_text(text).first).to_be_attached()

    def misses(self, text: str) -> None:
        """What people wrote is nowhere on the page."""
        expect(self.page.get_by_text(text)).to_have_count(0)

    def waits_for(self, text: str, /, *, seconds: int = SECONDS, **values: object) -> None:
        """Look again until a text is there: what comes from another hub takes its time."""
        said = self.way.words(text, **values)

        def there() -> bool:
            if said in self.main.inner_text():
                return True
            self.page.reload()
            return False

        wait_for(f"{said!r} is on {self.page.url}", there, seconds=seconds)
        self._looks()

    # What they do

    def visits(self, path: str) -> None:
        """Come to a page by its address."""
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status < 400, f"{path}: {answer.status}"
        self._looks()

    def follows(self, text: str, /, *, at: str = "main", nth: int = 0, **values: object) -> None:
        """Follow the link with these words, at once the first."""
        self.goes_to(self._named("link", text, at, values).nth(nth))

    def turns_to(self, text: str, /) -> None:
        """Follow a link of the menu at the top."""
        self.follows(text, at="header")

    def goes_to(self, link: Locator) -> None:
        """Follow a link that was found otherwise."""
        self._hands.reach(link)
        with self.page.expect_navigation():
            self._hands.press(link)
        self._looks()

    def presses(self, text: str, /, *, at: str = "main", nth: int = 0, **values: object) -> None:
        """Press the button with these words, and get the next page, with nothing to mend."""
        self.goes_to(self._named("button", text, at, values).nth(nth))
        alerts = self.page.locator("main [role=alert]")
        assert alerts.count() == 0, alerts.first.inner_text()

    def saves(self, text: str, /, *, at: str = "main") -> bytes:
        """Follow a link that gives a file; return what is in it."""
        link = self._named("link", text, at, {}).first
        self._hands.reach(link)
        with self.page.expect_download() as saved:
            self._hands.press(link)
        return Path(saved.value.path()).read_bytes()

    def writes(self, name: str, text: str, *, at: str = "main") -> None:
        """Write into the field of this name, instead of what stands there."""
        field = self.page.locator(f"{at} :is(input, textarea)[name={name}]:visible").first
        self._hands.write(field, text)
        expect(field).to_have_value(text)

    def picks(self, name: str, value: str = "yes", *, at: str = "main") -> None:
        """Choose one of several, or tick a box."""
        box = self.page.locator(f'{at} input[name={name}][value="{value}"]').first
        self._hands.tick(box)
        expect(box).to_be_checked()

    def ticks(self, box: Locator) -> None:
        """Tick a box that was found otherwise."""
        self._hands.tick(box)
        expect(box).to_be_checked()

    def selects(self, name: str, value: str, *, at: str = "main") -> None:
        """Choose a line of a list."""
        field = self.page.locator(f"{at} select[name={name}]:visible").first
        self._hands.select(field, value)
        expect(field).to_have_value(value)

    def opens(self, text: str, /, *, at: str = "main") -> None:
        """Open what is folded in."""
        found = self.page.locator(f"{at} summary").filter(has_text=self.way.words(text)).first
        if found.evaluate("each => !each.parentElement.open"):
            self._hands.press(found)

    def attaches(self, name: str, file: FilePayload) -> None:
        """Choose a file."""
        field = self.page.locator(f"main input[type=file][name={name}]")
        with self.page.expect_file_chooser() as chooser:
            self._hands.press(field)
        chooser.value.set_files(file)

    @contextmanager
    def on_paper(self) -> Iterator[None]:
        """Look at the page as it would be printed."""
        self.page.emulate_media(media="print")
        yield
        self.page.emulate_media(media="screen")

    # How they find it

    def _named(self, role: str, text: str, at: str, values: dict[str, object]) -> Locator:
        words = re.escape(self.way.words(text, **values)).replace(r"\ ", r"\s+")
        return self.page.locator(at).get_by_role(
            role,  # type: ignore[arg-type]
            name=re.compile(rf"^\s*{words}\s*$"),
        )

    def _looks(self) -> None:
        """Whatever page came: it fits the window, speaks their language, and says what it is."""
        seen = self.page.evaluate(LOOK)
        language = LANGUAGES[self.way.language]
        assert seen["wide"] <= 1, f"{self.page.url} is {seen['wide']} px wider than the window"
        assert (seen["lang"], seen["dir"]) == (language.tag, language.direction), self.page.url
        assert seen["headings"] == 1, f"{self.page.url} has {seen['headings']} first headings"
        assert seen["title"], f"{self.page.url} has no title"
