"""`hub framework`: the policy framework of this hub, customized, assessed, merged and shared."""

import click

from node.cli.framework_change import add, attach, drop, move, set_texts
from node.cli.framework_files import adopt, export, import_file
from node.cli.framework_merge import diff, merge
from node.cli.framework_score import assess, snapshot
from node.cli.framework_share import publish
from node.cli.framework_show import show


@click.group()
def command() -> None:
    """
    The policy framework: foundations, structures and tools, as this hub has made them its own.

    Begin with `hub framework adopt`, change what does not fit, and assess yourself. Later changes
    of the framework are merged in, and people decide where both sides changed the same.
    """


for part in (adopt, show, set_texts, add, drop, move, attach, assess, snapshot, diff, merge):
    command.add_command(part)
for part in (publish, export, import_file):
    command.add_command(part)
