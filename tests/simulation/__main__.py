"""``python -m tests.simulation --seed 7 --turns 3000 --kills 300``: plays seeds, and tells what came of them."""

import asyncio
import shutil
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

from tests.simulation.deeds import Plan, plan_from_json
from tests.simulation.figures import table, total
from tests.simulation.judge import Wrong
from tests.simulation.plan import Scale, make_plan
from tests.simulation.play import PlayedPlan, play
from tests.simulation.regressions import REGRESSIONS

TELL_EVERY = 30.0
"""Seconds between two lines of progress."""


def main() -> int:
    """Play; the exit code is 1 when an invariant was broken."""
    given = _arguments()
    outcomes = [_played(plan, given) for plan in _plans(given)]
    failed = [outcome for outcome in outcomes if outcome.flaws]
    _print(table(total([outcome.figures for outcome in outcomes])))
    seeds = " ".join(str(outcome.plan.seed) for outcome in failed)
    _print(f"\n{len(failed)} of {len(outcomes)} plans went wrong{f', with the seeds {seeds}' if seeds else ''}")
    return 1 if failed else 0


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", metavar="FIRST-LAST", help="many seeds in the place of one")
    parser.add_argument("--turns", type=int, default=Scale.turns, help="messages that people write")
    parser.add_argument("--kills", type=int, default=Scale.kills)
    parser.add_argument(
        "--kill-interval", type=float, default=Scale.kill_interval, metavar="SECONDS", help="between two kills"
    )
    parser.add_argument("--retries", nargs="+", type=float, default=Scale.retries, metavar="SECONDS", help="of Slack")
    parser.add_argument("--without", nargs="*", default=(), metavar="DEED", help="deeds to leave out, such as Jump")
    parser.add_argument("--regressions", nargs="*", metavar="WORD", help="plans that found bugs, or those so named")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="play a plan that was kept")
    parser.add_argument("--times", type=int, default=1, help="how often to play each plan")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where plans, stories and logs are kept")
    parser.add_argument("--bear", nargs="*", default=(), choices=[wrong.name for wrong in Wrong], help="no failures")
    return parser.parse_args()


def _plans(given: Namespace) -> Iterator[Plan]:
    scale = Scale(given.turns, given.kills, given.kill_interval, tuple(given.retries), frozenset(given.without))
    if given.regressions is not None:
        for name, plan in REGRESSIONS.items():
            if not given.regressions or any(word in name for word in given.regressions):
                yield from [plan] * given.times
        return
    first, _, last = (given.seeds or str(given.seed)).partition("-")
    for seed in range(int(first), int(last or first) + 1):
        plan = plan_from_json(given.replay.read_text()) if given.replay else make_plan(seed, scale)
        yield from [plan] * given.times


def _played(plan: Plan, given: Namespace) -> PlayedPlan:
    borne = {Wrong[name] for name in given.bear}
    with tempfile.TemporaryDirectory(prefix="chathakase-simulation-", ignore_cleanup_errors=True) as folder:
        outcome = asyncio.run(play(plan, Path(folder), borne=borne, progress=_progress()))
        if given.keep:
            _keep(outcome, Path(folder), given.keep / f"seed-{plan.seed}")
    _print(f"seed {plan.seed}: {len(outcome.flaws)} flaws, {len(outcome.borne)} borne, {outcome.seconds:.0f} s")
    for flaw in outcome.borne:
        _print(f"  borne: {flaw}")
    for flaw in outcome.flaws:
        _print(f"  {flaw}")
    if outcome.flaws and not given.keep:
        _print(outcome.told)
    return outcome


def _keep(outcome: PlayedPlan, folder: Path, to: Path) -> None:
    """Keep the plan, the story, the logs and the database."""
    (folder / "plan.json").write_text(outcome.plan.to_json())
    (folder / "story.txt").write_text(outcome.told)
    shutil.copytree(folder, to, dirs_exist_ok=True)


def _progress() -> Callable[[int, int], None]:
    told = monotonic()

    def progress(done: int, of: int) -> None:
        nonlocal told
        if monotonic() - told > TELL_EVERY:
            told = monotonic()
            _print(f"  {done} of {of} deeds")

    return progress


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
