"""No setting of the machine reaches a test, and no test leaves a setting behind, or a file where it ran."""

import os
from collections.abc import Generator, Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

import pytest

FOREIGN = (
    "SLACK_",
    "OPENAI_",
    "CHATHAKASE_",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "http_proxy",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
)
"""How the names begin of what the bot reads from its environment."""


@contextmanager
def clean_place() -> Iterator[None]:
    """Run what follows without the machine's settings, in an empty folder."""
    _clean_environment()
    with TemporaryDirectory() as folder, chdir(folder):
        yield


class Isolation:
    """All tests run in one clean place, as one for each would double what a short test takes."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        with clean_place():
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self) -> Generator[None]:
        try:
            yield
        finally:
            if left := [*_clean_environment(), *_clean_folder()]:
                pytest.fail(f"It left {', '.join(left)} behind.", pytrace=False)


def _clean_environment() -> list[str]:
    """Take away what is set of the bot, and tell its names."""
    names = [name for name in os.environ if name.startswith(FOREIGN)]
    for name in names:
        del os.environ[name]
    return names


def _clean_folder() -> list[str]:
    paths = list(Path.cwd().iterdir())
    for path in paths:
        rmtree(path) if path.is_dir() else path.unlink()
    return [path.name for path in paths]
