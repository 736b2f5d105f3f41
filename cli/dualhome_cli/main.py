"""The command `dualhome`: its global options, and the names of its commands."""

import click

from dualhome_cli import __version__
from dualhome_cli.connection import Connection
from dualhome_cli.lazy import LazyGroup

COMMANDS = {
    "Ask": {
        "status": "What is attached where, since when, and what needs attention.",
        "history": "What happened to an instance, an interface or on a day, and why.",
        "plan": "What would be done for an instance now, and why not otherwise.",
        "targets": "What each pool still has to give, zone by zone.",
        "watch": "Each move as it happens.",
        "doctor": "What is wrong with the stack and the account, and its remedy.",
        "report": "One page about everything, to read offline.",
    },
    "Steer": {
        "retry": "Try again now what failed, was refused or is stuck.",
        "release": "Take an instance's interfaces back.",
        "pause": "Stop attaching and detaching.",
        "resume": "Attach and detach again.",
        "redrive": "Handle again the messages that could not be handled.",
    },
}
"""What each command is for, in the order in which help lists them."""


@click.group(
    cls=LazyGroup,
    sections=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""
    \b
    Examples:
      dualhome status
      dualhome status i-0123456789abcdef0
      dualhome --region eu-west-1 --profile ops history i-0123456789abcdef0 --since 2h

    \b
    Exit codes:
      0    fine
      1    something needs attention, where the command's help says so
      2    wrong usage
      3    AWS said no, or could not be asked; or the answer could not be written
      130  interrupted by Ctrl-C
    """,
)
@click.option("--profile", metavar="NAME", help="Profile of your AWS configuration.")
@click.option("--region", metavar="NAME", help="AWS Region of the stack; else as AWS tools choose.")
@click.option(
    "--stack-name",
    metavar="NAME",
    default="dualhome",
    show_default=True,
    help="CloudFormation stack that dualhome was deployed as.",
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.pass_context
def dualhome(
    context: click.Context, profile: str | None, region: str | None, stack_name: str
) -> None:
    """
    See, ask and steer what dualhome does with your instances.

    Everything is read with your own AWS credentials, found as the AWS CLI finds them.
    """
    context.obj = context.obj or Connection(profile, region, stack_name)
