"""What holds for all tests: how generated tests run."""

from hypothesis import HealthCheck, settings

# A busy machine is no mistake of the code: nothing generated is timed. Where CI is set, hypothesis
# draws the same examples each time, and that stays so.
settings.register_profile(
    "unhurried",
    parent=settings(),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("unhurried")
