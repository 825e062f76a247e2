"""Topics as people type them: the id, or the label in any language of the vocabulary."""

from collections.abc import Iterable

from content.vocabulary import Vocabulary
from node.cli.refusals import Refused


def topic_ids(typed: Iterable[str], *, narrower: bool = False) -> tuple[str, ...]:
    """
    Return the ids of the topics that were typed; with narrower, and of all below them.

    Raises ConceptUnknown, which names the nearest, or Refused for a concept that is no topic.
    """
    vocabulary = Vocabulary.load()
    topics = frozenset(vocabulary.ids("topics"))
    found: list[str] = []
    for text in typed:
        labelled = [each for each in vocabulary.find_by_label(text) if each in topics]
        for topic in [text] if text in topics else labelled or [vocabulary.concept(text).id]:
            if topic not in topics:
                raise Refused(f"{topic} is no topic, but a word of another list.")
            found.append(topic)
            if narrower:
                found.extend(vocabulary.narrower(topic))
    return tuple(dict.fromkeys(found))
