"""In a muted channel nobody is answered: what is said is context, and whoever asks is told so, in virtual time."""

import asyncio

import pytest

from chathakase.core.access_rule import NOT_HERE, Decision
from chathakase.core.errors import StoreError
from chathakase.core.jobs import Command
from chathakase.core.types import Outcome, Place, TurnAction
from chathakase.engine.commands.muting import NO_CHANNEL
from tests.doubles.engine_stage import HOME, PLACE, EngineStage, now, open_stage, said
from tests.doubles.stores import StoresInMemory

pytestmark = pytest.mark.virtual_time

ADMIN = "U9"
ADMINS = {HOME.surface: (ADMIN,)}
HOUR = 3_600.0
TOLD = ("U1", NOT_HERE)


def thread(name: str, channel: str = "C1") -> Place:
    return Place(*HOME, channel, name)


async def mute(stage: EngineStage, place: Place = PLACE) -> None:
    await stage.engine.muted_channels.mute(place, by=ADMIN)


async def test_a_mention_opens_nothing_and_is_told_so_once_an_hour_of_each_channel() -> None:
    async with open_stage() as stage:
        for channel in ("C1", "C2"):
            await mute(stage, thread("", channel))
        for number in range(3):
            for channel in ("C1", "C2"):
                await stage.say(f"{number}.1", place=thread(f"{number}.1", channel))
        await stage.quiet()
        assert stage.surface.ephemerals == [TOLD, TOLD]
        await asyncio.sleep(HOUR + 1)
        await stage.say("9.1", place=thread("9.1"))
        await stage.quiet()
        assert stage.surface.ephemerals == [TOLD] * 3
        assert (stage.surface.replies, stage.model.prompts) == ([], [])
        assert stage.stores.records.sessions == []


async def test_neither_a_workflow_nor_what_is_too_old_to_be_answered_opens_anything_or_is_told_so() -> None:
    async with open_stage() as stage:
        await mute(stage)
        await stage.say("1", name="Form", place=thread("1"))
        await stage.say("2", asks=False, place=thread("2"))
        await stage.quiet()
        assert (stage.stores.records.sessions, stage.surface.ephemerals, stage.model.prompts) == ([], [], [])


async def test_everywhere_else_people_are_answered() -> None:
    async with open_stage() as stage:
        await mute(stage)
        for channel in ("C2", "D1"):
            await stage.say("1", place=thread("1", channel))
        await stage.quiet()
        assert (stage.surface.finals, stage.surface.ephemerals) == (["Fine."] * 2, [])


async def test_what_is_said_in_an_open_thread_is_context_once_it_is_muted_no_more() -> None:
    async with open_stage() as stage:
        await stage.answered("1")
        await mute(stage)
        await stage.say("2", "a swordfish?", opens=False)
        await stage.say("3", "a herring?", author=ADMIN)
        await stage.quiet()
        assert len(stage.model.prompts) == 1, "admins are no exception"
        assert stage.surface.ephemerals == [TOLD, (ADMIN, NOT_HERE)]
        await stage.engine.muted_channels.unmute(PLACE)
        await stage.answered("4", "which fish?", opens=False)
        asked = "\n".join(each.content for each in stage.model.prompts[-1].chat_messages)
        assert "a swordfish?" in asked
        assert "a herring?" in asked


async def test_commands_are_done_for_admins_alone() -> None:
    async with open_stage(admins=ADMINS) as stage:
        await stage.answered("1")
        await mute(stage)
        await stage.say("2", "help", opens=False)
        await stage.quiet()
        assert (len(stage.surface.finals), stage.surface.ephemerals) == (1, [TOLD])
        await stage.say("3", "help", author=ADMIN, opens=False)
        await stage.quiet()
        assert "assistant whose memory" in stage.surface.finals[-1]
        assert "help" not in stage.remembered()


@pytest.mark.parametrize("opens", [True, False])
async def test_admins_mute_and_unmute_by_word(opens: bool) -> None:
    async with open_stage(admins=ADMINS) as stage:
        if not opens:
            await stage.answered("1", author=ADMIN)
        for number, (words, decision) in enumerate(
            [("mute channel", Decision.MUTED), ("unmute channel", Decision.ALLOWED)], start=2
        ):
            place = PLACE if not opens else thread(f"{number}")
            await stage.say(f"{number}", words, place=place, author=ADMIN, opens=opens)
            await stage.quiet()
            assert stage.engine.reception._access.decision(PLACE, "U1") is decision
        (muted, unmuted) = (text for _, text in stage.surface.ephemerals)
        assert muted.startswith("Done: I have muted")
        assert unmuted.startswith("Done: I answer in")
        assert len(stage.stores.records.sessions) == (0 if opens else 1), "it opens no session"
        assert [entry.event.deed for entry in stage.stores.records.audit] == ["mute", "unmute"]


async def test_what_changes_nothing_is_said_and_is_nothing_for_the_audit_log() -> None:
    async with open_stage(admins=ADMINS) as stage:
        await stage.answered("1", author=ADMIN)
        for number, words in enumerate(("unmute channel", "mute channel", "mute channel"), start=2):
            await stage.say(f"{number}", words, author=ADMIN, opens=False)
            await stage.quiet()
        first, _, last = (text for _, text in stage.surface.ephemerals)
        assert "not muted" in first
        assert "already muted" in last
        assert len(stage.stores.records.audit) == 1


async def test_a_direct_message_cannot_be_muted() -> None:
    async with open_stage(admins=ADMINS) as stage:
        place = thread("1", "D1")
        for words in ("mute channel", "unmute channel"):
            await stage.say("1", words, place=place, author=ADMIN, direct=True)
            await stage.quiet()
            assert stage.surface.ephemerals.pop() == (ADMIN, NO_CHANNEL.text)
        assert place not in stage.engine.muted_channels


async def test_an_answer_that_is_being_written_ends_as_usual_and_what_waits_is_not_begun() -> None:
    async with open_stage((5.0, "The end."), admins=ADMINS) as stage:
        await stage.say("1")
        await asyncio.sleep(1.0)
        await stage.say("2", "a swordfish?", opens=False)
        await stage.say("3", "a herring?", author="U2", opens=False)
        await mute(stage)
        await stage.quiet()
        assert stage.surface.finals == ["The end."]
        assert stage.reply.final is not None
        assert stage.reply.final.outcome is Outcome.ANSWERED
        assert sorted(stage.surface.ephemerals) == [TOLD, ("U2", NOT_HERE)]
        assert stage.remembered() == ["q1", "The end.", "a swordfish?", "a herring?"]
        await stage.engine.manager.wake_waiting()
        await stage.quiet()
        assert len(stage.model.prompts) == 1


async def test_what_becomes_a_question_by_an_edit_is_none() -> None:
    async with open_stage() as stage:
        await mute(stage)
        await stage.say("1", "a swordfish", opens=False, asks=False)
        await stage.edit("1", "a swordfish?", calls=True)
        await stage.quiet()
        assert (stage.stores.records.sessions, stage.surface.ephemerals) == ([], [TOLD])


@pytest.mark.parametrize(("by", "does"), [("U1", False), (ADMIN, True)])
async def test_buttons_are_for_admins(by: str, does: bool) -> None:
    async with open_stage(admins=ADMINS) as stage:
        await stage.answered("1")
        await mute(stage)
        await stage.press(TurnAction.RETRY, by=by)
        await stage.quiet()
        assert (len(stage.model.prompts) == 2) is does
        assert stage.surface.ephemerals == ([] if does else [TOLD])


async def test_a_job_that_waits_when_it_is_muted_is_not_done() -> None:
    stores = StoresInMemory(now)
    async with open_stage(stores=stores, grace=0.0) as stage:
        await stage.answered("1")
        stage.engine.manager.begin_shutdown()
        await stage.engine.requests.enqueue(Command(PLACE, "2.5", "U1", "help"))
        await mute(stage)
    async with open_stage(stores=stores) as stage:
        await stage.quiet()
        assert (stage.surface.finals, stage.surface.ephemerals) == ([], [TOLD])


async def test_it_stays_so_over_a_restart_and_other_processes_see_it_when_they_look() -> None:
    stores = StoresInMemory(now)
    async with open_stage(stores=stores) as other:
        async with open_stage(stores=stores) as stage:
            await mute(stage)
        assert PLACE not in other.engine.muted_channels
        await other.engine.muted_channels.refresh()
        await other.say("1")
        async with open_stage(stores=stores) as stage:
            await stage.say("2", author="U2")
            await stage.quiet()
            assert stage.surface.ephemerals == [("U2", NOT_HERE)]
            await stage.engine.muted_channels.unmute(PLACE)
        await other.quiet()
        assert other.surface.ephemerals == [TOLD]
        await other.engine.muted_channels.refresh()
        await other.answered("3")
        assert other.surface.finals == ["Fine."]


async def test_what_cannot_be_read_stays_as_it_was() -> None:
    async with open_stage() as stage:
        await mute(stage)
        for trip in ("muting.muted", "muting.unmute"):
            stage.stores.trips.refuse(trip)
        with pytest.raises(StoreError):
            await stage.engine.muted_channels.refresh()
        with pytest.raises(StoreError):
            await stage.engine.muted_channels.unmute(PLACE)
        assert PLACE in stage.engine.muted_channels


@pytest.mark.parametrize("is_muted", [True, False])
async def test_nobody_there_is_told_that_the_database_fails_and_they_are_answered_later(is_muted: bool) -> None:
    async with open_stage() as stage:
        if is_muted:
            await mute(stage)
        for trip in ("sessions.append", "jobs.enqueue"):
            stage.stores.trips.refuse(trip)
        with pytest.raises(StoreError):
            await stage.engine.submit(said("1"))
        await asyncio.sleep(1.0)
        assert bool(stage.surface.ephemerals) is not is_muted


async def test_what_is_changed_while_it_is_read_is_not_lost() -> None:
    async with open_stage() as stage:
        reading = asyncio.create_task(stage.engine.muted_channels.refresh())
        await asyncio.sleep(0)
        await mute(stage)
        await reading
        assert PLACE in stage.engine.muted_channels


async def test_those_of_one_workspace_are_told_in_order() -> None:
    async with open_stage() as stage:
        for channel in ("C2", "C1"):
            await mute(stage, thread("9.9", channel))
        assert stage.engine.muted_channels.of(HOME) == [thread("", "C1"), thread("", "C2")]
        assert stage.engine.muted_channels.of(HOME._replace(workspace="T2")) == []
