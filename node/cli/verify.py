"""`hub verify`: is this what a hub published? Needs no hub, no folder and no account."""

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from node.cli.desk import home_of
from node.cli.options import Common, common
from node.cli.refusals import Refused
from node.cli.verify_output import plain_verdict, print_verdict

if TYPE_CHECKING:
    from federation.transport import GuardedTransport
    from federation.verifying import Copy
    from protocol.keyrings import Keyring
    from protocol.verdicts import Verdict

AGENT = "RightsHub-verify"


@click.command()
@click.argument("place", metavar="FILE|URL")
@click.option(
    "--keys", metavar="FILE|URL", help="Where the hub's keys are: its log, manifest or actor."
)
@click.option(
    "--against", metavar="FILE|URL", help="Another copy of the same log, to be compared with it."
)
@click.option(
    "--expect", metavar="TEXT", help="The hub it must be of: its name (u...) or its fingerprint."
)
@click.option("--filed", metavar="FILE", help="Of a receipt: what was kept with it, to compare.")
@common
def command(
    common: Common,
    place: str,
    keys: str | None,
    against: str | None,
    expect: str | None,
    filed: str | None,
) -> None:
    """
    Check that something is what a hub published, and unchanged.

    FILE or URL may be a record, an activity, a manifest, an entry or a page of a log, a whole log,
    a bundle, or the receipt of a request. A log that begins with its first entry proves itself,
    without any network; for a file with anything else say where the keys are. Ends with 0 only if
    all is proven.

    \b
    Example:
      hub verify https://rights.barcelona.example/resources/01KAV3X5B0ABCDEFGHJKMNPQRS
      hub verify log.ndjson --expect "3f2a 91bc 07d4 55e1 9a0c 62f8 b1d3 4e77"
      hub verify page.ndjson --keys log.ndjson
      hub verify log.ndjson --against https://hub.example/hub/log/u...
      hub verify receipt.json --filed kept.json --keys https://hub.example/actor
    """
    _check_expected(expect)
    with asyncio.Runner() as runner:
        verdict = runner.run(_examine(common, place, keys, against, expect))
    if filed is not None:
        verdict = _compared(verdict, place, filed)
    if common.json:
        from node.cli.output import print_json

        print_json(plain_verdict(verdict))
    else:
        print_verdict(verdict)
    if verdict.state != "valid":
        raise SystemExit(1)


def _check_expected(expect: str | None) -> None:
    """A slip of the pen is no other hub: refuse what can be neither a name nor a fingerprint."""
    from protocol.manifest import is_name
    from protocol.verdicts import fingerprint_digits

    if expect is None or is_name(expect.strip()):
        return
    digits = fingerprint_digits(expect)
    if len(digits) != 32 or not set(digits) <= set("0123456789abcdef"):
        raise click.UsageError(
            "--expect takes the name of a hub (u and 43 signs) or its fingerprint (8 groups of 4)."
        )


def _compared(verdict: "Verdict", place: str, filed: str) -> "Verdict":
    """Return the verdict on a receipt with what its holder kept."""
    from protocol.document_verdicts import with_kept
    from protocol.intake import LOG_LIMITS, parse_document

    if verdict.kind != "receipt" or "://" in place:
        raise Refused("--filed compares with a receipt in a file.")
    read = [parse_document(_file(each).read_bytes(), LOG_LIMITS) for each in (place, filed)]
    return with_kept(verdict, *read)


async def _examine(
    common: Common, place: str, keys: str | None, against: str | None, expect: str | None
) -> "Verdict":
    from protocol.errors import ProtocolError
    from protocol.log_verdicts import with_comparison
    from protocol.verdicts import expecting

    transport = _transport(common)
    try:
        try:
            ring = None if keys is None else await _ring(transport, keys)
        except ProtocolError as error:
            raise Refused(
                f"There are no keys of a hub in --keys {keys}. Give its log, a bundle of it, its "
                f"first manifest or its actor. {error}"
            ) from None
        copy = await _copy(transport, place, ring, keep=against is not None)
        verdict = copy.verdict
        if against is not None:
            other = await _copy(transport, against, ring, keep=True)
            verdict = with_comparison(verdict, copy.hashes, other.verdict, other.hashes)
        return verdict if expect is None else expecting(verdict, expect)
    finally:
        await transport.close()


async def _copy(
    transport: "GuardedTransport", place: str, ring: "Keyring | None", *, keep: bool
) -> "Copy":
    from federation.verifying import verify_file, verify_url
    from node.clock import WallClock

    now = WallClock().now()
    if "://" in place:
        return await verify_url(transport, place, ring, now, keep_hashes=keep)
    with _file(place).open("rb") as stream:
        return verify_file(stream, ring, now, keep_hashes=keep)


async def _ring(transport: "GuardedTransport", place: str) -> "Keyring":
    from federation.verifying import ring_from_file, ring_from_url

    if "://" in place:
        return await ring_from_url(transport, place)
    with _file(place).open("rb") as stream:
        return ring_from_file(stream)


def _file(place: str) -> Path:
    path = Path(place)
    if not path.is_file():
        raise Refused(f"There is no file {place!r}. Give a file, or an address with https://.")
    return path


def _transport(common: Common) -> "GuardedTransport":
    """Return the way to the network; what a hub here trusts is trusted."""
    from federation.addresses import parse_authorities
    from federation.transport import GuardedTransport
    from node.settings import read_settings

    home = home_of(common)
    if home.toml.exists():
        trusted = read_settings(home).trusted_authorities
    else:
        named = os.environ.get("HUB_TRUSTED_AUTHORITIES", "")
        trusted = parse_authorities(part.strip() for part in named.split(",") if part.strip())
    return GuardedTransport(trusted, AGENT)
