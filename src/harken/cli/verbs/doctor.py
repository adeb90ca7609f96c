"""`harken doctor`."""

import json
import sys
from dataclasses import asdict

import click

from harken.cli.findings import findings_of_the_machine
from harken.cli.perform import load, open_installation
from harken.config.environment import environment
from harken.config.errors import Refused
from harken.lib.vitals import Finding

_COLOURS = {"well": "green", "advice": "yellow", "wrong": "red"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def doctor(as_json: bool) -> None:
    """Check the installation: say what is wrong and what to do. The exit code is 1 when something is.

    Example: harken doctor --json
    """
    findings = [*findings_of_the_machine(environment()), *_findings_inside()]
    is_well = all(finding.state != "wrong" for finding in findings)
    if as_json:
        click.echo(
            json.dumps(
                {"ok": is_well, "findings": [asdict(finding) for finding in findings]}, ensure_ascii=False
            )
        )
    else:
        _print(findings)
    sys.exit(0 if is_well else 1)


def _findings_inside() -> list[Finding]:
    try:
        with open_installation():
            return list(load("doctor").findings())
    except Refused as error:
        return [Finding("database", "wrong", str(error))]


def _print(findings: list[Finding]) -> None:
    for finding in findings:
        state = click.style(f"{finding.state:<6}", fg=_COLOURS[finding.state])
        click.echo(f"{state}  {finding.about:<11}  {finding.sentence}")
