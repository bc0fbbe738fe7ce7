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
def clean_place() -> Iterator[Path]:
    """Run what follows without the machine's settings, in an empty folder."""
    _clean_environment()
    with TemporaryDirectory() as folder, chdir(folder):
        yield Path(folder)


class Isolation:
    """All tests run in one clean place, as one for each would double what a short test takes."""

    def __init__(self) -> None:
        self._place: Path | None = None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        with clean_place() as self._place:
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self) -> Generator[None]:
        try:
            yield
        finally:
            if left := [*_clean_environment(), *self._clean_folder()]:
                pytest.fail(f"It left {', '.join(left)} behind.", pytrace=False)

    def _clean_folder(self) -> Iterator[str]:
        """Go back there, take away what is in it, and tell its names."""
        if self._place is None:
            return
        # Whoever went elsewhere and did not come back must not have that emptied.
        os.chdir(self._place)
        for path in [*self._place.iterdir()]:
            rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
            yield path.name


def _clean_environment() -> list[str]:
    """Take away what is set of the bot, and tell its names."""
    names = [name for name in os.environ if name.startswith(FOREIGN)]
    for name in names:
        del os.environ[name]
    return names
