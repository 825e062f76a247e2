"""`hub report`: what the network covers, and papers that the law asks for."""

import click

from content.people.permissions import Right
from federation.law.register import Processing, Register
from node.cli.desk import desk
from node.cli.options import Common, common
from node.cli.output import note, print_json, say, when
from node.cli.report_network import network
from node.cli.report_statistics import statistics
from node.register import register_of


class _NetworkAlone(click.Group):
    """A group that stands for its command `network` when no command is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the name of the command before options that are not of the group itself."""
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = ["network", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_NetworkAlone)
def command() -> None:
    """
    What the network covers and lacks, papers that the law asks for, and statistics.

    Without a command it is `hub report network`.
    """


command.add_command(network)
command.add_command(statistics)


@command.command()
@common
def processing(common: Common) -> None:
    """
    Print the register of processing (GDPR Art. 30), as Markdown or JSON.

    \b
    Example:
      hub report processing
    """
    with desk(common, Right.OPERATE) as at:
        register = at.read(lambda db: register_of(db, at.hub, at.settings, at.act.at))
    if common.json:
        print_json(register)
        return
    for line in _paper(register):
        say(line)
    for gap in _gaps(register):
        note(gap)


def _paper(register: Register) -> list[str]:
    who = register.controller
    lines = [
        f"# Register of processing: {register.hub}",
        "",
        f"GDPR Art. 30, as of {when(register.at)} UTC. Made by the hub from its settings and data.",
        "",
        f"- Controller: {who.name}, {register.country}, {register.address}",
        f"- Contact: {who.contact or 'NOT STATED'}",
        f"- Data protection officer: {who.dpo or 'NOT STATED'}",
    ]
    for activity in register.activities:
        lines += ["", *_activity(activity)]
    lines += ["", "## Recipients that are other hubs", ""]
    if not register.recipients:
        lines.append("None.")
    for each in register.recipients:
        agreed = f"{each.agreement or 'NO AGREEMENT NOTED'} {each.agreed_on}".strip()
        lines.append(
            f"- {each.name} ({each.host}, {each.country}): {agreed}. Transfer: {each.transfer}. "
            f"Copies of cases there: {each.given}."
        )
    lines += ["", "## Security (Art. 32)", "", *(f"- {each}" for each in register.measures)]
    return lines


def _activity(activity: Processing) -> list[str]:
    parts = (
        ("Purpose", (activity.purpose,)),
        ("Lawful basis", (activity.basis,)),
        ("People", activity.people),
        ("Data", activity.data),
        ("Recipients", activity.recipients),
        ("Kept", activity.kept),
        ("Now", activity.facts),
    )
    return [
        f"## {activity.name}",
        "",
        *(f"- {title}: {'; '.join(texts)}" for title, texts in parts if texts),
    ]


def _gaps(register: Register) -> list[str]:
    """Return what a data protection officer will ask first."""
    who = register.controller
    gaps = []
    if not who.contact:
        gaps.append("No contact is stated: write contact in hub.toml.")
    if not who.dpo:
        gaps.append("No data protection officer is stated: write dpo in hub.toml, if there is one.")
    for each in register.recipients:
        if not each.agreement:
            gaps.append(f"No agreement is noted: hub peer agreement {each.host} --agreement TEXT")
        if each.missing:
            gaps.append(
                f"{each.host} is in {each.country}, and no ground for a transfer is stated: "
                f"hub peer agreement {each.host} --transfer-basis BASIS"
            )
    return gaps
