"""
Where countries lie, for maps: longitude and latitude of the middle of their largest part.

Worked out from Natural Earth 1:50m (public domain), to a tenth of a degree.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources


@cache
def country_points() -> Mapping[str, tuple[float, float]]:
    """Return longitude and latitude, in degrees, by code of ISO 3166-1; some islands lack one."""
    text = (resources.files("content") / "data" / "country-points.json").read_text("utf-8")
    return {code: (lon, lat) for code, (lon, lat) in json.loads(text).items()}
