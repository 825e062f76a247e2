"""
The framework as a document: Markdown, and HTML that prints well and needs nothing from elsewhere.

With scores only where they are asked for: a paper has no lock.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import escape

from content.framework.item import PART_NAMES, PARTS, PILLARS, Framework, FrameworkItem
from content.framework.scores import Score, coverage, level_name
from content.language import best_text
from content.vocabulary import Vocabulary

_CREDIT = (
    "Inspired by the Digital Rights Governance Framework of the Cities Coalition for Digital Rights"
    " and UN-Habitat; not a text of theirs."
)
_STYLE = """
body { font: 11pt/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2, h3 { line-height: 1.2; break-after: avoid; }
h2 { border-bottom: 2px solid; margin-top: 2.5rem; }
section.item { break-inside: avoid; margin-bottom: 1.5rem; }
dt { font-weight: 600; margin-top: .5rem; }
dd { margin: 0; }
.score { border: 1px solid; padding: .25rem .5rem; }
a { color: inherit; overflow-wrap: anywhere; }
@media print { body { margin: 0; max-width: none; } @page { margin: 2cm; } }
"""


@dataclass(frozen=True, slots=True)
class Paper:
    """
    What a document is made of. language: of the reader; other texts stand in for what lacks.

    version: the upstream version that the framework came from. scores: empty if they stay out.
    titles: of attached resources, by address, where they are known.
    """

    hub: str
    framework: Framework
    version: str
    at: datetime
    language: str = "en"
    scores: Mapping[str, Score] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)


def as_markdown(paper: Paper) -> str:
    """Return the document as Markdown (CommonMark); what hubs wrote is never markup in it."""
    lines = [f"# {_md(_heading(paper))}", "", _md(_about(paper)), "", _md(_CREDIT)]
    for pillar in PILLARS:
        head = paper.framework.get(pillar)
        lines += ["", f"## {_md(_title(head, paper))}", ""]
        lines += [f"*{_md(line)}*" for line in _summed(paper, pillar)]
        lines += list(_item_markdown(head, paper))
        for item in paper.framework.of_pillar(pillar):
            lines += ["", f"### {_md(_title(item, paper))}", "", *_item_markdown(item, paper)]
    return "\n".join(lines).rstrip("\n") + "\n"


def as_html(paper: Paper) -> str:
    """Return the document as one HTML page with its style in it, for reading and printing."""
    title = escape(_heading(paper))
    body = [f"<h1>{title}</h1>", f"<p>{escape(_about(paper))}</p>", f"<p>{escape(_CREDIT)}</p>"]
    for pillar in PILLARS:
        head = paper.framework.get(pillar)
        body.append(f'<section class="pillar"><h2>{escape(_title(head, paper))}</h2>')
        body += [f"<p><em>{escape(line)}</em></p>" for line in _summed(paper, pillar)]
        body += list(_item_html(head, paper))
        for item in paper.framework.of_pillar(pillar):
            body.append(f'<section class="item" id="{escape(item.id)}">')
            body.append(f"<h3>{escape(_title(item, paper))}</h3>")
            body += [*_item_html(item, paper), "</section>"]
        body.append("</section>")
    return (
        f'<!doctype html>\n<html lang="{escape(paper.language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _heading(paper: Paper) -> str:
    return f"Digital rights framework of {paper.hub}"


def _about(paper: Paper) -> str:
    return f"As of {paper.at:%Y-%m-%d}. Adopted from version {paper.version}, and customized."


def _summed(paper: Paper, pillar: str) -> Iterator[str]:
    """Return what the scores of a pillar come to, with how many items that rests on."""
    if not paper.scores:
        return
    (sums,) = [each for each in coverage(paper.framework, paper.scores) if each.pillar == pillar]
    mean = "" if sums.mean is None else f", on average {sums.mean} of 4"
    yield f"{sums.scored} of {sums.items} items scored{mean}"


def _facts(item: FrameworkItem, paper: Paper) -> Iterator[tuple[str, str]]:
    """Return name and text of all that is said about an item, in the order of the paper."""
    score = paper.scores.get(item.id)
    if score is not None:
        name = level_name(score.level, paper.language)
        yield "Where we stand", f"{score.level} of 4: {name}, {score.at:%Y-%m-%d}"
        if score.note:
            yield "Evidence", score.note
    if item.responsible:
        yield "Responsible here", item.responsible
    for part in PARTS:
        texts = getattr(item, part)
        if texts:
            yield PART_NAMES[part], best_text(texts, paper.language, "en")[1]
    if item.topics:
        known = Vocabulary.load()
        yield "Topics", ", ".join(known.label(each, paper.language) for each in item.topics)


def _links(item: FrameworkItem, paper: Paper) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Return the lists of links of an item: name, and title and address of each."""
    score = paper.scores.get(item.id)
    if score is not None and score.evidence:
        yield "Shown by", [(url, url) for url in score.evidence]
    if item.resources:
        yield "Resources", [(paper.titles.get(url, url), url) for url in item.resources]
    if item.sources:
        yield "Sources", [(source.title, source.url) for source in item.sources]


def _title(item: FrameworkItem, paper: Paper) -> str:
    return best_text(item.title, paper.language, "en")[1]


def _item_markdown(item: FrameworkItem, paper: Paper) -> Iterator[str]:
    for name, text in _facts(item, paper):
        paragraphs = [part for part in text.splitlines() if part.strip()]
        yield from (f"**{name}.** {_md(paragraphs[0])}", "")
        for more in paragraphs[1:]:
            yield from (_md(more), "")
    for name, links in _links(item, paper):
        yield from (f"**{name}**", "")
        yield from (f"- [{_md(title)}](<{_address(url)}>)" for title, url in links)
        yield ""


def _item_html(item: FrameworkItem, paper: Paper) -> Iterator[str]:
    yield "<dl>"
    for name, text in _facts(item, paper):
        lines = "<br>".join(escape(line) for line in text.splitlines())
        mark = ' class="score"' if name == "Where we stand" else ""
        yield f"<dt>{escape(name)}</dt><dd{mark}>{lines}</dd>"
    for name, links in _links(item, paper):
        shown = "".join(
            f'<li><a href="{escape(url)}" rel="nofollow noopener">{escape(title)}</a></li>'
            for title, url in links
        )
        yield f"<dt>{escape(name)}</dt><dd><ul>{shown}</ul></dd>"
    yield "</dl>"


def _md(text: str) -> str:
    """Return text so that Markdown shows it as it is: signs that could be markup are escaped."""
    flat = " ".join(text.split())
    return "".join(
        f"\\{sign}" if _escapes(flat, place) else sign for place, sign in enumerate(flat)
    )


def _escapes(text: str, place: int) -> bool:
    """Return whether a sign must be escaped; full stops, dashes and the like only at a start."""
    sign = text[place]
    if sign in "\\`*_[]<>#|~&$":
        return True
    if sign in "+-!" and place == 0:
        return True
    return sign in ".)" and text[:place].isdigit()


def _address(url: str) -> str:
    """Return an address as it may stand between < and > in Markdown."""
    return url.replace("\\", "%5C").replace("<", "%3C").replace(">", "%3E")
