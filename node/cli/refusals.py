"""From an error to the words a person at the terminal reads. Light: `hub --help` imports it."""

from typing import IO, Any

import click


class Refused(click.ClickException):
    """What was asked is not done; the message says why and what to do. Exit status 1."""

    exit_code = 1

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the reason on stderr; stdout stays empty."""
        from node.cli.output import plain

        click.echo(f"Refused: {plain(self.message, lines=True)}", file=file, err=file is None)


def in_words(error: BaseException) -> str | None:
    """Return what to tell the person, or None if the error is no refusal of ours."""
    from content.errors import ContentError
    from federation.errors import FederationError
    from protocol.errors import ProtocolError

    if isinstance(error, ContentError | FederationError | ProtocolError):
        return str(error) + _hint(error)
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {(error.strerror or 'cannot be used').lower()}."
    if isinstance(error, UnicodeEncodeError) and error.reason == "surrogates not allowed":
        # Python keeps bytes of arguments that are no UTF-8 as half surrogate pairs.
        return "A word of the command is not UTF-8. Set the terminal to UTF-8 and type it again."
    words = _node_error(error)
    return words if words is not None else _wrong_fields(error)


def _hint(error: BaseException) -> str:
    """Return what to do about an address that is not connected to; strangers are not told."""
    cause: BaseException | None = error
    while cause is not None:
        if getattr(cause, "code", "") == "forbidden-address":
            return (
                " It goes to public https addresses, without a port, in small letters; and to the"
                " host:port pairs in trusted_authorities or HUB_TRUSTED_AUTHORITIES."
            )
        cause = cause.__cause__
    return ""


def _node_error(error: BaseException) -> str | None:
    from node.errors import NodeError

    return str(error) if isinstance(error, NodeError) else None


def _wrong_fields(error: BaseException) -> str | None:
    """Return one line for each field that a model refused."""
    import sys

    # A validation error cannot be here if nobody imported pydantic.
    pydantic = sys.modules.get("pydantic")
    if pydantic is None or not isinstance(error, pydantic.ValidationError):
        return None
    lines = []
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        place = ".".join(str(part) for part in problem["loc"]) or "the whole"
        lines.append(f"{place}: {problem['msg'].removeprefix('Value error, ')}")
    return "; ".join(lines)
