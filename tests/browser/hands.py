"""With what somebody uses a page: the mouse, or nothing but the keyboard."""

from typing import Protocol

from playwright.sync_api import ElementHandle, Locator, Page
from playwright.sync_api import TimeoutError as NeverCame

MOST_STEPS = 250
"""Presses of Tab after which a place counts as out of reach."""
RING = """element => {
  const style = getComputedStyle(element);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
}"""
IN_SIGHT = """element => {
  const box = element.getBoundingClientRect();
  const there = document.elementFromPoint(
    box.left + box.width / 2, box.top + Math.min(box.height / 2, 12));
  return there && (element.contains(there) || there.contains(element));
}"""
"""In the window, with nothing over it: a window that scrolls needs a moment."""


class Hands(Protocol):
    """What somebody can do with something on a page."""

    def reach(self, thing: Locator) -> None:
        """Come to it, without doing anything yet."""

    def press(self, thing: Locator) -> None:
        """Follow a link, press a button, open what is folded in."""

    def write(self, field: Locator, text: str) -> None:
        """Write instead of what stands there."""

    def tick(self, box: Locator) -> None:
        """Tick a box, or choose one of several."""

    def select(self, field: Locator, value: str) -> None:
        """Choose a line of a list."""


class Mouse:
    """Clicks, and taps."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def reach(self, thing: Locator) -> None:
        """A mouse is everywhere."""

    def press(self, thing: Locator) -> None:
        """Click on it."""
        thing.click()

    def write(self, field: Locator, text: str) -> None:
        """Write into it."""
        field.fill(text)

    def tick(self, box: Locator) -> None:
        """Click on it, unless it is ticked."""
        box.check()

    def select(self, field: Locator, value: str) -> None:
        """Choose the line."""
        field.select_option(value)


class Keyboard:
    """
    Tab, Enter, blank and arrows, and nothing else.

    Where the keyboard is must be seen, and nothing may lie over it. What is in the content is
    reached by the link that skips the menu: so that link is tried on every page of a story.
    """

    def __init__(self, page: Page) -> None:
        self._page = page

    def reach(self, thing: Locator) -> None:
        """Go there with Tab, and see that one sees it."""
        element = thing.element_handle()
        if self._where(element) == "before the content":
            self._skip_to_content()
        for _ in range(MOST_STEPS):
            where = self._where(element)
            if where == "there":
                self._is_seen(element)
                return
            key = "Shift+Tab" if where == "behind" else "Tab"
            self._page.keyboard.press(key)
        raise AssertionError(f"the keyboard does not come to {thing} on {self._page.url}")

    def press(self, thing: Locator) -> None:
        """Go there, and press Enter."""
        self.reach(thing)
        is_file = thing.get_attribute("type") == "file"
        self._page.keyboard.press("Space" if is_file else "Enter")

    def write(self, field: Locator, text: str) -> None:
        """Go there, mark what stands there, and write."""
        self.reach(field)
        if field.get_attribute("type") == "date":
            year, month, day = text.split("-")
            self._page.keyboard.type(f"{month}{day}{year}")
            return
        self._page.keyboard.press("ControlOrMeta+a")
        self._page.keyboard.insert_text(text)

    def tick(self, box: Locator) -> None:
        """Go there, and press the blank; among several, go on with the arrows."""
        if box.is_checked():
            return
        if box.get_attribute("type") != "radio":
            self.reach(box)
            self._page.keyboard.press("Space")
            return
        name = box.get_attribute("name")
        group = self._page.locator(f"main input[type=radio][name={name}]")
        chosen = group.and_(self._page.locator(":checked"))
        self.reach(chosen if chosen.count() else group.first)
        for _ in range(group.count()):
            if box.evaluate("each => each === document.activeElement"):
                break
            self._page.keyboard.press("ArrowDown")
        self._page.keyboard.press("Space")

    def select(self, field: Locator, value: str) -> None:
        """Go there, and press the arrows until the line is chosen."""
        self.reach(field)
        steps: int = field.evaluate(
            "(each, value) => [...each.options].findIndex(o => o.value === value)"
            " - each.selectedIndex",
            value,
        )
        for _ in range(abs(steps)):
            self._page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")

    def _where(self, element: ElementHandle) -> str:
        """Return where the keyboard is, as seen from an element."""
        where: str = element.evaluate(
            """element => {
              const at = document.activeElement, main = document.getElementById("main");
              if (at === element) return "there";
              if (at && at !== document.body && at !== main
                  && at.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING)
                return "behind";
              const outside = !at || at === document.body;
              return outside && main.contains(element) ? "before the content" : "on the way";
            }"""
        )
        return where

    def _skip_to_content(self) -> None:
        """From the beginning of a page, the first thing is the link that skips the menu."""
        self._page.keyboard.press("Tab")
        skips = "document.activeElement.className"
        assert self._page.evaluate(skips) == "skip", self._page.url
        self._page.keyboard.press("Enter")
        assert self._page.evaluate("document.activeElement.id") == "main", self._page.url

    def _is_seen(self, element: ElementHandle) -> None:
        what = element.evaluate("each => each.outerHTML.slice(0, 120)")
        assert element.evaluate(RING), f"one does not see that the keyboard is at {what}"
        try:
            self._page.wait_for_function(IN_SIGHT, arg=element, timeout=5_000)
        except NeverCame as error:
            raise AssertionError(f"{what} is out of sight on {self._page.url}") from error
