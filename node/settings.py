"""
The settings of a hub: `hub.toml` in its folder, each overridable by `HUB_<NAME>`.

See docs/adr/0018-settings-and-commands.md. What is wrong is refused with the place where it
stands and what to write there instead.
"""

# ruff: noqa: ARG003 - the signatures are those of pydantic-settings

import os
import re
from collections.abc import Iterable
from datetime import timedelta
from ipaddress import ip_address
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from content.cases.retention import Periods
from content.countries import COUNTRIES
from content.mail.address import mail_address
from content.matching_rules import MatchingRules
from content.text import one_line
from federation.addresses import BadAuthority, parse_authorities
from federation.law.register import LegalBasis
from node.errors import NodeError
from node.home import HubHome
from protocol.errors import InvalidUrl
from protocol.ids import host_of, is_url, origin_of

PREFIX = "HUB_"
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z.:-]*|\[[0-9A-Fa-f:.]+\]")


class SettingsWrong(NodeError):
    """A setting is missing or unusable. problems: where it stands and what to write there."""

    code: ClassVar[str] = "settings-wrong"

    def __init__(self, problems: tuple[tuple[str, str], ...]) -> None:
        super().__init__("; ".join(f"{place}: {what}" for place, what in problems))
        self.problems = problems


def _listed(value: Any) -> Any:
    """Take a list as TOML has it, or the text with commas of an environment variable."""
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


Addresses = Annotated[frozenset[str], NoDecode, BeforeValidator(_listed)]


Months = Annotated[int, Field(ge=0, le=1200)]
Days = Annotated[int, Field(ge=0, le=36_500)]
MailTls = Literal["starttls", "implicit", "none"]


class Settings(BaseSettings):
    """All settings of one hub. Made by `read_settings`, or for a new hub by `new_settings`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        # Of a table of settings, such as HUB_MATCHING_LANGUAGE for language under [matching].
        env_nested_delimiter="_",
        env_nested_max_split=1,
        extra="forbid",
        frozen=True,
    )

    origin: str
    """Public address of the hub, such as https://hub.amsterdam.example; it never changes."""
    name: str = Field(min_length=1, max_length=120)
    city: str = Field(min_length=1, max_length=120)
    country: str
    language: str
    timezone: str = "UTC"
    coalition: bool = False
    """This node gathers what all hubs publish, and is no hub of a city itself."""
    contact: str = Field(default="", max_length=300)
    """How people reach the staff: a mail address, phone number, web address, or a line of words."""
    source_url: str = Field(default="", max_length=300)
    """Where visitors get the source code of this version (AGPL-3.0, section 13)."""
    answer_days: int = Field(default=30, ge=0, le=1000)
    """Days from triage until an answer is due, without a deadline or another day; 0 for none."""
    answer_days_urgent: int = Field(default=7, ge=0, le=1000)
    """The same for urgent requests."""
    publish_statistics: bool = False
    """Whether operators may publish how many requests there were, in bands, once a quarter."""
    host: str = "127.0.0.1"
    """Where to listen; a reverse proxy with TLS stands in front of it."""
    port: int = Field(default=8080, ge=1, le=65535)
    trusted_authorities: Addresses = frozenset()
    """host:port pairs that may be reached although they are not public, over plain http too."""
    trusted_proxies: Addresses = frozenset({"127.0.0.1", "::1"})
    """Addresses of our own reverse proxies, whose X-Forwarded-For is believed."""
    controller: str = Field(default="", max_length=300)
    """Who answers for the data in law, as the register names them; else the name of the hub."""
    dpo: str = Field(default="", max_length=300)
    """Data protection officer, and how to reach them."""
    legal_basis: LegalBasis = "public-task"
    """On which ground requests are handled (GDPR Art. 6(1)): e, f or a."""
    retention_case_months: Months = 12
    """How long the texts of a case are kept after it was closed."""
    retention_attachments_months: Months = 6
    """How long the files of a case are kept after it was closed."""
    retention_copy_days: Days = 90
    """How long our copy of another hub's case is kept after that hub confirmed the answer."""
    retention_access_months: Months = 12
    """How long it is known who read what."""
    retention_delivery_days: Days = 30
    """How long it is known what was delivered where."""
    mail_sender: str = ""
    """The address that mails of the hub come from; without it none are sent."""
    smtp_host: str = ""
    """The mail server that takes mails of the hub; without it none are sent."""
    smtp_port: int | None = Field(default=None, ge=1, le=65535)
    """587 for starttls, 465 for implicit, 25 for none, where it is not set."""
    smtp_tls: MailTls = "starttls"
    smtp_user: str = Field(default="", max_length=300)
    smtp_password_file: str = ""
    """A file with the password, mode 0600; or the password itself in HUB_SMTP_PASSWORD."""
    imap_host: str = ""
    """The mail server with the mailbox of the hub; without it none is looked into."""
    imap_port: int | None = Field(default=None, ge=1, le=65535)
    """993 for implicit, 143 for starttls and none, where it is not set."""
    imap_tls: MailTls = "implicit"
    imap_user: str = Field(default="", max_length=300)
    imap_password_file: str = ""
    imap_folder: str = Field(default="INBOX", min_length=1, max_length=200)
    mail_ca_file: str = ""
    """Certificates of the authority behind the mail server, if it is none of the usual ones."""
    second_factor: Literal["nobody", "operators", "staff"] = "staff"
    """Who has to show more than a password: operators, or all who work on cases."""
    oidc_issuer: str = Field(default="", max_length=300)
    """Identity provider with which people sign in (OpenID Connect), by its issuer address."""
    oidc_client_id: str = Field(default="", max_length=300)
    """As which client the provider knows the hub."""
    oidc_client_secret_file: str = ""
    """A file with the secret, mode 0600; or the secret itself in HUB_OIDC_CLIENT_SECRET."""
    oidc_name: str = Field(default="", max_length=60)
    """How people call that account, such as City of Amsterdam; else the host of the issuer."""
    oidc_second_factor: bool = False
    """Whether the provider itself asks for two factors, so that the hub need not."""
    session_idle_minutes: int = Field(default=30, ge=1, le=24 * 60)
    """After how many minutes without use somebody has to sign in anew."""
    session_hours: int = Field(default=12, ge=1, le=24 * 14)
    """After how many hours somebody has to sign in anew in any case."""
    check_links: bool = True
    """Whether the server looks, politely, if the documents behind our links are there."""
    erasure_days: int = Field(default=7, ge=1, le=365)
    """After how many days a hub's missing receipt for an erasure counts as overdue."""
    matching: MatchingRules = MatchingRules()
    """How cases are matched with staff, experts and hubs: the table [matching]."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["console", "json"] = "console"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what is passed in and nothing else; `read_settings` brings file and variables."""
        return (init_settings,)

    @field_validator("origin")
    @classmethod
    def _origin_is_one(cls, text: str) -> str:
        try:
            usable = origin_of(text) == text
        except InvalidUrl:
            usable = False
        if not usable:
            raise ValueError(
                "write scheme and host without a slash at the end, such as https://hub.city.example"
            )
        return text

    @field_validator("source_url")
    @classmethod
    def _source_is_a_link(cls, text: str) -> str:
        if text and not is_url(text):
            raise ValueError(
                "write the whole address of the source code, such as https://…, or nothing"
            )
        return text

    @field_validator("oidc_issuer")
    @classmethod
    def _issuer_is_an_address(cls, text: str) -> str:
        if text and not is_url(text):
            raise ValueError(
                "write the issuer as the provider says it, such as https://login.city.example"
            )
        return text

    @field_validator("name", "city", "contact", "controller", "dpo")
    @classmethod
    def _one_line(cls, text: str) -> str:
        return one_line(text)

    @field_validator("country")
    @classmethod
    def _country_is_a_code(cls, text: str) -> str:
        if text not in COUNTRIES:
            raise ValueError("write the country as its two capitals in ISO 3166-1, such as NL")
        return text

    @field_validator("language")
    @classmethod
    def _language_is_a_tag(cls, text: str) -> str:
        if not _LANGUAGE.fullmatch(text):
            raise ValueError("write a language tag, such as en, pt-BR or zh-Hant")
        return text

    @field_validator("timezone")
    @classmethod
    def _zone_is_known(cls, text: str) -> str:
        try:
            ZoneInfo(text)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("write a time zone by its IANA name, such as Europe/Madrid") from None
        return text

    @field_validator("host")
    @classmethod
    def _host_is_plain(cls, text: str) -> str:
        if not _NAME.fullmatch(text):
            raise ValueError("write the address to listen on, such as 127.0.0.1 or 0.0.0.0")
        return text

    @field_validator("trusted_authorities")
    @classmethod
    def _authorities_have_ports(cls, entries: frozenset[str]) -> frozenset[str]:
        try:
            return parse_authorities(entries)
        except BadAuthority as error:
            raise ValueError(str(error)) from None

    @field_validator("mail_sender")
    @classmethod
    def _sender_is_an_address(cls, text: str) -> str:
        try:
            return mail_address(text) if text else ""
        except ValueError:
            raise ValueError(
                "write the address that mails come from, such as help@hub.city.example"
            ) from None

    @field_validator("smtp_host", "imap_host")
    @classmethod
    def _mail_host_is_plain(cls, text: str) -> str:
        if text and not _NAME.fullmatch(text):
            raise ValueError("write the name of the mail server, such as mail.city.example")
        return text

    @field_validator("smtp_user", "imap_user", "imap_folder", "oidc_client_id", "oidc_name")
    @classmethod
    def _mail_line(cls, text: str) -> str:
        return one_line(text)

    @model_validator(mode="after")
    def _mail_is_whole(self) -> "Settings":
        for protocol, host, tls in (
            ("smtp", self.smtp_host, self.smtp_tls),
            ("imap", self.imap_host, self.imap_tls),
        ):
            if host and tls == "none" and not is_loopback(host):
                raise ValueError(
                    f"{protocol}_tls: write starttls or implicit; without TLS only a mail server"
                    " on this machine is used"
                )
        if self.smtp_host and not self.mail_sender:
            raise ValueError("mail_sender: write the address that mails of the hub come from")
        if self.imap_host and not self.smtp_host:
            raise ValueError(
                "smtp_host: write the server that sends mails too; whoever writes to the hub is"
                " sent a link"
            )
        if self.imap_host and not self.imap_user:
            raise ValueError("imap_user: write the name by which the hub opens its mailbox")
        return self

    @model_validator(mode="before")
    @classmethod
    def _provider_is_named(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("oidc_issuer") and not values.get("oidc_name"):
            return {**values, "oidc_name": urlsplit(str(values["oidc_issuer"])).hostname or ""}
        return values

    @model_validator(mode="after")
    def _provider_is_whole(self) -> "Settings":
        if self.oidc_issuer and not self.oidc_client_id:
            raise ValueError("oidc_client_id: write as which client the provider knows this hub")
        return self

    @model_validator(mode="after")
    def _http_only_among_trusted(self) -> "Settings":
        if self.origin.startswith("http://") and self.authority not in self.trusted_authorities:
            raise ValueError(
                "origin: write https://, or for a demo or an intranet name "
                f"{self.authority} in trusted_authorities too"
            )
        return self

    @property
    def authority(self) -> str:
        """Return host and port of the origin, also where the port is the scheme's own."""
        host = host_of(self.origin)
        if ":" in host.rpartition("]")[2]:
            return host
        return f"{host}:{443 if self.origin.startswith('https') else 80}"

    @property
    def periods(self) -> Periods:
        """Return how long this hub keeps what."""
        return Periods(
            case_months=self.retention_case_months,
            attachments_months=self.retention_attachments_months,
            copy_days=self.retention_copy_days,
            access_months=self.retention_access_months,
            delivery_days=self.retention_delivery_days,
        )

    @property
    def session_idle(self) -> timedelta:
        """Return how long a session lasts without use."""
        return timedelta(minutes=self.session_idle_minutes)

    @property
    def session_whole(self) -> timedelta:
        """Return how long a session lasts at most."""
        return timedelta(hours=self.session_hours)

    @property
    def https(self) -> bool:
        """Return whether people reach this hub over TLS."""
        return self.origin.startswith("https://")


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine by its name or address, without asking the DNS."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def new_settings(**values: Any) -> Settings:
    """Return the settings of a hub to be founded, from these values alone. SettingsWrong."""
    try:
        return Settings(**values)
    except ValidationError as error:
        raise SettingsWrong(_problems(error, lambda field: field)) from None


def read_settings(home: HubHome) -> Settings:
    """
    Return the settings of a hub that is there: environment first, then hub.toml.

    Raises NoHubHere, or SettingsWrong with everything that is wrong at once.
    """
    home.check()

    class Here(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return env_settings, TomlConfigSettingsSource(settings_cls, home.toml)

    def place(field: str) -> str:
        variable = PREFIX + field.upper().replace(".", "_")
        if variable in os.environ:
            return variable
        table, _, name = field.rpartition(".")
        return f"{name} under [{table}] in {home.toml}" if table else f"{field} in {home.toml}"

    try:
        return Settings(**Here().model_dump())
    except ValidationError as error:
        raise SettingsWrong(_problems(error, place)) from None
    except (ValueError, OSError) as error:
        # Not TOML, not UTF-8, or not to be read.
        raise SettingsWrong(((str(home.toml), f"cannot be read: {error}"),)) from None


def from_environment(names: Iterable[str]) -> tuple[str, ...]:
    """Return the variables that say something of these settings, and win over hub.toml."""
    variables = (PREFIX + name.upper() for name in names)
    return tuple(each for each in variables if each in os.environ)


def _problems(error: ValidationError, place: Any) -> tuple[tuple[str, str], ...]:
    found = []
    for mistake in error.errors(include_url=False, include_input=False, include_context=False):
        what = mistake["msg"].removeprefix("Value error, ")
        field = ".".join(str(part) for part in mistake["loc"])
        if not field:
            field, _, what = what.partition(": ")
        if mistake["type"] == "missing":
            what = "is missing; write it"
        elif mistake["type"] == "extra_forbidden":
            known = ", ".join((MatchingRules if "." in field else Settings).model_fields)
            what = f"is no setting; the settings are {known}"
        elif mistake["type"] in ("model_type", "dict_type"):
            what = f"is a table; write [{field}] on a line of its own, and its settings below"
        found.append((place(field), what))
    return tuple(found)
