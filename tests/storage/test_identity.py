"""Sessions have ids of their own: no two places share one, and one may be moved with all that it remembers."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pytest

from chathakase.core.jobs import CLEAR_SESSION, Command, Job
from chathakase.core.leases import LEASE_MS
from chathakase.core.memory import Scope
from chathakase.core.session_ids import new_session_id
from chathakase.core.types import NO_SESSION, Appended, ExpiryMode, Place, Renewal, SessionId
from chathakase.storage.stores.waiting_sessions import count_waiting
from tests.places import slack_place
from tests.storage.database_stores import FILE, HERE, ID, PLACE, TIMEOUT, DatabaseStores, answer, change, said

THERE = slack_place("C2", "9.000001")
OTHERS = {
    "channel": replace(PLACE, channel="C2"),
    "thread": replace(PLACE, thread="2.000001"),
    "workspace": replace(PLACE, workspace="T2"),
    "surface": replace(PLACE, surface="another"),
}
DAY = 86_400_000


def test_an_id_tells_nothing_and_the_older_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = count(1_700_000_000_000)
    monkeypatch.setattr("time.time_ns", lambda: next(ticks) * 1_000_000)
    ids = [new_session_id() for _ in range(100)]
    assert ids == sorted(ids)
    assert len({id_[12:] for id_ in ids}) == 100
    assert all(len(id_) == 32 and int(id_, 16) for id_ in ids)
    assert int(ids[0][:12], 16) == 1_700_000_000_000


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS.keys())
async def test_two_places_never_share_a_session(other: Place, stores: DatabaseStores) -> None:
    await stores.answered("1", "here", "one")
    await stores.say("2", "there", place=other)
    await stores.say("3", "a reply there", place=other, opens=False)
    assert [await stores.id_at(place) for place in (PLACE, other)] == [ID, "s0002"]
    assert await stores.texts() == ["here", "one"]
    assert (await stores.claimed_at(other)).place == other
    workspaces = {PLACE.workspace_key, other.workspace_key}
    assert await stores.turns.waiting(workspaces) == []
    assert {each.place for each in await stores.listening.active(workspaces, since=0, limit=9)} == {PLACE, other}
    assert await stores.listening.known(other) == {"2": 2_000_000, "3": 3_000_000}
    assert await stores.sessions.opened([PLACE, other, THERE]) == {PLACE: ID, other: "s0002"}


@pytest.mark.parametrize("other", [OTHERS["workspace"], OTHERS["surface"]], ids=["workspace", "surface"])
async def test_nothing_of_another_workspace_is_touched(other: Place, stores: DatabaseStores) -> None:
    """Where somebody has the same id, and messages have the same refs."""
    await stores.say("1", "the weather here")
    await stores.say("1", "the weather there", place=other)
    await stores.say("2", "mine", place=PLACE)
    assert (await stores.changes.change(change("1", "changed"))).place == PLACE  # type: ignore[union-attr]
    assert await stores.sessions.newest_threads(other.beside("C1"), busy=False, limit=9) == [other]
    found = await stores.search.search("weather", author="U1", channels=[other.beside("C1")], limit=9)
    assert [(each.place, each.excerpt) for each in found if each.ref] == [(other, "the weather there")]
    assert await stores.search.channels_of("U1") == {PLACE.beside("C1"), other.beside("C1")}
    assert await stores.forgetting.where("U1", PLACE) == {ID}
    assert await stores.forgetting.forget(Scope.EVERYWHERE, author="U1", session=HERE, before="2") == 1
    for place in (PLACE, other):
        page = await stores.sessions.active(place, limit=9)
        assert [each.place for each in page.sessions if each.last] == [place]
        assert page.total == len(page.sessions)
    assert await stores.sessions.people(other) == {"U1"}


async def test_who_waits_is_told_to_whoever_is_in_the_workspace(stores: DatabaseStores) -> None:
    other = OTHERS["workspace"]
    turn = await stores.answered("1", "q1")
    await stores.interaction(turn)
    await stores.say("2", "q2", place=other)
    for workspaces, waiting in (({PLACE.workspace_key}, [PLACE]), ({other.workspace_key}, [other]), ((), [])):
        assert [session.place for session in await stores.turns.waiting(workspaces)] == waiting
    assert len(await stores.turns.waiting([PLACE.workspace_key, other.workspace_key])) == 2


async def test_the_same_command_is_enqueued_once_in_each_workspace(stores: DatabaseStores) -> None:
    jobs = [Job(Command(place, "2", "U1", "help")) for place in (PLACE, OTHERS["workspace"], PLACE)]
    assert [await stores.jobs.enqueue(job) for job in jobs] == [jobs[0], jobs[1], None]
    await stores.jobs.done(jobs[0])
    stores.clock.now += LEASE_MS + 1
    workspaces = {job.task.place.workspace_key for job in jobs}
    assert [job.task.place for job in await stores.jobs.claim(workspaces)] == [OTHERS["workspace"]]


async def test_it_is_moved_with_its_history_and_answered_there(stores: DatabaseStores) -> None:
    await stores.answered("1", "q1", "a1")
    await stores.say("2", "q2", files=(FILE,))
    assert await stores.sessions.move(ID, THERE)
    assert await stores.sessions.find(PLACE) is None
    assert await stores.id_at(THERE) == ID
    lease = await stores.claimed_at(THERE)
    assert (lease.session, lease.place, lease.refs) == (ID, THERE, ())
    await stores.turns.finish(lease, answer("a2"))
    assert await stores.say("3", "q3", place=THERE, opens=False)
    memory = await stores.memory.memory(ID, limit=9, tokens=99)
    assert [each.text for each in memory.messages] == ["q1", "a1", "q2", "a2", "q3"]
    info = await stores.sessions.info(ID)
    assert info is not None
    assert (info.place, info.name, info.messages) == (THERE, THERE.name, 5)


async def test_its_old_place_may_open_a_new_session_but_not_with_what_was_had(stores: DatabaseStores) -> None:
    await stores.answered("5", "q5", "a5")
    await stores.sessions.move(ID, THERE)
    assert await stores.say("6", "a reply", opens=False) is Appended.NO_SESSION_YET
    for ref in ("5", "4"):
        assert await stores.say(ref, "delivered again") is Appended.KNOWN
    assert await stores.say("6", "a new one") is Appended.NEW
    assert await stores.say("5", "delivered again", opens=False) is Appended.NO_SESSION_YET
    assert await stores.id_at() not in (ID, NO_SESSION)
    assert await stores.texts() == ["a new one"]


async def test_another_session_is_in_the_way(stores: DatabaseStores) -> None:
    await stores.say("1", "here")
    await stores.say("2", "there", place=THERE)
    assert not await stores.sessions.move(ID, THERE)
    assert [await stores.id_at(place) for place in (PLACE, THERE)] == [ID, "s0002"]
    assert await stores.say("1", "delivered again") is Appended.KNOWN
    assert not await stores.sessions.move(SessionId("nobody"), slack_place("C3", "1.0"))


async def test_to_where_it_is_it_moves_as_often_as_you_like(stores: DatabaseStores) -> None:
    turn = await stores.answered("1", "q1", "a1")
    lease = replace(await stores.again(turn), refs=())
    await stores.turns.note_reply(lease, ["1.5"])
    assert await stores.sessions.move(ID, PLACE)
    assert await stores.count("tombstones") == 0
    assert await stores.listening.known(PLACE) == {"1": 1_000_000}
    await stores.turns.release(lease)
    assert (await stores.claimed()).refs == ("1.5",)


async def test_without_a_place_it_waits_until_it_has_one(stores: DatabaseStores) -> None:
    await stores.answered("1", "q1", "a1")
    await stores.say("2", "q2")
    assert await stores.sessions.move(ID, None)
    assert await stores.turns.waiting([PLACE.workspace_key]) == []
    assert await stores.turns.next_asker(ID) is None
    assert await stores.turns.claim(ID) is None
    assert await stores.turns.claim(ID, to_end=True) is None
    assert (await count_waiting(stores.database)).turns == 0
    assert await stores.listening.active([PLACE.workspace_key], since=0, limit=9) == []
    info = await stores.sessions.info(ID)
    assert info is not None
    assert (info.place, info.name, info.messages) == (None, ID, 3)
    transcript = await stores.export.transcript(ID)
    assert transcript is not None
    assert (transcript.place, transcript.name) == (None, ID)
    (found,) = [each for each in await stores.search.search("q2", author=None, channels=None, limit=9) if each.ref]
    assert (found.place, found.name) == (None, ID)
    assert await stores.search.channels_of("U1") == set()
    # Another one may have none as well.
    await stores.say("3", "q3")
    assert await stores.sessions.move(await stores.id_at(), None)
    assert await stores.sessions.move(ID, THERE)
    assert [session.id for session in await stores.turns.waiting([PLACE.workspace_key])] == [ID]
    lease = await stores.claimed_at(THERE)
    assert await stores.turns.finish(lease, answer("a2"))
    memory = await stores.memory.memory(ID, limit=9, tokens=99)
    assert [each.text for each in memory.messages] == ["q1", "a1", "q2", "a2"]


async def test_what_has_no_place_is_forgotten_and_pruned_like_all_else(stores: DatabaseStores) -> None:
    await stores.say("1", "q1")
    await stores.sessions.move(ID, None)
    await stores.say("2", "elsewhere", place=THERE)
    assert await stores.forgetting.where("U1", THERE) == {ID, "s0002"}
    there = replace(HERE, id=await stores.id_at(THERE), place=THERE)
    assert await stores.forgetting.forget(Scope.EVERYWHERE, author="U1", session=there, before="", said=9 << 40) == 2
    await stores.say("3", "q3", place=THERE)
    stores.clock.now += 99 * DAY
    assert await stores.forgetting.prune(idle=DAY) == 1
    assert await stores.sessions.info(ID) is None


async def test_what_is_being_answered_ends_where_it_began(stores: DatabaseStores) -> None:
    await stores.say("1", "q1")
    lease = await stores.claimed()
    await stores.turns.note_reply(lease, ["1.5"])
    await stores.sessions.move(ID, THERE)
    assert await stores.turns.renew([lease]) == [Renewal.HELD]
    assert await stores.turns.finish(lease, answer("a1"))
    newest = await stores.turns.newest(ID)
    assert newest is not None
    assert (newest.turn, newest.ref) == (lease.turn, "")


async def test_what_was_begun_elsewhere_is_written_anew(stores: DatabaseStores) -> None:
    """Its messages cannot be edited from here; it keeps its name, by which what it writes here is found."""
    await stores.say("1", "q1")
    lease = await stores.claimed()
    await stores.turns.note_reply(lease, ["1.5"])
    stores.clock.now += LEASE_MS + 1
    await stores.sessions.move(ID, THERE)
    stores.clock.now += 1
    resumed = await stores.claimed_at(THERE)
    assert (resumed.turn, resumed.place, resumed.refs, resumed.attempt) == (lease.turn, THERE, (), 2)
    await stores.turns.note_reply(resumed, ["9.5"])
    stores.clock.now += LEASE_MS + 1
    assert (await stores.claimed_at(THERE)).refs == ("9.5",)


async def test_an_answer_that_is_wanted_again_is_written_at_the_new_place(stores: DatabaseStores) -> None:
    turn = await stores.answered("1", "q1", "a1")
    lease = await stores.again(turn)
    await stores.turns.note_reply(lease, ["1.5"])
    await stores.turns.finish(lease, answer("a1, better"))
    await stores.sessions.move(ID, THERE)
    assert await stores.interaction(turn, run=2, place=THERE)
    again = await stores.claimed_at(THERE)
    assert (again.turn, again.refs, again.run) == (turn, (), 3)


async def test_what_was_said_elsewhere_is_not_looked_for_in_the_new_thread(stores: DatabaseStores) -> None:
    await stores.say("1", "q1")
    await stores.sessions.move(ID, THERE)
    moved = stores.clock.now
    stores.clock.now += 1
    await stores.say(f"{moved // 1000 + 5}", "q2", place=THERE)
    assert await stores.listening.known(THERE) == {f"{moved // 1000 + 5}": (moved + 5_000) * 1000}
    (heard,) = await stores.listening.active([PLACE.workspace_key], since=0, limit=9)
    assert (heard.place, heard.first, heard.last) == (THERE, moved * 1000, (moved + 5_000) * 1000)


async def test_a_command_is_about_the_session_wherever_that_is_by_now(stores: DatabaseStores) -> None:
    await stores.say("1", "q1")
    await stores.say("2", CLEAR_SESSION, command=True)
    await stores.sessions.move(ID, THERE)
    assert await stores.turns.claim(ID) is None
    stores.clock.now += LEASE_MS + 1
    (job,) = await stores.jobs.claim([PLACE.workspace_key])
    assert (job.session, job.task.place) == (ID, PLACE)
    assert await stores.forgetting.clear(job.session, before="2") == 1
    await stores.jobs.done(job)
    assert await stores.jobs.claim([PLACE.workspace_key]) == []


@pytest.mark.parametrize("mode", ExpiryMode)
async def test_a_session_that_comes_after_another_at_its_place_has_an_id_of_its_own(
    mode: ExpiryMode, stores_with: Callable[[ExpiryMode], DatabaseStores]
) -> None:
    stores = stores_with(mode)
    await stores.answered("1", "q1", "a1")
    stores.clock.now += TIMEOUT + 1
    await stores.forgetting.expire()
    saved = await stores.sessions.append(said("9", "q9"))
    assert saved.session == (ID if mode is ExpiryMode.ARCHIVE else "s0002")
