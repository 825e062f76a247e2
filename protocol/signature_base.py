"""
The signature base of RFC 9421 for the shape that hubs send: whole components, no parameters.

A fast path beside http-message-signatures, which parses the same two fields once more for every
request. It answers only where the base is beyond doubt, and whoever verifies falls back to the
library otherwise; a property test holds the two together (docs/adr/0006-signatures.md).
Source: RFC 9421, section 2.5.
"""

from protocol.http import HttpRequest

_PLAIN_FIELDS = frozenset({"content-type", "content-digest", "host", "date"})


def signature_base(request: HttpRequest, covered: tuple[str, ...]) -> bytes | None:
    """
    Return the octets that were signed, or None where only the library can tell.

    request: with exactly one Signature-Input of one signature, as `check` has made sure.
    covered: the names in it, in their order.
    """
    field = request.header("signature-input") or ""
    parameters = field.partition("=")[2].strip()
    listed = "(" + " ".join(f'"{name}"' for name in covered) + ");"
    if not parameters.startswith(listed):
        return None
    lines = []
    for name in covered:
        value = _value(request, name)
        if value is None:
            return None
        lines.append(f'"{name}": {value}\n')
    return f'{"".join(lines)}"@signature-params": {parameters}'.encode()


def _value(request: HttpRequest, name: str) -> str | None:
    if name == "@method":
        return request.method
    if name == "@target-uri":
        return request.url
    if name not in _PLAIN_FIELDS:
        return None
    values = request.all(name)
    return values[0].strip() if len(values) == 1 else None
