"""Forms that many steps share: a text, a reason, a box that must be ticked."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final

from pydantic import Field

from node.web.forms import PageForm, Sure
from node.web.speaking import N_
from node.web.steps import Input

LONG: Final = 64 * 1024
"""So many signs of a text are taken."""


class TextForm(PageForm):
    """One text."""

    missing: ClassVar[Mapping[str, str]] = {"text": N_("Write the text.")}
    text: Annotated[str, Field(max_length=LONG)]


class ReasonForm(PageForm):
    """Why."""

    missing: ClassVar[Mapping[str, str]] = {"reason": N_("Say why, in a sentence.")}
    reason: Annotated[str, Field(max_length=4000)]


class SureForm(PageForm):
    """A box that must be ticked."""

    sure: Sure


TEXT: Final = Input(kind="text", name="text", label=N_("Text"), required=True)
SURE: Final = Input(kind="sure", name="sure", label=N_("Yes, I really want this"))
