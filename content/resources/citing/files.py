"""Citations for reference managers: BibTeX, RIS and CSL-JSON."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from content.resources.citing.citation import Citation, as_text

_TEX: Final = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_TEX_SIGNS: Final = re.compile("[" + re.escape("".join(_TEX)) + "]")
_URL_SIGNS: Final = re.compile(r"[{}\\^`|\"<>\s]")
_CSL: Final = {
    "law": "legislation",
    "dataset": "dataset",
    "register": "dataset",
    "tool": "software",
    "report": "report",
    "policy": "report",
    "guide": "report",
    "toolkit": "report",
    "case-study": "report",
}
"""Kinds as CSL 1.0.2 names them; all others are documents."""
_RIS: Final = {
    "legislation": "STAT",
    "dataset": "DATA",
    "software": "COMP",
    "report": "RPRT",
    "document": "GEN",
}


@dataclass(frozen=True, slots=True)
class CitationFile:
    """A form of citations. ending: of a file in it, without the dot."""

    ending: str
    media_type: str
    write: Callable[[Citation], str]


def bibtex(citation: Citation) -> str:
    """Return an entry of BibTeX and BibLaTeX, in UTF-8."""
    fields = {
        "author": f"{{{_tex(citation.author)}}}",
        "title": f"{{{_tex(citation.title)}}}",
        "year": "" if citation.year is None else str(citation.year),
        "url": _bare(citation.link or citation.page),
        "note": _tex(f"{citation.hub}: {citation.page}") if citation.link else "",
        "language": citation.language if citation.language != "und" else "",
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{citation.key},", *lines, "}", ""])


def ris(citation: Citation) -> str:
    """Return a record of RIS, whose lines end as the format wants it."""
    lines = [
        ("TY", _RIS[_csl_type(citation)]),
        ("ID", citation.key),
        ("AU", citation.author),
        ("TI", citation.title),
        ("PY", "" if citation.year is None else str(citation.year)),
        ("PB", citation.author),
        ("UR", citation.link or citation.page),
        ("LA", citation.language if citation.language != "und" else ""),
        ("N1", f"{citation.hub}: {citation.page}" if citation.link else ""),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in lines if value or tag == "ER")


def csl(citation: Citation) -> list[dict[str, Any]]:
    """
    Return CSL-JSON (https://citeproc-js.readthedocs.io/en/latest/csl-json/markup.html).

    The licence stands in the note, as "license: ...": the variable is one of CSL 1.0.2, but its
    JSON schema takes no such property, and programs read it there.
    """
    found: dict[str, Any] = {
        "id": citation.key,
        "type": _csl_type(citation),
        "title": citation.title,
        "author": [{"literal": citation.author}],
        "publisher": citation.author,
        "issued": None if citation.year is None else {"date-parts": [[citation.year]]},
        "URL": citation.link or citation.page,
        "language": citation.language if citation.language != "und" else None,
        "archive": citation.hub,
        "archive_location": citation.page,
        "note": citation.licence and f"license: {citation.licence}",
    }
    return [{name: value for name, value in found.items() if value is not None}]


def _csl_type(citation: Citation) -> str:
    return _CSL.get(citation.kind, "document")


def _tex(text: str) -> str:
    return _TEX_SIGNS.sub(lambda sign: _TEX[sign[0]], text)


def _bare(address: str) -> str:
    """Return an address without the signs that would end a field; BibLaTeX takes it as it is."""
    return _URL_SIGNS.sub(
        lambda sign: "".join(f"%{byte:02X}" for byte in sign[0].encode()), address
    )


FILES: Final[Mapping[str, CitationFile]] = {
    "bibtex": CitationFile("bib", "application/x-bibtex; charset=utf-8", bibtex),
    "ris": CitationFile("ris", "application/x-research-info-systems; charset=utf-8", ris),
    "csl": CitationFile(
        "json",
        "application/vnd.citationstyles.csl+json",
        lambda citation: orjson.dumps(csl(citation), option=orjson.OPT_INDENT_2).decode() + "\n",
    ),
    "text": CitationFile(
        "txt", "text/plain; charset=utf-8", lambda citation: as_text(citation) + "\n"
    ),
}
"""The forms of citations, by the names that the command and the API use."""
