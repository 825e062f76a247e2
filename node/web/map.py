"""The map of the hubs: a dot for each, in the country where it is; those of one side by side."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from content.country_points import country_points

WIDTH: Final = 1000
HEIGHT: Final = 450
"""Of the picture; equirectangular from 90 to -72 degrees, as static/world.svg is drawn."""
APART: Final = 14
LOWEST: Final = -72
"""Degrees of latitude at the lower edge; nobody lives below it."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One hub. x, y: its place in the picture. name, place: for the label."""

    x: float
    y: float
    name: str
    host: str
    place: str


def dots_of(hubs: Iterable[tuple[str, str, str, str]]) -> list[Dot]:
    """Return a dot for each hub of host, name, city and country; without a known country none."""
    by_country: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for host, name, city, country in hubs:
        by_country[country].append((host, name, city))
    dots: list[Dot] = []
    for country, there in sorted(by_country.items()):
        if country not in country_points():
            continue
        lon, lat = country_points()[country]
        if lat < LOWEST:
            continue
        x, y = (lon + 180) / 360 * WIDTH, (90 - lat) / 180 * (WIDTH / 2)
        for number, (host, name, city) in enumerate(sorted(there)):
            aside = (number - (len(there) - 1) / 2) * APART
            dots.append(Dot(round(x + aside, 1), round(y, 1), name, host, city))
    return dots
