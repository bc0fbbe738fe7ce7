"""Which tests reach out of their process, to a socket or to another process: they say so, and no other test may.

A test says so by the fixture ``outside``, which it asks for itself or through another fixture, such as ``workspace``,
or by its folder. All the others are quick but those that take their time: with a database on a file, or so marked.
"""

from collections.abc import Generator
from os import sep
from pathlib import Path
from typing import Any

import pytest

REACHING = frozenset(
    {
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.system",
        "socket.bind",
        "socket.connect",
        "socket.getaddrinfo",
        "socket.sendmsg",
        "socket.sendto",
        "subprocess.Popen",
    }
)
"""What Python tells its audit hooks of reaching out. The pair of sockets by which a loop is woken is none of it."""


HERE = Path(__file__).parent
FOLDERS = tuple(f"{HERE / name}{sep}" for name in ("bolt", "browser", "end_to_end", "fuzz"))
"""Where every test reaches out."""


class Reached(RuntimeError):
    """A test reached out that did not say so."""


class OutsideGuard:
    """Stops each test that reaches out without the fixture, and fails it even where it went on regardless."""

    def __init__(self) -> None:
        self._closed = False
        self._reached: list[str] = []

    def hear(self, event: str, _: tuple[Any, ...]) -> None:
        """Be Python's audit hook, which is never taken away again."""
        if self._closed and event in REACHING:
            self._reached.append(event)
            raise Reached(event)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            if not says_so(item) and not takes_its_time(item):
                item.add_marker(pytest.mark.quick)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None]:
        self._closed = not says_so(item)
        yield

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self) -> Generator[None]:
        try:
            yield
        finally:
            self._closed, reached, self._reached = False, self._reached, []
            if reached:
                told = f"It reached out ({', '.join(reached)}) and did not ask for the fixture `outside`."
                pytest.fail(told, pytrace=False)


def says_so(item: pytest.Item) -> bool:
    """Whether a test asks for the fixture, itself or through another one, or stands in such a folder."""
    return "outside" in getattr(item, "fixturenames", ()) or str(item.path).startswith(FOLDERS)


def takes_its_time(item: pytest.Item) -> bool:
    """Whether a test is too long for work in between though it reaches out to nobody."""
    return "database" in getattr(item, "fixturenames", ()) or any(map(item.get_closest_marker, ("long", "slow")))
