"""The policy framework as the API shows it."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from content.framework.item import Framework, FrameworkItem
from content.framework.scores import Score
from content.framework.sharing import SharedScore
from content.labels import Label
from node.api.models.catalogue import HubRef
from node.api.models.common import Word
from node.api.routes import Answer, Body, Query

ItemWord = Annotated[str, Field(min_length=1, max_length=64)]
Address = Annotated[str, Field(min_length=1, max_length=2048)]


class SharedItemAnswer(Answer):
    """An item that a hub published. score: only if the hub published it too."""

    id: str
    hub: HubRef
    label: Label
    upstream: str
    item: FrameworkItem
    score: SharedScore | None
    published_at: datetime | None
    updated_at: datetime | None
    document: dict[str, Any]
    """The signed original."""


class SharedFrameworkAnswer(Answer):
    """What a hub published of its framework; it may have more items than it shows."""

    items: tuple[SharedItemAnswer, ...]


class ShowingHubAnswer(HubRef):
    """A hub that published items of its framework."""

    items: int


class ShowingHubsAnswer(Answer):
    """Hubs that published items, by name; never by scores."""

    items: tuple[ShowingHubAnswer, ...]


class CoverageAnswer(Answer):
    """How much of a pillar is scored. mean: of those that are; null without any."""

    pillar: str
    items: int
    scored: int
    levels: tuple[int, int, int, int, int]
    mean: float | None


class OwnFrameworkAnswer(Answer):
    """The framework of this hub, for its people. merge_waits: with whom a merge waits."""

    upstream: str
    adopted_at: datetime
    adopted_by: str
    changed_at: datetime
    changed_by: str
    merge_waits: str | None
    framework: Framework
    scores: dict[str, Score]
    coverage: tuple[CoverageAnswer, ...]


class PlaceBody(Body):
    """Where an item goes: after another one (a pillar puts it first), or last in a pillar."""

    after: ItemWord | None = None
    pillar: ItemWord | None = None


class ScoreBody(Body):
    """A score from 0 absent to 4 leading. evidence: addresses of documents that show it."""

    level: int
    note: str = ""
    evidence: Annotated[list[Address], Field(max_length=50, default_factory=list)]


class HelpAnswer(Answer):
    """A resource or an expert that can help."""

    url: str
    name: str
    hub: str


class NextStepAnswer(Answer):
    """What to do about one of the lowest items."""

    item: str
    title: str
    level: int
    first: str
    resources: tuple[HelpAnswer, ...]
    experts: tuple[HelpAnswer, ...]


class AssessmentAnswer(Answer):
    """The self-assessment: coverage, what is not scored yet, and next steps, the lowest first."""

    coverage: tuple[CoverageAnswer, ...]
    unscored: tuple[str, ...]
    next_steps: tuple[NextStepAnswer, ...]


class StepsQuery(Query):
    """limit: of next steps. language: of titles and texts."""

    limit: Annotated[int, Field(ge=1, le=50)] = 5
    language: Word = "en"


class NoteBody(Body):
    """What a snapshot is for."""

    note: Annotated[str, Field(max_length=1000)]


class SnapshotAnswer(Answer):
    """A snapshot. Compare it with `GET /framework/diff?before=NUMBER`."""

    number: int
    at: datetime
    by: str
    note: str
    items: int
    coverage: tuple[CoverageAnswer, ...]


class WholeSnapshotAnswer(SnapshotAnswer):
    """A snapshot with all that it keeps."""

    framework: Framework
    scores: dict[str, Score]


class SnapshotsAnswer(Answer):
    """All snapshots, the newest first."""

    items: tuple[SnapshotAnswer, ...]


class PublicationBody(Body):
    """
    How an item is published. scored: with its score and evidence.

    confirmed: somebody looked at what looks like personal data.
    """

    label: Literal["tlp-clear", "tlp-green"] = "tlp-clear"
    scored: bool = False
    confirmed: bool = False


class PublicationAnswer(Answer):
    """An item that is published. changed_since: ours says something else by now."""

    item: str
    id: str
    label: Label
    scored: bool
    published_at: datetime
    updated_at: datetime
    changed_since: bool


class PublicationsAnswer(Answer):
    """All items that are published."""

    items: tuple[PublicationAnswer, ...]


class PlaceDifferenceAnswer(Answer):
    """One place of an item: null where there is no text."""

    place: str
    before: str | None
    after: str | None


class DifferenceAnswer(Answer):
    """What happened to one item."""

    kind: Literal["added", "dropped", "changed", "reordered"]
    item: str
    title: dict[str, str]
    places: tuple[PlaceDifferenceAnswer, ...]


class DifferencesAnswer(Answer):
    """What differs, item by item."""

    items: tuple[DifferenceAnswer, ...]


class DiffQuery(Query):
    """before, after: ours, adopted, upstream, the number of a snapshot, or the host of a hub."""

    before: Word = "adopted"
    after: Word = "ours"


class ConflictAnswer(Answer):
    """A place that both sides changed. place "item": one side dropped it; "order": of a pillar."""

    item: str
    place: str
    base: str | None
    ours: str | None
    theirs: str | None


class SettledAnswer(Answer):
    """What somebody decided about a conflict. value: what holds, null for nothing there."""

    item: str
    place: str
    ours: str | None
    theirs: str | None
    value: str | None


class MergeAnswer(Answer):
    """
    A merge. conflicts: what people have to decide yet. settled: what they decided, which they may
    decide anew. brings: what changes in our framework.
    """

    origin: str
    version: str
    applied: bool
    conflicts: tuple[ConflictAnswer, ...]
    decided: int
    settled: tuple[SettledAnswer, ...]
    brings: tuple[DifferenceAnswer, ...]


class FileBody(Body):
    """file: a framework as `GET /framework/file` gives it; none is the one that is shipped."""

    file: dict[str, Any] | None = None


class MergeBody(Body):
    """other: upstream, or the host of a hub; or a file. preview: only look."""

    other: Word | None = None
    file: dict[str, Any] | None = None
    preview: bool = False


class DecisionBody(Body):
    """Settle one conflict: side, or a text of your own."""

    item: ItemWord
    place: Annotated[str, Field(min_length=1, max_length=2100)]
    side: Literal["ours", "theirs"] | None = None
    text: str | None = None


class FileAnswer(Answer):
    """A framework as a file for another hub (docs/framework.md)."""

    format: str
    origin: str
    items: list[dict[str, Any]]
    upstream: dict[str, Any]


class PaperQuery(Query):
    """scores: put the self-assessment into the document, which has no lock."""

    format: Literal["html", "markdown"] = "html"
    language: Word = "en"
    scores: bool = False
