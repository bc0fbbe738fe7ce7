"""What the log tells of sessions, turns and jobs has one shape, and only ids in it."""

import re

import pytest

from chathakase import log_events
from chathakase.core.jobs import Command, Interaction, Job
from chathakase.core.types import Lease, Outcome, Place, SessionId, TurnAction
from tests.places import TEAM, slack_place

ID, PLACE = SessionId("0196f"), slack_place("C1", "1.000001")
WHERE = f"place=slack/{TEAM}/C1_1.000001"
NOWHERE = Place("", "", "", "")
LEASE = Lease(ID, PLACE, "owner", "t1", since=0, upto=1, attempt=1, refs=(), by="U1")
AGAIN = Lease(ID, PLACE, "owner", "t1", since=0, upto=1, attempt=3, refs=(), by="U1", action=TurnAction.RETRY, run=2)
SEARCH = Job(Command(PLACE, "1.0", "U1", "search threads", "swordfish"), session=ID)
STOP = Job(Interaction(PLACE, "1.0", "U1", TurnAction.STOP))


@pytest.fixture(autouse=True)
def all_levels(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="chathakase")


def test_each_event_is_one_line_of_ids(caplog: pytest.LogCaptureFixture) -> None:
    log_events.session_opened(ID, PLACE, by="U1")
    log_events.session_woken(ID, PLACE)
    log_events.session_archived(ID, NOWHERE)
    log_events.session_archived(ID, PLACE, by="U1")
    log_events.session_renamed(ID, PLACE, by="U1")
    log_events.session_moved(ID, PLACE)
    log_events.session_moved(ID, None)
    log_events.session_deleted(ID, PLACE)
    log_events.session_deleted(ID, PLACE, by="U1")
    log_events.threads_listed(PLACE, by="U1", threads=20, total=45)
    log_events.turn_began(LEASE)
    log_events.turn_began(AGAIN)
    log_events.turn_ended(LEASE, Outcome.PARTIAL, seconds=1.25, error="length", characters=0)
    log_events.turn_ended(LEASE, log_events.LOST, seconds=0)
    log_events.job_done(SEARCH, seconds=0.04)
    log_events.job_done(STOP, seconds=0.04)
    assert caplog.messages == [
        f"session opened: session=0196f {WHERE} by=U1",
        f"session woken: session=0196f {WHERE}",
        "session archived: session=0196f",
        f"session archived: session=0196f {WHERE} by=U1",
        f"session renamed: session=0196f {WHERE} by=U1",
        f"session moved: session=0196f {WHERE}",
        "session moved: session=0196f place=none",
        f"session deleted: session=0196f {WHERE}",
        f"session deleted: session=0196f {WHERE} by=U1",
        f"threads listed: workspace=slack/{TEAM} by=U1 threads=20 total=45",
        f"turn began: turn=t1 run=1 session=0196f {WHERE} by=U1",
        f"turn began: turn=t1 run=2 session=0196f {WHERE} action=retry attempt=3 by=U1",
        f"turn ended: turn=t1 run=1 session=0196f {WHERE} outcome=partial error=length characters=0 seconds=1.2",
        f"turn ended: turn=t1 run=1 session=0196f {WHERE} outcome=lost seconds=0.0",
        f'job done: job="search threads" session=0196f {WHERE} by=U1 seconds=0.0',
        f"job done: job=stop {WHERE} by=U1 seconds=0.0",
    ]
    assert all(re.fullmatch(r'[a-z]+ [a-z]+:( [a-z]+=("[^"]+"|[^ "]+))+', message) for message in caplog.messages)
    assert {record.levelname for record in caplog.records} == {"INFO"}
    assert "swordfish" not in caplog.text
