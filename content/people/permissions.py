"""Which role may do what: one table, asked by every page, endpoint and command."""

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from content.errors import ContentError


class Role(StrEnum):
    """What a user is to the hub. Each role of this hub has all rights of the one before."""

    READER = "reader"
    EXPERT = "expert"
    CASEWORKER = "caseworker"
    OPERATOR = "operator"


class Right(StrEnum):
    """One thing that not everybody may do."""

    NETWORK_READ = "network-read"
    """See what hubs share among each other only (tlp-green)."""
    CASES_ASSIGNED = "cases-assigned"
    """Read and answer the cases that one is assigned to."""
    CATALOGUE_EDIT = "catalogue-edit"
    """Add, change, publish and retract resources."""
    EXPERTS_EDIT = "experts-edit"
    """Add, change, pause and remove experts."""
    FRAMEWORK_EDIT = "framework-edit"
    """Customize the policy framework, assess the hub by it, and publish items of it."""
    CASES_READ = "cases-read"
    """Read every case of the hub."""
    CASES_WORK = "cases-work"
    """Take in, assign, answer, close and erase cases."""
    ESCALATE = "escalate"
    """Offer a case to another hub, and decide about what others offer."""
    PEERS_MANAGE = "peers-manage"
    """Add, approve, suspend and block peers."""
    USERS_MANAGE = "users-manage"
    """Add and deactivate users, give and revoke tokens of others."""
    OPERATE = "operate"
    """Keys, quarantine, backups, health in detail."""


_READER = frozenset({Right.NETWORK_READ})
_EXPERT = _READER | {Right.CASES_ASSIGNED}
_CASEWORKER = _EXPERT | {
    Right.CATALOGUE_EDIT,
    Right.EXPERTS_EDIT,
    Right.FRAMEWORK_EDIT,
    Right.CASES_READ,
    Right.CASES_WORK,
    Right.ESCALATE,
}
RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.READER: _READER,
    Role.EXPERT: _EXPERT,
    Role.CASEWORKER: _CASEWORKER,
    Role.OPERATOR: _CASEWORKER | {Right.PEERS_MANAGE, Right.USERS_MANAGE, Right.OPERATE},
}


class NotAllowed(ContentError):
    """Somebody known asks for what their role may not do."""

    code: ClassVar[str] = "not-allowed"

    def __init__(self, right: Right) -> None:
        super().__init__(f"This needs the right {right.value!r}, which your role or token lacks.")
        self.right = right


def rights_of(role: Role) -> frozenset[Right]:
    """Return all rights of a role."""
    return RIGHTS[role]


def is_within(role: Role, limit: Role) -> bool:
    """Return whether role may do nothing that limit may not."""
    return rights_of(role) <= rights_of(limit)
