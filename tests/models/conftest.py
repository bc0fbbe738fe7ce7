import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from chathakase.certificates import VARIABLES
from chathakase.models.openai import OpenAIModel, open_model
from tests.model_server import ModelServer


@pytest.fixture(autouse=True)
def no_certificates_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the openai library tries again, it tries again at once."""
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.001)


@pytest.fixture
async def client(model: ModelServer) -> AsyncIterator[OpenAIModel]:
    async with open_model(
        api_key="k", base_url=model.base_url, name="main", temperature=0.5, max_tokens=2_000
    ) as opened:
        yield opened


Later = Callable[[float], Awaitable[None]]


@pytest.fixture
async def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Has so many seconds pass at once, for everybody on this loop, when what was sent until then has been read."""
    loop = asyncio.get_running_loop()
    time, ahead = loop.time, 0.0
    monkeypatch.setattr(loop, "time", lambda: time() + ahead)

    async def pass_by(seconds: float) -> None:
        nonlocal ahead
        for _ in range(100):
            await asyncio.sleep(0)
        ahead += seconds

    return pass_by


class Time:
    """A clock that a test sets."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def timed(model: ModelServer, time: Time) -> AsyncIterator[OpenAIModel]:
    """A client that goes by that clock."""
    async with open_model(
        api_key="k", base_url=model.base_url, name="main", temperature=0.5, max_tokens=2_000, clock=time
    ) as opened:
        yield opened
