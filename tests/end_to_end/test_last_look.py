"""What came to one process before another one opened its session is stored although that one ends just then."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from chathakase import app
from chathakase.core.types import Incoming
from tests.end_to_end.conftest import OpenBot
from tests.places import slack_place


async def test_what_came_before_its_session_is_stored_at_the_end(
    open_the_bot: OpenBot, general: str, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "LOOK_FOR_WAITING", 3600.0)
    place = slack_place(general, "1700000000.000001")
    opening = Incoming(
        place, place.thread, "U0ALICE001", "plan a trip", said=1_700_000_000_000_001, opens=True, asks=True
    )
    later = "1700000000.000002"
    follow_up = replace(opening, ref=later, text="to Kyoto", said=opening.said + 1, opens=False)
    async with open_the_bot(chathakase_grace=0.1) as first:
        async with open_the_bot(chathakase_grace=0.1) as second:
            assert not await second.reception.submit(follow_up)
            assert await first.reception.submit(opening)
        with closing(sqlite3.connect(database)) as connection:
            asked = "SELECT text, asks FROM messages WHERE role = 'user' ORDER BY said"
            assert connection.execute(asked).fetchall() == [("plan a trip", 1), ("to Kyoto", 1)]
