"""``python -m tests.fuzz --minutes 10``: a long hunt for a frame that the bot does not take as it should."""

import asyncio
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz.bench import Bench, open_bench
from tests.fuzz.frames import envelopes, oddities
from tests.fuzz.shapes import Json

ROUND = settings(
    max_examples=500,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),
)


def hunt(bench: Bench, runner: asyncio.Runner, number: int) -> None:
    """One round; raises what went wrong, with the smallest frame that does it."""

    @seed(number)
    @ROUND
    @given(st.integers(0, 30).flatmap(lambda chance: envelopes() if chance else oddities()))
    def take(frame: Json | str) -> None:
        runner.run(bench.frame(frame) if isinstance(frame, str) else bench.envelope(frame))

    take()


def main(tell: Callable[[str], object]) -> None:
    """Hunt until the time is over."""
    parser = ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0)
    given_ = parser.parse_args()
    ends = monotonic() + given_.minutes * 60
    with TemporaryDirectory() as folder, asyncio.Runner() as runner:
        opening = open_bench(Path(folder) / "sessions.db")
        bench = runner.run(opening.__aenter__())
        for number in count(given_.seed):
            hunt(bench, runner, number)
            if monotonic() >= ends:
                break
        bench.check_store()
        runner.run(opening.__aexit__(None, None, None))
    tell(f"{dict(bench.seen)}\n")


if __name__ == "__main__":
    main(sys.stdout.write)
