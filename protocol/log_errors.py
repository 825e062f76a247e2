"""
Why a log does not verify: one class for each reason, so that nobody has to guess what happened.

All of them are `LogInvalid`. Of a page that is refused nothing is stored (docs/verify.md).
"""

from protocol.errors import LogInvalid


class LogPageBroken(LogInvalid):
    """The page was cut off, is too long, or cannot be unpacked."""

    code = "log-page-broken"


class LogLineMalformed(LogInvalid):
    """A line of a page is JSON, but not a header and its content."""

    code = "log-line-malformed"


class LogHeaderMalformed(LogInvalid):
    """A header lacks a field, has one too many, or one of them cannot be."""

    code = "log-header-malformed"


class LogOfAnother(LogInvalid):
    """An entry stands in another log than the one that was asked for."""

    code = "log-of-another"


class LogEntryMissing(LogInvalid):
    """A number is left out, or the log does not begin at its beginning."""

    code = "log-entry-missing"


class LogNumberTwice(LogInvalid):
    """A number stands twice, or the numbers run backwards."""

    code = "log-number-twice"


class LogChainBroken(LogInvalid):
    """A header names another predecessor than the entry before it: one of both was changed."""

    code = "log-chain-broken"


class LogKeyNotInForce(LogInvalid):
    """A header is signed by a key that the manifest in force does not hold."""

    code = "log-key-not-in-force"


class LogSignatureInvalid(LogInvalid):
    """The signature of a header does not fit it."""

    code = "log-signature-invalid"


class LogContentChanged(LogInvalid):
    """The content of an entry is not the one whose digest its header holds."""

    code = "log-content-changed"


class LogOperationDiffers(LogInvalid):
    """The header says one operation, and the content is another."""

    code = "log-operation-differs"


class LogManifestMissing(LogInvalid):
    """There is no manifest to check the entries with, or its content is gone."""

    code = "log-manifest-missing"


class LogManifestReplaced(LogInvalid):
    """The first manifest is not the one whose digest is the name of the log."""

    code = "log-manifest-replaced"


class LogRecoveryMisplaced(LogInvalid):
    """A recovery of keys vouches for another entry than the one before it, or at its number."""

    code = "log-recovery-misplaced"


class LogShrunk(LogInvalid):
    """A log ends before an entry that is known to be in it."""

    code = "log-shrunk"


class LogWithheld(LogInvalid):
    """The content of an entry is missing although nothing in the log deletes it."""

    code = "log-withheld"
