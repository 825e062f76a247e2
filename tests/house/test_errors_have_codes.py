"""Every refusal has a code of its own, so that a stranger can tell one from another."""

import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from content.errors import ContentError
from federation.errors import FederationError
from protocol.errors import ProtocolError

PACKAGES = ("protocol", "content", "federation", "node")
ROOTS: tuple[type[Exception], ...] = (ProtocolError, ContentError, FederationError)
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def import_everything() -> None:
    """Import all modules of the hub, so that all subclasses are known."""
    for name in PACKAGES:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)


def below(root: type[Exception]) -> Iterator[type[Exception]]:
    """Yield all subclasses of root that belong to the hub."""
    for error in root.__subclasses__():
        if error.__module__.split(".")[0] in PACKAGES:
            yield error
        yield from below(error)


def all_errors() -> list[type[Exception]]:
    """Return all refusals, each once."""
    import_everything()
    return list(dict.fromkeys(error for root in ROOTS for error in below(root)))


def test_every_error_that_is_raised_has_a_code_that_is_a_slug() -> None:
    without = [
        f"{error.__module__}.{error.__qualname__}"
        for error in all_errors()
        # One with subclasses may be there to be caught only.
        if not (error.__subclasses__() and "code" not in vars(error))
        and not SLUG.fullmatch(str(vars(error).get("code", "")))
    ]

    assert without == []


def test_no_two_errors_share_a_code() -> None:
    codes = Counter(
        vars(error)["code"] for error in (*ROOTS, *all_errors()) if "code" in vars(error)
    )

    assert [code for code, count in codes.items() if count > 1] == []


def test_every_error_says_in_its_docstring_when_it_happens() -> None:
    silent = [
        f"{error.__module__}.{error.__qualname__}" for error in all_errors() if not error.__doc__
    ]

    assert silent == []


@pytest.mark.parametrize("root", ROOTS)
def test_the_roots_are_apart(root: type[Exception]) -> None:
    others = [other for other in ROOTS if other is not root]

    assert not any(issubclass(root, other) for other in others)
