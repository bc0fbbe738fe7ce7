"""What stores are asked besides what the tests of cancelling ask them: together they send all that they ever do."""

from dataclasses import replace

from chathakase.core.audit import AuditEvent, Deed
from chathakase.core.daily_limits import DailyLimit, Measure, Whose
from chathakase.core.jobs import CLEAR_SESSION, DELETE_SESSION, MAY_NOT, MUTED, Command, Job
from chathakase.core.listing import EVERYWHERE, ThreadFilter, ThreadsPage
from chathakase.core.memory import Scope
from chathakase.core.moments import DAY
from chathakase.core.overview import OverviewState
from chathakase.core.types import Role, TurnAction, Usage
from chathakase.storage.stores import audit_store
from chathakase.storage.stores.adoption import adopt
from chathakase.storage.stores.change_store import SqlChangeStore
from chathakase.storage.stores.metering import Meter
from chathakase.storage.stores.owned import Ownership
from chathakase.storage.stores.session_store import SqlSessionStore
from chathakase.storage.stores.suspects import WAIT_MS
from chathakase.storage.stores.turn_store import SqlTurnStore
from chathakase.storage.stores.usage_store import KEPT_DAYS, SqlUsageStore
from chathakase.storage.stores.waiting_sessions import count_waiting
from tests.places import slack_place
from tests.storage.database_stores import FILE, HERE, ID, PLACE, TIMEOUT, DatabaseStores, answer, change, said
from tests.storage.test_cancellation import (
    EVERY_OPERATION,
    Prepare,
    Work,
    append,
    append_a_twin,
    append_to_a_session,
    expire,
)
from tests.storage.test_suspects import DyingProcesses


async def archive_and_delete(stores: DatabaseStores) -> Work:
    """Neither while something waits: it is answered first, or spared."""
    await stores.answered("1", "q1", "a1")
    jobs = [Job(Command(PLACE, ref, "U1", DELETE_SESSION, ID), session=ID) for ref in ("2", "4")]

    async def work() -> list[object]:
        done: list[object] = [await stores.forgetting.archive(ID, by="U1")]
        for job in jobs:
            await stores.sessions.append(said(job.task.ref, DELETE_SESSION), role=Role.COMMAND, job=job)
            if job is jobs[0]:
                await stores.say("3", "q3")
                done.append(await stores.forgetting.archive(ID, by="U1"))
            await stores.forgetting.delete(ID, job=job, event=AuditEvent(Deed.DELETE))
            done += [await stores.forgetting.has_deleted(job, ID), await stores.jobs.done(job)]
        return [*done, await stores.say("4", "delivered again"), await stores.say("5", "anew")]

    return work


async def adopt_what_is_older(stores: DatabaseStores) -> Work:
    return lambda: adopt(stores.database, PLACE.workspace_key)


async def have_a_command_asked_to_the_model(stores: DatabaseStores) -> Work:
    await stores.say("1", "help", command=True)
    return lambda: stores.changes.change(change("1", "hello"))


async def change_what_is_in_no_thread(stores: DatabaseStores) -> Work:
    await stores.say("1", "hello")
    changed = replace(change("1", "good morning"), place=replace(PLACE, thread=""))
    return lambda: stores.changes.change(changed)


async def delete_an_answer(stores: DatabaseStores) -> Work:
    await stores.answered("1", "q1", "a1")
    return lambda: stores.changes.change(change("9.5"))


async def delete_what_is_old(stores: DatabaseStores) -> Work:
    async def work() -> list[object]:
        """Twice as a matter of routine, and once since somebody comes back."""
        deleted: list[object] = []
        for ref in ("1", "2", "3"):
            deleted.append(await stores.answered(ref, "q", "a"))
            stores.clock.now += TIMEOUT + 1
            if ref != "2":
                deleted += [await stores.forgetting.expire(), await stores.forgetting.prune(idle=1)]
        return deleted

    return work


async def turn_somebody_away_twice(stores: DatabaseStores) -> Work:
    async def work() -> list[object]:
        return [await stores.jobs.enqueue(Job(Command(PLACE, ref, "U1", MAY_NOT))) for ref in ("1", "2")]

    return work


async def decline_what_waits(stores: DatabaseStores) -> Work:
    await stores.answered("1", "q1", "a1")
    await stores.say("2", "q2")
    await stores.say("3", "q3", author="U2", opens=False)

    async def work() -> list[object]:
        return [await stores.turns.decline(ID, by) for by in ("U2", "U1", "U1")]

    return work


async def forget_in_every_scope(stores: DatabaseStores) -> Work:
    await stores.answered("1", "q1", "a1")
    await stores.say("2", "q2")
    await stores.say("3", "q3")

    async def work() -> list[object]:
        scopes = (Scope.LAST, Scope.ONE, Scope.EVERYWHERE)
        by = {"author": "U1", "session": HERE, "before": "3"}
        forgotten = [await stores.forgetting.forget(scope, **by) for scope in scopes]  # type: ignore[arg-type]
        return [*forgotten, await stores.forgetting.where("U1", PLACE), await stores.forgetting.author_of(ID, "1")]

    return work


async def look_around(stores: DatabaseStores) -> Work:
    await stores.say("1", "look", files=(FILE,))

    async def work() -> list[object]:
        return [
            await stores.files.images([1]),
            await stores.export.transcript(ID),
            [each async for each in stores.export.transcripts()],
            await stores.listening.active([PLACE.workspace_key], since=0, limit=9),
            await stores.listening.known(PLACE),
            await stores.listening.until([PLACE.workspace_key]),
            await stores.sessions.is_among_people(said("2")),
            await stores.sessions.is_behind_somebody(said("2")),
            await stores.sessions.newest_threads(PLACE, busy=True, limit=9),
            await stores.sessions.find(PLACE),
            await stores.sessions.info(ID),
            await stores.sessions.people(PLACE),
            await stores.sessions.roster(ID),
            await stores.titles.title(ID),
            await stores.memory.progress(ID, limit=9),
            await count_waiting(stores.database),
            await stores.usage.sums(PLACE.workspace_key, since=0, until=2**31),
            await stores.admin.sessions(PLACE.workspace_key, limit=9),
            await stores.usage.days(PLACE.workspace_key, since=0, person="U1"),
            *await list_threads(stores),
        ]

    return work


async def list_threads(stores: DatabaseStores) -> list[ThreadsPage]:
    """Of a person and of all, with and without words."""
    channels, words = [PLACE.beside(PLACE.channel)], ThreadFilter(words="look", archived=None, since=1, until=2**50)
    return [
        await stores.listing.page(person, workspace, channels=among, which=which, limit=9, after=after)
        for person, workspace, among in (("U1", PLACE.workspace_key, channels), (None, EVERYWHERE, None))
        for which in (ThreadFilter(), words)
        for after in ("", "0.1700000000001.s0002")
    ]


async def tell_a_hint(stores: DatabaseStores) -> Work:
    async def work() -> list[bool]:
        told = [await stores.hints.tell("U1", PLACE, "hint", teller=teller) for teller in "aab"]
        return [*told, await stores.hints.has_replied("U1", PLACE)]

    return work


async def look_at_all_threads(stores: DatabaseStores) -> Work:
    await stores.say("1", "look")
    person = PLACE.user_key("U1")

    async def work() -> list[object]:
        overviews = stores.overviews
        seen: list[object] = [await overviews.kept(person), await overviews.opened(person)]
        await overviews.keep(person, OverviewState(search="look", page=2, last_lines=False))
        seen += [await overviews.kept(person), await overviews.watching([PLACE.workspace_key])]
        seen += [await overviews.concerned([ID]), await overviews.opened(person)]
        forgotten = await stores.forgetting.forget(Scope.EVERYWHERE, author="U1", session=HERE, before="", said=2**50)
        return [*seen, forgotten, await overviews.watching([PLACE.workspace_key])]

    return work


async def tell_a_summary(stores: DatabaseStores) -> Work:
    await stores.answered("1", "q1", "a1")
    return lambda: stores.summaries.spent(ID, "m-2", Usage(7, 3), by="U2")


async def forget_what_was_used_long_ago(stores: DatabaseStores) -> Work:
    await stores.answered("1", "q1", "a1")

    async def work() -> int:
        stores.clock.now += (KEPT_DAYS + 1) * DAY
        await stores.answered("2", "q2", "a2")
        return await stores.usage.prune()

    return work


async def note_who_did_what(stores: DatabaseStores) -> Work:
    """What a job did is noted when it is put down, or when it is done; what was done long ago is deleted."""
    await stores.answered("1", "q1", "a1")
    cleared, lifted = (Job(Command(PLACE, ref, "U1", CLEAR_SESSION)) for ref in "23")

    async def work() -> list[object]:
        for job in (cleared, lifted):
            assert await stores.jobs.enqueue(job)
        await stores.jobs.release(cleared, AuditEvent(Deed.CLEAR, amount=2))
        done = [await stores.jobs.done(each, AuditEvent(Deed.LIFT, person="U2")) for each in (cleared, lifted)]
        await stores.audit.add_for_all(AuditEvent(Deed.SEARCH_ALL))
        told = [*await stores.audit.newest(PLACE.workspace_key, limit=9), *await stores.audit.newest_of_all(limit=9)]
        stores.clock.now += (audit_store.KEPT_DAYS + 1) * DAY
        return [done, told, await stores.audit.prune()]

    return work


async def mute_a_channel(stores: DatabaseStores) -> Work:
    """Somebody there is told so once, and once elsewhere."""

    async def work() -> list[object]:
        done: list[object] = [await stores.muting.mute(PLACE, by=by) for by in ("U1", "U2")]
        done.append(await stores.muting.muted([PLACE.workspace_key]))
        for ref, place in enumerate((PLACE, PLACE, slack_place("C2", "2.000001"))):
            done.append(await stores.jobs.enqueue(Job(Command(place, str(ref), "U1", MUTED))))
        return [*done, *[await stores.muting.unmute(PLACE) for _ in "ab"]]

    return work


async def open_more_than_one_may_own(stores: DatabaseStores) -> Work:
    await stores.answered("1", "q1", "a1")
    await stores.say("2", "q2", place=slack_place("C2", "2.000001"))
    opened = await stores.id_at(slack_place("C2", "2.000001"))
    return lambda: stores.database.session(opened, lambda transaction: Ownership(1).opened(transaction, opened))


async def reach_the_limits_of_a_day(stores: DatabaseStores) -> Work:
    """More questions than are allowed, of which somebody is told, and one more for whom the limits are lifted."""
    meter = Meter(limits=(DailyLimit(Measure.QUESTIONS, Whose.PERSON, 2), DailyLimit(Measure.TOKENS, Whose.ALL, 15)))
    sessions = SqlSessionStore(stores.database, stores.sessions._expiring, meter=meter, count=len)
    changes = SqlChangeStore(stores.database, meter=meter, count=len)
    turns = SqlTurnStore(stores.database, meter=meter, count=len)
    usage = SqlUsageStore(stores.database, meter=meter)

    job = Job(Command(PLACE, "6", "U1", "summarise"))
    assert await stores.jobs.enqueue(job)

    async def work() -> list[object]:
        done: list[object] = [(await sessions.append(said(ref))).appended for ref in "1234"]
        done.append(await turns.finish(await stores.claimed(), answer("a")))
        done.append((await sessions.append(said("5", asks=False))).appended)
        done.append(await changes.change(change("5", "@bot a question"), calls=True))
        done += [await usage.today(PLACE, "U1"), await usage.lift(PLACE, "U1")]
        await usage.ask(job)
        stores.clock.now += 3 * DAY
        return [*done, await usage.today(PLACE, "U1"), await usage.prune()]

    return work


async def use_up_what_is_left_before_a_turn_begins(stores: DatabaseStores) -> Work:
    meter = Meter(limits=(DailyLimit(Measure.TOKENS, Whose.PERSON, 15),))
    turns = SqlTurnStore(stores.database, meter=meter, count=len)
    await stores.say("1", "q1")
    lease = await stores.claimed()
    await stores.say("2", "q2")
    await stores.say("3", "q3", author="U2")

    async def work() -> list[object]:
        return [await turns.finish(lease, answer("a")), await turns.claim(ID), await stores.texts()]

    return work


async def ask_about_turns(stores: DatabaseStores) -> Work:
    turn = await stores.answered("1", "q1", "a1")

    async def work() -> list[object]:
        turns = stores.turns
        ended = [await turns.newest(ID), await turns.answer_to(ID, "1"), await turns.askers(ID, turn)]
        waits = [
            await turns.calibration(),
            await stores.interaction(turn, TurnAction.CONTINUE),
            await turns.waiting([PLACE.workspace_key]),
        ]
        asker, lease = await turns.next_asker(ID), await stores.claimed()
        seen = await stores.remembered(lease=lease)
        held = [await turns.is_busy(ID), await turns.want_stop(ID), await turns.renew([lease])]
        return [*ended, *waits, asker, lease, seen, *held, await turns.was_cleared(lease)]

    return work


async def come_beside_a_turn_that_runs_alone(stores: DatabaseStores) -> Work:
    house = DyingProcesses(stores)
    await house.ask("a")
    await house.die_during("a")
    await house.takes("a")
    await house.pass_by(WAIT_MS)
    return lambda: stores.sessions.append(said("9", place=slack_place("C9", "9.000001")), claim=True)


async def die_again_and_again(stores: DatabaseStores) -> Work:
    """A turn runs alone in the end, and another one comes to run beside it."""
    house = DyingProcesses(stores)
    await house.ask("a", "b")
    await house.die_during("a")

    async def work() -> None:
        alone = await house.takes("a")
        await house.pass_by(WAIT_MS)
        await house.takes("b")
        await stores.turns.survived(alone)

    return work


OPERATIONS: tuple[Prepare, ...] = (
    *EVERY_OPERATION,
    archive_and_delete,
    adopt_what_is_older,
    have_a_command_asked_to_the_model,
    change_what_is_in_no_thread,
    delete_an_answer,
    delete_what_is_old,
    turn_somebody_away_twice,
    decline_what_waits,
    forget_in_every_scope,
    look_around,
    tell_a_hint,
    look_at_all_threads,
    mute_a_channel,
    tell_a_summary,
    reach_the_limits_of_a_day,
    use_up_what_is_left_before_a_turn_begins,
    forget_what_was_used_long_ago,
    open_more_than_one_may_own,
    note_who_did_what,
    ask_about_turns,
    come_beside_a_turn_that_runs_alone,
    die_again_and_again,
)

THAT_MEET_EXPIRY: tuple[Prepare, ...] = (append, append_to_a_session, append_a_twin, expire, delete_what_is_old)
"""Those that differ where idle sessions are deleted."""
