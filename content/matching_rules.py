"""
How many points each fact is worth when a case is matched, and whether anything is ranked at all.

A hub sets them in hub.toml under [matching] (docs/configure.md). What speaks for somebody has 0
points or more, what speaks against them 0 or fewer, so that no fact can work the wrong way round.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

MOST_POINTS = 100
For = Annotated[float, Field(ge=0, le=MOST_POINTS, allow_inf_nan=False)]
Against = Annotated[float, Field(ge=-MOST_POINTS, le=0, allow_inf_nan=False)]


class MatchingRules(BaseModel):
    """Points for each fact; 0 switches a rule off, and its reason with it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = True
    """False: nobody is ranked; who could be asked is listed by name."""
    same_topic: For = 10.0
    narrower_topic: For = 7.0
    """They cover a part of what is asked."""
    broader_topic: For = 6.0
    """They cover something that what is asked is part of."""
    sibling_topic: For = 2.0
    offer: For = 4.0
    """They do what is wanted, such as workshops where training is."""
    language: For = 5.0
    country: For = 4.0
    city: For = 1.0
    """The hub is in the city whose rules matter."""
    here: For = 3.0
    """They are at this hub, so nothing has to leave it."""
    hours: For = 2.0
    confirmed: For = 1.0
    """The listing was confirmed not long ago."""
    quick: For = 3.0
    """At most, for a hub that accepted and answered at once before; a slow one gets less."""
    no_hours: Against = -6.0
    conflict: Against = -3.0
    requester_conflict: Against = -12.0
    """Who asks is named in the conflict, or is where they work."""
    unconfirmed: Against = -2.0
    hindered: Against = -4.0
    """As it stands, the case may not be offered there."""
    confirmed_days: Annotated[int, Field(ge=1, le=3650)] = 183
    """For how many days a confirmation counts as recent."""
    slow_days: Annotated[int, Field(ge=1, le=365)] = 30
    """From how many days on a hub gets no points for having been quick."""
