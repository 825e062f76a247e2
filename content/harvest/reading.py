"""What readers of harvest sources share: answers that are no use as a whole, and JSON."""

from typing import Any, ClassVar

import orjson

from content.errors import ContentError


class SourceUnreadable(ContentError):
    """An answer of a source is not what it should be, so that the run cannot go on."""

    code: ClassVar[str] = "harvest-unreadable"


def read_json(body: bytes) -> Any:
    """Return the value of a JSON document. Raises SourceUnreadable."""
    try:
        return orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except (orjson.JSONDecodeError, RecursionError):
        raise SourceUnreadable("The answer is not JSON, or it is not in UTF-8.") from None
