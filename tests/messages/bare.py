"""
Texts of pages that no translator would ever see.

A template is cut into its tokens by Jinja itself. What is left as plain HTML, outside of
`{% trans %}`, may hold no words; nor may a string in an expression, outside of a call of `_`, that
reads like a sentence. In Python its syntax tree is looked at, without errors that are raised for
programmers and without words that are split into a list.
"""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import jinja2
from jinja2 import nodes

ATTRIBUTES = frozenset(
    "abbr alt aria-description aria-label aria-placeholder aria-roledescription"  # noqa: SIM905
    " aria-valuetext label placeholder title".split()
)
"""What people hear or see of an element besides its text."""
NOT_READ = frozenset(("code", "pre", "script", "style", "kbd", "samp"))
"""Elements whose text is for programs, or typed as it is."""
SHORT_NAMES = frozenset(("Atom", "JSON", "Feed"))
"""Names that are the same in every language, where they stand in attributes of links to feeds."""
_VOID = frozenset(("input", "link", "meta", "img", "br", "hr", "source", "wbr", "col"))
_OUTPUT = "\ue000"
_WORD = re.compile(r"[^\W\d_]{2,}")
_ATTRIBUTE = re.compile(r"\s[a-z-]+=\"[^\"]*\"")
_SENTENCE = re.compile(r"[^\W\d_]\w*[\s’']+\w|\A[A-Z][a-z]{2,}")
_ASKS = frozenset(("_", "gettext", "ngettext", "pgettext", "npgettext"))


def bare_texts(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of everything in a template that is not for translation and should be."""
    environment = jinja2.Environment(  # noqa: S701 - nothing is rendered
        extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True
    )
    reader = _Reader()
    reader.feed(_html_of(environment, source))
    reader.close()
    yield from reader.found
    yield from _sentences(environment.parse(source))


def _html_of(environment: jinja2.Environment, source: str) -> str:
    """Return the plain HTML of a template on its lines; outputs become one sign."""
    parts: list[str] = []
    in_trans, in_block, line = False, False, 1
    name_next = False
    for number, kind, value in environment.lex(source):
        if number > line:
            parts.append("\n" * (number - line))
            line = number
        if kind == "block_begin":
            in_block, name_next = True, True
        elif kind == "block_end":
            in_block = False
        elif kind == "name" and name_next:
            in_trans = value == "trans" or (in_trans and value != "endtrans")
            name_next = False
        elif kind == "variable_begin" and not in_trans:
            parts.append(_OUTPUT)
        elif kind == "data" and not in_trans and not in_block:
            parts.append(value)
            line += value.count("\n")
    return "".join(parts)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        for name, value in given.items():
            described = tag == "meta" and name == "content" and given.get("name") == "description"
            pressed = tag == "input" and name == "value" and given.get("type") in _PRESSED
            if name in ATTRIBUTES or described or pressed:
                self._look(value, SHORT_NAMES if tag == "link" else frozenset())
        silent = tag in NOT_READ or given.get("translate") == "no"
        if tag not in _VOID and (self._silent or silent):
            self._silent.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._silent and tag in self._silent:
            while self._silent.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._look(data, frozenset())

    def _look(self, text: str, allowed: frozenset[str]) -> None:
        # A macro may write attributes; they look like text until they stand in a tag.
        if set(_WORD.findall(_ATTRIBUTE.sub("", text))) - allowed:
            self.found.append((self.getpos()[0], " ".join(text.replace(_OUTPUT, "…").split())))


_PRESSED = ("submit", "button", "reset")


def _sentences(node: nodes.Node) -> Iterator[tuple[int, str]]:
    """Yield strings in expressions that read like a text for people."""
    if isinstance(node, nodes.Call) and getattr(node.node, "name", "") in _ASKS:
        for keyword in node.kwargs:
            yield from _sentences(keyword.value)
        return
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        if _SENTENCE.search(node.value):
            yield node.lineno, node.value
        return
    for child in node.iter_child_nodes():
        yield from _sentences(child)


_OF_PYTHON = re.compile(r"[A-Z][^\W\d_]*[,’']?( [^\W\d_]|\.\Z)|\A[a-z]+ [a-z]+ [a-z]+")
_MARKS = _ASKS | {"N_"}
_LISTS = {"split", "strip"}


def bare_strings(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of every string of a module that reads like a text for people."""
    yield from _strings(ast.parse(source))


def _strings(node: ast.AST) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Raise) or _is_docstring(node):
        return
    if isinstance(node, ast.Call) and _name(node.func) in _MARKS | _LISTS:
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if _OF_PYTHON.search(node.value):
            yield node.lineno, node.value
        return
    for child in ast.iter_child_nodes(node):
        yield from _strings(child)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
