"""
Receipt codes: with what a requester comes back, such as 7K3QM-9XD2P-ZTR8H-N4CWE.

18 signs carry 90 bits of chance, two more tell a slip of the pen from another code: any one wrong
sign and any two neighbours in the wrong order are noticed. The alphabet is that of Crockford's
Base32, without I, L, O and U, so that a code can be read aloud; whoever types 0 as O or 1 as l is
understood. Source: https://www.crockford.com/base32.html
"""

import re
from typing import ClassVar, Final

from content.chance import Chance
from content.errors import ContentError

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PAYLOAD_SIGNS: Final = 18
CHECK_SIGNS: Final = 2
_BITS: Final = PAYLOAD_SIGNS * 5
_PRIME: Final = 1021
"""The largest prime that two signs can hold. 32 is no multiple of it, so no single change of a sign
and no exchange of two neighbours leaves the remainder as it was."""
_GROUP: Final = 5
_LONGEST_TYPED: Final = 80
_MEANT = str.maketrans({"O": "0", "I": "1", "L": "1"})
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015_.]+")


class ReceiptCodeMistyped(ContentError):
    """This is no receipt code: a sign is missing, wrong, or at the wrong place."""

    code: ClassVar[str] = "receipt-code-mistyped"

    def __init__(self) -> None:
        super().__init__(
            "This is not a receipt code; compare it sign by sign with what you were given."
        )


def new_receipt_code(chance: Chance) -> str:
    """Return a new code, in groups of five."""
    payload = int.from_bytes(chance.bytes(12), "big") & ((1 << _BITS) - 1)
    return shown_code(_signs(payload, PAYLOAD_SIGNS) + _signs(payload % _PRIME, CHECK_SIGNS))


def read_receipt_code(typed: str) -> str:
    """
    Return a code as it is hashed: 20 signs, capitals, nothing between them.

    Takes small letters, blanks, dashes and dots between, O for 0, I and L for 1. Raises
    ReceiptCodeMistyped.
    """
    if len(typed) > _LONGEST_TYPED:
        raise ReceiptCodeMistyped
    signs = _BETWEEN.sub("", typed).upper().translate(_MEANT)
    if len(signs) != PAYLOAD_SIGNS + CHECK_SIGNS or not set(signs) <= set(ALPHABET):
        raise ReceiptCodeMistyped
    payload, check = _number(signs[:PAYLOAD_SIGNS]), _number(signs[PAYLOAD_SIGNS:])
    if payload % _PRIME != check:
        raise ReceiptCodeMistyped
    return signs


def shown_code(signs: str) -> str:
    """Return a code in groups of five, as people read it."""
    return "-".join(signs[at : at + _GROUP] for at in range(0, len(signs), _GROUP))


def _signs(number: int, count: int) -> str:
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(count)))


def _number(signs: str) -> int:
    number = 0
    for sign in signs:
        number = number * 32 + ALPHABET.index(sign)
    return number
