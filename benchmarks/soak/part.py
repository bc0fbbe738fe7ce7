"""The parts of a soak as a table, and what is to be reached over all of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import linear_regression, median

from benchmarks.report import Goal, p95, show
from benchmarks.sampling import Sample
from benchmarks.soak.answer_log import LATE, PartLog

TEN_MINUTES = 600.0
GROWTH = 2.0
"""MiB by which memory may grow in ten minutes, once it is warm: what an allocator does by itself."""
LOG = 8.0
"""MiB of the write-ahead log: SQLite begins it again after 4, as soon as nobody reads in it."""
SHOWN = 20
"""Oddities that are printed."""


@dataclass(frozen=True, slots=True)
class Part:
    """What was seen in one part."""

    log: PartLog
    samples: Sequence[Sample]
    rest: Sample
    """At its end, when nobody had said anything for a while."""
    here: float
    """MiB of the process that holds the workspace and the model's server."""


def goals(parts: Sequence[Part]) -> list[Goal]:
    """What is to be reached."""
    logs = [part.log for part in parts]
    return [
        Goal("soak: MiB of memory more in ten minutes (second half)", _growth(parts), GROWTH, " MiB", may_equal=False),
        Goal("soak: open files more at rest (second half)", _more(parts, lambda each: each.files), 0),
        Goal("soak: threads more at rest (second half)", _more(parts, lambda each: each.threads), 0),
        Goal("soak: tasks more at rest (second half)", _more(parts, lambda each: each.tasks), 0),
        Goal("soak: write-ahead log at most", max(each.log for part in parts for each in part.samples), LOG, " MiB"),
        Goal("soak: questions and commands not answered exactly once", sum(each.wrong for each in logs), 0),
        Goal("soak: threads that end with an error", sum(each.warned for each in logs), 0),
        Goal(f"soak: answers later than {LATE:g} s after the model", sum(each.late for each in logs), 0),
    ]


def _growth(parts: Sequence[Part]) -> float:
    """The slope of the line through the memory of the second half."""
    samples = [each for part in parts[len(parts) // 2 :] for each in part.samples]
    return linear_regression([each.at for each in samples], [each.memory for each in samples]).slope * TEN_MINUTES


def _more(parts: Sequence[Part], of: Callable[[Sample], int]) -> int:
    """How many more of something there were at rest in the second half than in the first, at most."""
    half = len(parts) // 2
    return max(of(part.rest) for part in parts[half:]) - max(of(part.rest) for part in parts[:half])


def show_parts(parts: Sequence[Part], faults: Mapping[str, int], oddities: Sequence[str]) -> None:
    """Print what was seen."""
    columns = (
        *("part", "asked", "MiB", "files", "threads", "tasks", "database", "log", "checkpoints"),
        *("added p50", "p95", "late", "wrong", "errors", "loop late", "here, MiB"),
    )
    rows = [_row(str(number), part) for number, part in enumerate(parts, 1)]
    show(
        "Soak; MiB, files, threads, tasks and MiB of the database and its log at rest (at most); seconds", columns, rows
    )
    print(f"Faults: {', '.join(f'{name} ({count})' for name, count in sorted(faults.items()))}.")
    for oddity in oddities[:SHOWN]:
        print(oddity)


def _row(name: str, part: Part) -> tuple[str, ...]:
    log, samples, rest = part.log, part.samples, part.rest

    def both(of: Callable[[Sample], float], digits: int = 0) -> str:
        return f"{of(rest):.{digits}f} ({max(map(of, samples)):.{digits}f})"

    waits = log.waits or [0.0]
    return (
        name,
        str(log.asked),
        both(lambda each: each.memory, 1),
        both(lambda each: each.files),
        both(lambda each: each.threads),
        both(lambda each: each.tasks),
        both(lambda each: each.database, 2),
        both(lambda each: each.log, 1),
        str(rest.checkpoints),
        f"{median(waits):.2f}",
        f"{p95(waits) if len(waits) > 1 else waits[0]:.2f}",
        *(str(count) for count in (log.late, log.wrong, log.warned)),
        f"{max(each.late for each in samples):.2f}",
        f"{part.here:.0f}",
    )
