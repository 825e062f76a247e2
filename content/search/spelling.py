"""
What somebody may have meant by a word that nothing has: the nearest words there are.

One letter too many, too few, wrong or swapped; two in a word of `LONG` letters and more. Bounded:
at most `_MOST_STARTING` words of the index are compared.
"""

from collections.abc import Iterable, Iterator

from content.search.known_words import KnownWords
from content.search.lexicon import Lexicon
from content.search.stems import is_arabic

SHORTEST = 5
LONG = 9
_MOST_STARTING = 400
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_ARABIC = "ابتثجحخدذرزسشصضطظعغفقكلمنهويءئؤ"


def nearest(word: str, lexicon: Lexicon, known: KnownWords) -> tuple[str, ...]:
    """
    Return the words nearest to a folded word, all at the same distance; none if there are none.

    Words of the index may be of records that the asker may not see: ask before showing any.
    """
    if len(word) < SHORTEST or any(sign.isdigit() for sign in word):
        return ()
    most = 2 if len(word) >= LONG else 1
    half = len(word) // 2
    candidates = {
        *_of_lexicon(word, lexicon, most),
        *known.starting(word[:half], _MOST_STARTING),
        *known.among(_one_edit(word, half + 1)),
    }
    by_distance: dict[int, list[str]] = {}
    for candidate in candidates - {word}:
        apart = distance(word, candidate, most)
        if apart <= most:
            by_distance.setdefault(apart, []).append(candidate)
    return tuple(sorted(by_distance[min(by_distance)])) if by_distance else ()


def distance(one: str, other: str, most: int) -> int:
    """
    Return how many letters must be added, left out, changed or swapped with the next one.

    Anything above most is given as most + 1 (optimal string alignment).
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, sign in enumerate(one, 1):
        line = [row]
        for column, against in enumerate(other, 1):
            cost = min(last[column] + 1, line[-1] + 1, last[column - 1] + (sign != against))
            if row > 1 and column > 1 and sign == other[column - 2] and one[row - 2] == against:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        if min(line) > most:
            return most + 1
        before, last = last, line
    return min(last[-1], most + 1)


def _of_lexicon(word: str, lexicon: Lexicon, most: int) -> Iterator[str]:
    for length in range(len(word) - most, len(word) + most + 1):
        for candidate in lexicon.by_length.get(length, ()):
            # Nearly nobody errs in both the first and the last letters.
            if candidate[:2] == word[:2] or candidate[-3:] == word[-3:]:
                yield candidate


def _one_edit(word: str, upto: int) -> Iterable[str]:
    """Return all that one slip in the first signs of a word could have come from."""
    letters = _ARABIC if is_arabic(word) else _LATIN
    found: set[str] = set()
    for place in range(upto):
        head, tail = word[:place], word[place:]
        found.add(head + tail[1:])
        found.add(head + tail[1:2] + tail[:1] + tail[2:])
        for letter in letters:
            found.add(head + letter + tail)
            found.add(head + letter + tail[1:])
    return found
