"""
The story: what four hubs do for each other, told while it happens.

What people would do is done by commands and by the API; what came of it is looked at from outside,
over HTTP, with an end to every waiting. setting_up.py, sharing.py and escalating.py hold the parts.
"""

from node.demo.cast import Cast
from node.demo.escalating import tell_escalation
from node.demo.setting_up import tell_setting_up
from node.demo.sharing import tell_sharing

STEPS = 14
"""Setting up has 4, sharing 3, escalating 7; `--check` adds one."""


def tell_story(cast: Cast) -> None:
    """Tell all of it. Raises StoryStopped where something that must happen does not."""
    tell_setting_up(cast)
    tell_sharing(cast)
    tell_escalation(cast)
