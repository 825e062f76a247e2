"""
Synthetic records for measurements: the same ones for the same seed.

Words follow Zipf's law over a vocabulary of 200,000 made-up words, as in ordinary prose; records
are in nine languages, those in Arabic with Arabic letters. About 156 words a record.
"""

import random
from bisect import bisect
from collections.abc import Iterator
from functools import cache
from itertools import accumulate

from content.resources.record import ResourceRecord, read_record
from content.vocabulary import LANGUAGES, Vocabulary

VOCABULARY_WORDS = 200_000
_POOL_WORDS = 2_000_000
_LATIN = [c + v for c in "bcdfghjklmnprstvz" for v in ("a", "e", "i", "o", "u", "ar")]
_ARABIC = [c + v for c in "بتجدرسشفقكلمنهو" for v in ("ا", "و", "ي", "", "ان", "ار")]
_SHARES = (50, 10, 8, 8, 3, 7, 5, 5, 4)
_COUNTRIES = ("NL", "ES", "US", "DE", "FR", "BR", "IT", "GB", "TN", "CA", "BE", "AT", "FI", None)


def word(rank: int, *, arabic: bool = False) -> str:
    """Return the word of that rank, 1 being the most frequent; all ranks give other words."""
    syllables = _ARABIC if arabic else _LATIN
    text, rest = "", rank
    while True:
        rest, place = divmod(rest, len(syllables))
        text += syllables[place]
        if rest == 0:
            return text


@cache
def _pool(seed: int) -> tuple[int, ...]:
    """Return ranks as prose would have them."""
    dice = random.Random(seed)
    cumulated = list(accumulate(1 / rank for rank in range(1, VOCABULARY_WORDS + 1)))
    total = cumulated[-1]
    return tuple(bisect(cumulated, dice.random() * total) + 1 for _ in range(_POOL_WORDS))


def synthetic_records(count: int, seed: int = 1, *, hubs: int = 1) -> Iterator[ResourceRecord]:
    """Return that many different records. hubs: how many publishers of them there are."""
    dice = random.Random(seed + 1)
    pool = _pool(seed)
    vocabulary = Vocabulary.load()
    topics, kinds = vocabulary.ids("topics"), vocabulary.ids("resource-kinds")
    principles = vocabulary.ids("principles")
    words = {arabic: _Words(arabic) for arabic in (False, True)}
    for number in range(count):
        language = dice.choices(LANGUAGES, _SHARES)[0]
        spell = words[language == "ar"]
        start = dice.randrange(_POOL_WORDS - 200)
        length = dice.randint(90, 200)
        title = spell.text(pool[start : start + dice.randint(4, 10)])
        summary = spell.text(pool[start + 10 : start + length])
        yield read_record(
            {
                "title": {language: title.capitalize()},
                "summary": {"en" if dice.random() < 0.3 else language: summary},
                "url": f"https://city-{number % max(hubs, 1)}.example/documents/{number}",
                "publisher": f"City {dice.randrange(300)}",
                "year": dice.randint(2005, 2026),
                "language": "pt-BR" if language == "pt" and number % 2 else language,
                "country": dice.choice(_COUNTRIES),
                "city": None,
                "kind": kinds[min(int(dice.expovariate(0.3)), len(kinds) - 1)],
                "topics": dice.sample(topics, dice.randint(1, 3)),
                "principles": [dice.choice(principles)],
                "sdgs": [dice.randint(1, 17)],
                "licence": "CC-BY-4.0" if dice.random() < 0.2 else None,
                "source": "synthetic",
            }
        )


class _Words:
    """Remembers how the words of one script are spelled."""

    def __init__(self, arabic: bool) -> None:
        self._arabic = arabic
        self._spelled: dict[int, str] = {}

    def text(self, ranks: tuple[int, ...]) -> str:
        return " ".join(self._word(rank) for rank in ranks)

    def _word(self, rank: int) -> str:
        if rank not in self._spelled:
            self._spelled[rank] = word(rank, arabic=self._arabic)
        return self._spelled[rank]
