"""
Regions of the world: where a record is about, coarser than a country.

Source: Standard country or area codes for statistical use (M49), United Nations Statistics
Division (https://unstats.un.org/unsd/methodology/m49/), its sub-regions. Taiwan, which the list
does not name, and Kosovo are put where their neighbours are.
"""

from collections.abc import Mapping
from functools import cache

ANYWHERE = "none"
"""The region of what names no country."""
REGION_NAMES: Mapping[str, str] = {
    "africa-northern": "Northern Africa",
    "africa-sub-saharan": "Sub-Saharan Africa",
    "america-latin": "Latin America and the Caribbean",
    "america-northern": "Northern America",
    "asia-central": "Central Asia",
    "asia-eastern": "Eastern Asia",
    "asia-south-eastern": "South-eastern Asia",
    "asia-southern": "Southern Asia",
    "asia-western": "Western Asia",
    "europe-eastern": "Eastern Europe",
    "europe-northern": "Northern Europe",
    "europe-southern": "Southern Europe",
    "europe-western": "Western Europe",
    "oceania": "Oceania",
    "antarctica": "Antarctica",
    ANYWHERE: "No country named",
}
"""Id of a region -> its name in English, in the order in which tables show them."""
_COUNTRIES = {
    "africa-northern": "DZ EG EH LY MA SD TN",
    "africa-sub-saharan": (
        "AO BF BI BJ BW CD CF CG CI CM CV DJ ER ET GA GH GM GN GQ GW IO KE KM LR LS MG ML MR MU MW"
        " MZ NA NE NG RE RW SC SH SL SN SO SS ST SZ TD TF TG TZ UG YT ZA ZM ZW"
    ),
    "america-latin": (
        "AG AI AR AW BB BL BO BQ BR BS BV BZ CL CO CR CU CW DM DO EC FK GD GF GP GS GT GY HN HT JM"
        " KN KY LC MF MQ MS MX NI PA PE PR PY SR SV SX TC TT UY VC VE VG VI"
    ),
    "america-northern": "BM CA GL PM US",
    "asia-central": "KG KZ TJ TM UZ",
    "asia-eastern": "CN HK JP KP KR MN MO TW",
    "asia-south-eastern": "BN ID KH LA MM MY PH SG TH TL VN",
    "asia-southern": "AF BD BT IN IR LK MV NP PK",
    "asia-western": "AE AM AZ BH CY GE IL IQ JO KW LB OM PS QA SA SY TR YE",
    "europe-eastern": "BG BY CZ HU MD PL RO RU SK UA",
    "europe-northern": "AX DK EE FI FO GB GG IE IM IS JE LT LV NO SE SJ",
    "europe-southern": "AD AL BA ES GI GR HR IT ME MK MT PT RS SI SM VA XK",
    "europe-western": "AT BE CH DE FR LI LU MC NL",
    "oceania": (
        "AS AU CC CK CX FJ FM GU HM KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS"
    ),
    "antarctica": "AQ",
}


def region_of(country: str | None) -> str:
    """Return the id of the region of a country, two capitals; `ANYWHERE` for None and unknown."""
    return _regions().get(country or "", ANYWHERE)


@cache
def _regions() -> Mapping[str, str]:
    return {
        country: region for region, countries in _COUNTRIES.items() for country in countries.split()
    }
