"""First steps that are settings: a page asks, checks, and shows the lines to write in hub.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import Field

from node.app_keys import HOME
from node.settings import from_environment
from node.web import words
from node.web.forms import PageForm, filled
from node.web.setting_lines import Lines, lines_for, waiting, written
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import Visit
from node.web.starting import FirstStep
from node.web.steps import Choices, Input

_Line = Annotated[str, Field(max_length=300)]


class WhoForm(PageForm):
    """How people read and reach this hub."""

    name: _Line = ""
    city: _Line = ""
    contact: _Line = ""


class PrivacyForm(PageForm):
    """Who answers for the data."""

    controller: _Line = ""
    dpo: _Line = ""
    legal_basis: _Line = ""


class LanguagesForm(PageForm):
    """In which language and time zone the hub works."""

    language: _Line = ""
    timezone: _Line = ""


class MailForm(PageForm):
    """The server that sends its mails. The password goes into a file, never into a form."""

    mail_sender: _Line = ""
    smtp_host: _Line = ""
    smtp_tls: _Line = ""
    smtp_user: _Line = ""
    smtp_password_file: _Line = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a step asks. intro: marked with N_."""

    form: type[PageForm]
    intro: str
    inputs: tuple[Input, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the settings that it is about."""
        return tuple(each.name for each in self.inputs)


BASES: Final[Mapping[str, str]] = {
    "public-task": N_("A task in the public interest (GDPR Art. 6(1)(e))"),
    "legitimate-interest": N_("Legitimate interest (GDPR Art. 6(1)(f))"),
    "consent": N_("Consent (GDPR Art. 6(1)(a))"),
}
TLS: Final[Mapping[str, str]] = {
    "starttls": N_("STARTTLS, usually port 587"),
    "implicit": N_("TLS from the start, usually port 465"),
    "none": N_("None: only for a mail server on this machine"),
}


def _languages(settings: Any) -> Choices:
    return tuple(words.languages(settings.language))


def _named(labels: Mapping[str, str]) -> Any:
    return lambda _settings: tuple((value, _(label)) for value, label in labels.items())


ASKED: Final[Mapping[str, Asked]] = {
    "who": Asked(
        form=WhoForm,
        intro=N_("This stands on every page, in feeds, and at other hubs."),
        inputs=(
            Input(kind="line", name="name", label=N_("Name of the hub"), required=True),
            Input(kind="line", name="city", label=N_("City"), required=True),
            Input(
                kind="line",
                name="contact",
                label=N_("How people reach you"),
                hint=N_("A mail address, phone number, web address, or a line of words."),
            ),
        ),
    ),
    "privacy": Asked(
        form=PrivacyForm,
        intro=N_(
            "The privacy page of this hub and the register for the authority are made of this. Ask"
            " your data protection officer, or a lawyer."
        ),
        inputs=(
            Input(
                kind="line",
                name="controller",
                label=N_("Who answers for the data in law"),
                hint=N_("Name and address, such as: City of Example, Main Square 1."),
            ),
            Input(
                kind="line",
                name="dpo",
                label=N_("Data protection officer"),
                hint=N_("And how to reach them. Empty if there is none."),
            ),
            Input(
                kind="choose",
                name="legal_basis",
                label=N_("On which ground requests are handled"),
                choices=_named(BASES),
            ),
        ),
    ),
    "languages": Asked(
        form=LanguagesForm,
        intro=N_(
            "Pages are shown in the language of the reader where there is one; this is the language"
            " for everybody else, and of what you publish. Days are days in the time zone."
        ),
        inputs=(
            Input(
                kind="choose", name="language", label=N_("Language of the hub"), choices=_languages
            ),
            Input(
                kind="line",
                name="timezone",
                label=N_("Time zone"),
                hint=N_("By its IANA name, such as Europe/Madrid."),
            ),
        ),
    ),
    "mail": Asked(
        form=MailForm,
        intro=N_(
            "Mails tell people that there is news, and never what. Without a mail server everything"
            " works, but people have to look by themselves. Ask your IT for an account for sending."
        ),
        inputs=(
            Input(
                kind="line",
                name="mail_sender",
                label=N_("Address that mails come from"),
                hint=N_("Such as help@hub.city.example"),
            ),
            Input(
                kind="line",
                name="smtp_host",
                label=N_("Mail server that sends them"),
                hint=N_("Such as mail.city.example"),
            ),
            Input(kind="choose", name="smtp_tls", label=N_("Encryption"), choices=_named(TLS)),
            Input(kind="line", name="smtp_user", label=N_("User name there")),
            Input(
                kind="line",
                name="smtp_password_file",
                label=N_("File with the password"),
                hint=N_(
                    "Its path on the machine of the hub; readable by the user of the hub alone"
                    " (mode 0600). Do not type the password here."
                ),
            ),
        ),
    ),
}


async def settings_page(visit: Visit, step: FirstStep, frame: Mapping[str, Any]) -> web.Response:
    """Return the page of a step that is settings. Nothing is written by it."""
    home, asked = visit.request.app[HOME], ASKED[step.slug]
    on_disk, problems = await visit.read(lambda _db: written(home))
    now = on_disk or visit.settings
    form: Any = filled(**{name: getattr(now, name) for name in asked.names})
    lines: Lines | None = None
    if visit.sent:
        form = visit.form(asked.form)
    if visit.sent and not form.mistakes:
        lines = lines_for(now, form.value.model_dump(), home)
        for field, what in lines.wrong:
            form.refuse(what, field if field in asked.names else asked.names[0])
    return visit.page(
        "duty/start_settings.html",
        **frame,
        form=form,
        asked=asked,
        lines=None if form.mistakes else lines,
        settings=now,
        problems=problems,
        variables=from_environment(asked.names),
        waits=on_disk is not None and waiting(visit.settings, on_disk, asked.names),
    )
