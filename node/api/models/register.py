"""The register of processing (GDPR Art. 30), as the API shows it to operators."""

from datetime import datetime

from federation.law.register import LegalBasis
from node.api.routes import Answer


class ControllerAnswer(Answer):
    """Who answers for the data, by the settings; "" for what is not stated."""

    name: str
    contact: str
    dpo: str
    legal_basis: LegalBasis
    mail_server: str


class ProcessingAnswer(Answer):
    """One activity of processing, in sentences."""

    name: str
    purpose: str
    basis: str
    people: list[str]
    data: list[str]
    recipients: list[str]
    kept: list[str]
    facts: list[str]


class RecipientAnswer(Answer):
    """A hub that can get personal data. missing: a ground for the transfer is not stated."""

    host: str
    name: str
    country: str
    agreement: str
    agreed_on: str
    transfer: str
    missing: bool
    given: int


class RegisterAnswer(Answer):
    """The register at one moment."""

    at: datetime
    hub: str
    address: str
    country: str
    controller: ControllerAnswer
    activities: list[ProcessingAnswer]
    recipients: list[RecipientAnswer]
    measures: list[str]
