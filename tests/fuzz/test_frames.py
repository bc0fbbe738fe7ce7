"""Whatever comes in on the socket is acknowledged once, in time, and nothing of it reaches the log."""

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fuzz.bench import Bench, open_bench
from tests.fuzz.frames import envelopes, oddities, text_of
from tests.fuzz.home_shapes import HOME_ENVELOPES
from tests.fuzz.shapes import ENVELOPES, NO_ENVELOPES, Json

pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("default::hypothesis.errors.HypothesisWarning")]
"""A large frame that fails is told all the same."""
QUICK = settings(
    max_examples=1_000, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as opened:
        yield opened


@pytest.fixture(scope="module")
def bench(runner: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    opening = open_bench(tmp_path_factory.mktemp("fuzz") / "sessions.db")
    opened = runner.run(opening.__aenter__())
    yield opened
    opened.check_store()
    runner.run(opening.__aexit__(None, None, None))
    print(dict(opened.seen))  # noqa: T201 - shown with -s


@pytest.mark.parametrize("envelope", [*ENVELOPES, *HOME_ENVELOPES])
def test_every_recorded_shape_is_acknowledged_without_a_word(
    envelope: Json, bench: Bench, runner: asyncio.Runner
) -> None:
    runner.run(bench.envelope(envelope))


@pytest.mark.parametrize("frame", NO_ENVELOPES)
def test_every_recorded_frame_is_heard(frame: Json, bench: Bench, runner: asyncio.Runner) -> None:
    runner.run(bench.frame(text_of(frame)))


@pytest.mark.timeout(400)
@QUICK
@given(envelope=envelopes())
def test_every_spoilt_shape_is_acknowledged(envelope: Json, bench: Bench, runner: asyncio.Runner) -> None:
    runner.run(bench.envelope(envelope))


@settings(QUICK, max_examples=100)
@given(text=oddities())
def test_an_odd_frame_breaks_nothing(text: str, bench: Bench, runner: asyncio.Runner) -> None:
    runner.run(bench.frame(text))
