"""Numbers, goals and the tables in which they are printed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import le, lt
from statistics import quantiles

from rich.console import Console
from rich.table import Table

console = Console(highlight=False)


@dataclass(frozen=True, slots=True)
class Goal:
    """What is to be reached, beside what was measured."""

    what: str
    measured: float
    most: float
    unit: str = ""
    may_equal: bool = True

    @property
    def reached(self) -> bool:
        """Whether the measured value keeps to the goal."""
        keeps: Callable[[float, float], bool] = le if self.may_equal else lt
        return keeps(self.measured, self.most)


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed."""
    return quantiles(values, n=20, method="inclusive")[-1]


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; its first column names the rows, the others hold numbers."""
    table = Table(show_header=any(columns))
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    for row in rows:
        table.add_row(*row)
    console.print(f"\n{title}")
    console.print(table)


def show_goals(goals: Sequence[Goal]) -> None:
    """Print what was reached and what was not."""
    rows = [
        (
            goal.what,
            f"{goal.measured:.2f}{goal.unit}",
            f"{'≤' if goal.may_equal else '<'} {goal.most:g}{goal.unit}",
            "[green]PASS[/]" if goal.reached else "[red]FAIL[/]",
        )
        for goal in goals
    ]
    show("Goals", ("", "measured", "goal", ""), rows)
