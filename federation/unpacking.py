"""Unpacking answers: gzip, and only as far as the answer may be long."""

import zlib

from protocol.http import HttpResponse
from protocol.log_errors import LogPageBroken


def unpacked(answer: HttpResponse, most: int) -> bytes:
    """Return the body, unpacked where it is gzip. Raises LogPageBroken beyond most bytes."""
    if (answer.header("content-encoding") or "identity") == "identity":
        return answer.body
    unpacking = zlib.decompressobj(wbits=31)  # gzip
    try:
        body = unpacking.decompress(answer.body, most)
    except zlib.error as error:
        raise LogPageBroken("The page cannot be unpacked.") from error
    if not unpacking.eof or unpacking.unused_data:
        raise LogPageBroken("The page is too long, was cut off, or has something behind it.")
    return body
