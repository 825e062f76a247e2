"""axe-core, asked about the page that is open."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

EVERYTHING = {
    "resultTypes": ["violations"],
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
}
COLOURS = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
"""What differs between light and dark."""
RUN = "options => axe.run(document, options).then(results => results.violations)"
SCRIPT = Axe().axe_script


def found_by_axe(page: Page, options: dict[str, Any] = EVERYTHING) -> list[str]:
    """Return what is wrong, each with the element."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(SCRIPT)
    return [
        f"{found['id']} ({found['impact']}): {node['html'][:160]}"
        for found in page.evaluate(RUN, options)
        for node in found["nodes"][:3]
    ]
