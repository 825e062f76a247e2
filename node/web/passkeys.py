"""
Passkeys in the browser (WebAuthn, by the library `webauthn`): what is asked, and what comes back.

A browser binds passkeys to a name. Where the address of the hub is a number, there are none.
"""

from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import ClassVar, Final
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from content.people.passkeys import Passkey
from node.refusals import RequestRefused
from node.settings import Settings
from node.web.challenges import Challenges
from node.web.speaking import N_

SIGN_IN: Final = "sign-in"
LONGEST_ANSWER: Final = 20_000
_REQUIRED: Final = UserVerificationRequirement.REQUIRED


class PasskeyRefused(RequestRefused):
    """What the browser sent is no answer of a passkey to our challenge."""

    code: ClassVar[str] = "passkey-refused"

    def __init__(self) -> None:
        super().__init__(N_("That did not work. Try once more."))


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey that was just made, checked."""

    credential_id: bytes = field(repr=False)
    public_key: bytes = field(repr=False)
    sign_count: int


def passkey_name(settings: Settings) -> str | None:
    """Return the name that passkeys of this hub are bound to, or None where there can be none."""
    host = urlsplit(settings.origin).hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return host if settings.https or host == "localhost" else None
    return None


def ask_to_make(
    rp: str, hub: str, user: tuple[str, str, bytes], known: tuple[Passkey, ...], challenge: bytes
) -> str:
    """Return what the browser is told to make a passkey. user: name, display name and handle."""
    name, display_name, handle = user
    options = generate_registration_options(
        rp_id=rp,
        rp_name=hub,
        user_id=handle,
        user_name=name,
        user_display_name=display_name,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_REQUIRED
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=each.credential_id) for each in known
        ],
    )
    return options_to_json(options)


def ask_to_sign(rp: str, challenge: bytes) -> str:
    """Return what the browser is told to sign in, whoever it is."""
    return options_to_json(
        generate_authentication_options(rp_id=rp, challenge=challenge, user_verification=_REQUIRED)
    )


def check_made(answer: str, settings: Settings, challenges: Challenges, purpose: str) -> NewPasskey:
    """Return the passkey that a browser made. Raises PasskeyRefused."""
    try:
        credential = parse_registration_credential_json(_short(answer))
        challenge = _challenge(credential.response.client_data_json)
        if not challenges.take(challenge, purpose):
            raise PasskeyRefused
        made = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=passkey_name(settings) or "",
            expected_origin=settings.origin,
            require_user_verification=True,
        )
    except PasskeyRefused:
        raise
    except Exception:
        # Whatever the bytes of a stranger make the library do, it is a refusal.
        raise PasskeyRefused from None
    return NewPasskey(made.credential_id, made.credential_public_key, made.sign_count)


def credential_id_of(answer: str) -> bytes:
    """Return which passkey an answer says it is from; nothing of it is checked. PasskeyRefused."""
    try:
        return parse_authentication_credential_json(_short(answer)).raw_id
    except PasskeyRefused:
        raise
    except Exception:
        raise PasskeyRefused from None


def check_signed(
    answer: str, passkey: Passkey, handle: bytes, settings: Settings, challenges: Challenges
) -> int:
    """
    Return how often the passkey says it signed, if the answer is its own. Raises PasskeyRefused.

    handle: that of the user whose passkey it is.
    """
    try:
        credential = parse_authentication_credential_json(_short(answer))
        challenge = _challenge(credential.response.client_data_json)
        named = credential.response.user_handle
        if (named is not None and named != handle) or not challenges.take(challenge, SIGN_IN):
            raise PasskeyRefused
        done = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=passkey_name(settings) or "",
            expected_origin=settings.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except PasskeyRefused:
        raise
    except Exception:
        raise PasskeyRefused from None
    return done.new_sign_count


def _short(answer: str) -> str:
    if len(answer) > LONGEST_ANSWER:
        raise PasskeyRefused
    return answer


def _challenge(client_data: bytes) -> bytes:
    return parse_client_data_json(client_data).challenge
