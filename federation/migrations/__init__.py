"""The tables of federation/: one set of migrations a part, applied in the order of SETS."""

from sqlite_utils import Migrations

from federation.migrations import (
    coverage,
    erasure,
    escalation,
    forks,
    framework,
    law,
    promises,
    publishing,
    sync,
    wire,
)

SETS: tuple[Migrations, ...] = (
    wire.migrations,
    publishing.migrations,
    escalation.migrations,
    sync.migrations,
    forks.migrations,
    erasure.migrations,
    law.migrations,
    promises.migrations,
    framework.migrations,
    coverage.migrations,
)
"""Applied after the sets of content/. A new part adds its own set at the end."""
