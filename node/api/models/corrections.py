"""Corrections of cases and of their copies, as the API takes and shows them."""

from typing import Annotated

from pydantic import Field

from node.api.models.cases import PreviewAnswer
from node.api.models.escalations import KeptBody
from node.api.routes import Answer, Body

_Title = Annotated[str, Field(min_length=1, max_length=300)]
_Text = Annotated[str, Field(max_length=64 * 1024)]
_Line = Annotated[str, Field(max_length=200)]


class OutsideWords(Body):
    """
    How a copy reads for outsiders from now on; what is null stays, or follows the case.

    stays: what was worded for outsiders is right as it is.
    """

    title: _Title | None = None
    question: _Text | None = None
    context: _Text | None = None
    jurisdiction: _Line | None = None
    stays: bool = False


class CopyCorrection(Body):
    """
    How one hub's copy is put right. expect: sha256 of the previews that were looked at; keep_found:
    places in it that may stay, and why.
    """

    outside: OutsideWords = OutsideWords()
    expect: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")], ...], Field(max_length=20)
    ] = ()
    keep_found: Annotated[tuple[KeptBody, ...], Field(max_length=100)] = ()


class CaseCorrection(CopyCorrection):
    """
    What a case says, put right; what is null stays. name, contact, organisation: of who asks.

    here_only: other hubs are left as they are for now.
    """

    title: _Title | None = None
    question: Annotated[str, Field(min_length=1, max_length=64 * 1024)] | None = None
    name: _Line | None = None
    contact: _Line | None = None
    organisation: _Line | None = None
    here_only: bool = False


class CorrectionPreview(PreviewAnswer):
    """What would leave to one hub. corrected: names of what would read otherwise there."""

    escalation: str
    corrected: tuple[str, ...]


class CorrectedAnswer(Answer):
    """told: hubs that are sent how their copy reads now. behind: hubs that have it as it was."""

    id: str
    revision: int
    told: tuple[str, ...]
    behind: tuple[str, ...]
