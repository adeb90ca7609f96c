"""`harken manage`."""

import os

import click
from django.core.management import execute_from_command_line

from harken.cli.perform import open_installation


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
def manage(command: tuple[str, ...]) -> None:
    """Run one of Django's own commands.

    Example: harken manage migrate
    """
    os.environ["DJANGO_SETTINGS_MODULE"] = "harken.config.settings"
    with open_installation():
        execute_from_command_line(["harken manage", *command])
