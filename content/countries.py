"""Country codes of ISO 3166-1 alpha-2, and XK, which is in common use for Kosovo."""

from content.names import COUNTRY_NAMES

COUNTRIES = frozenset(COUNTRY_NAMES)
_MEANT = {"UK": "GB", "EL": "GR"}


def country_code(text: str) -> str:
    """Return a country code in capitals, or raise ValueError, which says what is meant."""
    code = text.strip().upper()
    if code in COUNTRIES:
        return code
    if code in _MEANT:
        raise ValueError(f"{code} is not a country code of ISO 3166-1; write {_MEANT[code]}.")
    raise ValueError(
        f"{text[:20]!r} is not a country code of ISO 3166-1; write two capitals, such as NL."
    )
