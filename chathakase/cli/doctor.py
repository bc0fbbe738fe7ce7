"""``chathakase doctor``."""

import typer
from rich.console import Console

from chathakase import report
from chathakase.cli.process import BAD_SETTINGS, FAILED
from chathakase.config import SettingsError, read_settings
from chathakase.diagnostics import check_spelling, diagnose
from chathakase.findings import Finding, Level, worst
from chathakase.shutdown import leave


async def tell_findings(*, json: bool) -> None:
    """Examine everything, print what is found, and end the process."""
    try:
        findings = await diagnose(read_settings())
        code = FAILED if worst(findings) is Level.ERROR else 0
    except SettingsError as error:
        findings = [Finding("settings", Level.ERROR, problem) for problem in error.problems]
        findings += check_spelling()
        code = BAD_SETTINGS
    if json:
        typer.echo(report.as_json(findings))
    else:
        report.show(findings, Console())
    leave(code)
