"""Which part of a channel a problem belongs to."""

from harken.channels.email.errors import SignInAgain
from harken.channels.models import Channel, Part
from harken.channels.problems import Problem


def report(channel: Channel, part: str, problem: Problem) -> None:
    """Show a problem where it can be mended: a lost leave to sign in troubles every part, and is told once."""
    channel.report_trouble(Part.SIGN_IN if isinstance(problem, SignInAgain) else part, problem)
