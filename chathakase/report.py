"""Findings on a terminal, in a pipe or a log, and as JSON for scripts."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from chathakase.findings import VERDICTS, Finding, Level, worst

MARKS = {Level.OK: "✓", Level.NOTE: "·", Level.WARNING: "!", Level.ERROR: "✗"}
PLAIN_MARKS = {Level.OK: "+", Level.NOTE: "-", Level.WARNING: "!", Level.ERROR: "x"}
STYLES = {Level.OK: "green", Level.NOTE: "blue", Level.WARNING: "yellow", Level.ERROR: "bold red"}
PLAIN = str.maketrans({"“": '"', "”": '"', "’": "'", "…": "...", "–": "-"})
"""What our sentences are written with, for terminals and files that know ASCII only."""

Row = tuple[Text, str, str]


def as_json(findings: Sequence[Finding]) -> str:
    """The worst level, and each finding with its subject, level, text and advice."""
    return json.dumps({"level": worst(findings), "findings": [asdict(finding) for finding in findings]}, indent=2)


def show(findings: Sequence[Finding], console: Console) -> None:
    """One line for each, the advice below it, and a verdict at the end."""
    plain = not console.encoding.lower().startswith("utf")
    rows = list(_rows(findings, PLAIN_MARKS if plain else MARKS))
    if plain:
        rows = [(mark, subject, _in_ascii(text)) for mark, subject, text in rows]
    if console.is_terminal:
        console.print(_table(rows))
    else:
        width = max(len(subject) for _, subject, _ in rows)
        for mark, subject, text in rows:
            line = f"{mark.plain or ' '} {subject:<{width}}  {text}"
            console.print(line, markup=False, highlight=False, emoji=False, soft_wrap=True)
    console.print(f"\n{VERDICTS[worst(findings)]}", highlight=False)


def _rows(findings: Sequence[Finding], marks: dict[Level, str]) -> Iterator[Row]:
    for finding in findings:
        yield Text(marks[finding.level], STYLES[finding.level]), finding.subject, finding.text
        if finding.advice:
            yield Text(""), "", f"→ {finding.advice}"


def _table(rows: Sequence[Row]) -> Table:
    """Columns in which long sentences wrap."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for mark, subject, text in rows:
        table.add_row(mark, Text(subject, "bold"), Text(text))
    return table


def _in_ascii(text: str) -> str:
    return text.replace("→", "->").translate(PLAIN).encode("ascii", "replace").decode()
