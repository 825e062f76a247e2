"""The register of processing (GDPR Art. 30) of this hub, with who answers by its settings."""

from datetime import datetime

import sqlite_utils

from federation.hub import Hub
from federation.law.register import Controller, Register, processing_register
from node.settings import Settings


def controller_of(settings: Settings) -> Controller:
    """Return who answers for the data, by the settings."""
    return Controller(
        name=settings.controller or settings.name,
        contact=settings.contact,
        dpo=settings.dpo,
        legal_basis=settings.legal_basis,
        mail_server=settings.smtp_host,
    )


def register_of(db: sqlite_utils.Database, hub: Hub, settings: Settings, at: datetime) -> Register:
    """Return the register as it is now."""
    return processing_register(db, hub, controller_of(settings), settings.periods, at)
