"""The stage: a local Slack and a model server over real sockets, with nothing of the developer's own settings."""

import asyncio
import gc
import os
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import looptime
import pytest
from hypothesis import settings

from chathakase.playground.server import Workspace, open_workspace
from tests.examples import WHOLE, Thinning
from tests.isolation import Isolation
from tests.model_server import ModelServer, open_model_server
from tests.outside import OutsideGuard
from tests.selection import Selection
from tests.shares import Shares, share

settings.load_profile(WHOLE)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--share", type=share, default="1/1", help="collect only a share of all files, such as 2/3")


def pytest_configure(config: pytest.Config) -> None:
    guard = OutsideGuard()
    config.pluginmanager.register(guard)
    sys.addaudithook(guard.hear)
    config.pluginmanager.register(Isolation())
    config.pluginmanager.register(Selection())
    config.pluginmanager.register(Shares(config))
    config.pluginmanager.register(Thinning())
    gc.disable()


def pytest_collection_finish() -> None:
    """What thousands of tests are made of stays to the end, and need not be looked through for garbage each time."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 20, 50)


def pytest_asyncio_loop_factories(item: pytest.Item) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """In virtual time the clock begins at 0 and jumps to what is due next; a test that waits in vain fails at once.

    Nobody else is waited for, so that a loop which has nothing to do need not look again.
    """
    if item.get_closest_marker("virtual_time"):
        return {"virtual": partial(looptime.new_event_loop, idle_timeout=0, noop_cycles=0)}
    return {"real": asyncio.new_event_loop}


MEMORY = Path("/dev/shm")
ENOUGH = 2 * 2**30
"""Bytes; far more than the files of all tests that run at once."""

# Databases wait for no disk where there is memory that can be written to like one.
if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.fixture
def own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the test runs, and may leave files."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "sessions.db"


@pytest.fixture
def ack_timeout() -> float:
    """Seconds; as long as Slack's own, so that a busy machine is no trouble."""
    return 3.0


@pytest.fixture
def retry_delays() -> tuple[float, ...]:
    """Seconds after which Slack delivers again; the real ones are 0, 60 and 300."""
    return (0.0, 0.5, 1.0)


@pytest.fixture(scope="session")
def outside() -> None:
    """Lets a test open sockets and start processes; one that asks for it is not quick."""


@pytest.fixture
async def workspace(outside: None, ack_timeout: float, retry_delays: tuple[float, ...]) -> AsyncIterator[Workspace]:
    async with open_workspace(seed=1, ack_timeout=ack_timeout, retry_delays=retry_delays) as opened:
        yield opened


@pytest.fixture
async def model(outside: None) -> AsyncIterator[ModelServer]:
    async with open_model_server() as server:
        yield server
