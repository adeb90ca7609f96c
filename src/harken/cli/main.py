"""The door of the command: which verbs there are, and how mistakes are told."""

import sys
from typing import NoReturn

import click
from django.db import OperationalError

from harken.cli.verbs import doctor, held, history, installation, mail, manage, people, processes, search
from harken.config.errors import Refused
from harken.config.given import EnvironmentMistakes

MISUSE = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, invoke_without_command=True)
@click.pass_context
def harken(context: click.Context) -> None:
    """The support desk that listens. Start with: harken up"""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for verb in (
    processes.up,
    processes.web,
    processes.worker,
    processes.smtp,
    mail.deliver,
    held.held,
    history.import_past,
    search.search,
    people.workspace,
    people.agent,
    people.token,
    doctor.doctor,
    manage.manage,
    installation.version,
):
    harken.add_command(verb)


def main() -> NoReturn:
    """Run the command and leave with its exit code."""
    try:
        sys.exit(harken(prog_name="harken", standalone_mode=False))
    except click.ClickException as error:
        _leave(error.format_message(), error.exit_code)
    except EnvironmentMistakes as error:
        _leave(str(error), MISUSE)
    except Refused as error:
        _leave(str(error), 1)
    except OperationalError as error:
        words = str(error).partition("\n")[0]
        _leave(f"the database does not answer ({words}): try again, or ask harken doctor.", 1)
    except (click.Abort, KeyboardInterrupt):
        _leave("stopped.", 130)


def _leave(sentence: str, code: int) -> NoReturn:
    click.echo(f"harken: {sentence}", err=True)
    sys.exit(code)
