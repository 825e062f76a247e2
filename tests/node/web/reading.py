"""Reading pages as a browser does, to judge what is live in them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from tests.node.conftest import Answered, ServedHub

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"
SAFE_SCHEMES = ("", "http", "https", "mailto", "tel")
ADDRESSES = ("href", "src", "action", "formaction", "poster", "data", "cite", "srcset")
OURS = frozenset(
    "a article aside b bdi body br button code dd details div dl dt fieldset footer form h1 h2 h3"  # noqa: SIM905
    " h4 head header html img input label legend li link main meta nav ol option p pre script"
    " search section select span strong summary table tbody td textarea th thead time title tr"
    " ul".split()
)
"""The elements that our templates use; what else appears came from somebody's text."""
FOREIGN = OURS | frozenset(["blockquote", "em", "h5", "h6", "i", "q", "abbr"])


@dataclass
class Page(HTMLParser):
    """What a page holds. tags: (name, attributes) of every element; text: all its text."""

    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    text: str = ""
    title: str = ""
    _inside: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("a", "span", "bdi", "strong", "b", "code", "time"):
            self.text += " "
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._inside and self._inside[-1] == "title":
            self.title += data

    def all(self, tag: str) -> list[dict[str, str]]:
        """Return the attributes of every element of that name."""
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def words(self) -> str:
        """Return the text with single blanks."""
        return " ".join(self.text.split())

    @property
    def links(self) -> list[str]:
        return [link["href"] for link in self.all("a") if "href" in link]


def read(body: bytes) -> Page:
    """Return the page in a body."""
    page = Page()
    page.feed(body.decode())
    page.close()
    return page


async def visit(hub: ServedHub, path: str, status: int = 200) -> Page:
    """Ask for a page as a browser does, and check what holds for every page."""
    answer = await ask(hub, path)
    assert answer.status == status, (path, answer.status, answer.body[:500])
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return read(answer.body)


async def ask(hub: ServedHub, path: str) -> Answered:
    """Ask for an address as a browser does."""
    return await hub.get(path, Accept=BROWSER)


def assert_nothing_live(page: Page, allowed: frozenset[str] = OURS) -> None:
    """Fail if the page holds an element, attribute or address that could do something."""
    for name, attributes in page.tags:
        assert name in allowed, (name, attributes)
        if name == "script":
            assert attributes.get("src", "").startswith("/static/"), (name, attributes)
        for attribute, value in attributes.items():
            assert not attribute.startswith("on"), (name, attributes)
            assert attribute not in ("style", "srcdoc", "background"), (name, attributes)
            if attribute in ADDRESSES:
                cleaned = "".join(value.split()).lower()
                assert urlsplit(cleaned).scheme in SAFE_SCHEMES, (name, attributes)
            if name == "meta":
                assert attributes.get("http-equiv") is None
