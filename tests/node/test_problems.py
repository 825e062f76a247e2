"""Problem documents: every error of ours has a row, and none repeats what was sent."""

import importlib
import inspect
import pkgutil

import pytest

from content.cases.store import CaseErased, CaseNotFound
from content.people.authentication import NotAuthenticated
from node.errors import NodeError
from node.problem_table import PROBLEMS
from node.problems import error_classes, plain_problem, problem_of
from node.refusals import BadBody, BadParameter, TokenMissing, TooManyRequests

PACKAGES = ("protocol", "content", "federation", "node")


def import_everything() -> None:
    for name in PACKAGES:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)


def test_every_error_class_has_a_row() -> None:
    import_everything()

    missing = sorted(
        f"{error.__module__}.{error.__qualname__}: {error.code}"
        for error in error_classes()
        if error.__module__.split(".")[0] in PACKAGES and error.code not in PROBLEMS
    )

    assert missing == []


def test_every_row_belongs_to_an_error_or_to_the_server_itself() -> None:
    import_everything()
    codes = {error.code for error in error_classes()}
    of_server = {"not-found", "method-not-allowed", "server-error"}

    assert sorted(set(PROBLEMS) - codes - of_server) == []


@pytest.mark.parametrize("row", PROBLEMS.values(), ids=PROBLEMS.keys())
def test_rows_are_fit_for_strangers(row: object) -> None:
    assert 400 <= row.status <= 599
    assert row.title[0].isupper()
    assert not row.title.endswith(".")


def test_not_found_answers_do_not_repeat_the_id() -> None:
    problem = problem_of(CaseNotFound("canary"))

    assert problem.status == 404
    assert "canary" not in str(problem.as_json())


def test_an_erased_case_is_gone_for_those_who_may_read_it() -> None:
    assert problem_of(CaseErased("x")).status == 410


def test_anything_else_is_our_own_failure_and_tells_nothing() -> None:
    problem = problem_of(ValueError("canary"))

    assert (problem.status, problem.code) == (500, "server-error")
    assert "canary" not in str(problem.as_json())


def test_refusals_carry_their_members_and_fields() -> None:
    assert problem_of(BadParameter("limit", "is bad.")).members == {"parameter": "limit"}
    assert problem_of(BadBody((("title", "is missing"),))).members == {
        "errors": [{"field": "title", "reason": "is missing"}]
    }
    assert problem_of(TooManyRequests(7)).headers == {"Retry-After": "7"}
    assert "Bearer" in problem_of(TokenMissing()).headers["WWW-Authenticate"]
    assert "invalid_token" in problem_of(NotAuthenticated()).headers["WWW-Authenticate"]
    assert plain_problem("method-not-allowed", Allow="GET").headers == {"Allow": "GET"}


def test_errors_of_the_process_tell_strangers_nothing_of_this_machine() -> None:
    import_everything()
    for error in NodeError.__subclasses__():
        if error.__module__ == "node.refusals" or inspect.isabstract(error):
            continue
        assert PROBLEMS[error.code].detail is not None, error.code
