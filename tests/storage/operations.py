"""What stores are asked besides what the tests of cancelling ask them: together they send all that they ever do."""

from dataclasses import replace

from chathakase.core.memory import Scope
from chathakase.core.types import Wish
from chathakase.storage.stores.adoption import adopt
from chathakase.storage.stores.suspects import WAIT_MS
from chathakase.storage.stores.vitals import count_waiting
from tests.places import TEAM
from tests.storage.stores import FILE, HERE, ID, PLACE, TIMEOUT, Stores, change, said
from tests.storage.test_suspects import House


async def adopt_what_is_older(stores: Stores) -> None:
    await adopt(stores.database, surface=PLACE.surface, workspace=TEAM)


async def have_a_command_asked_to_the_model(stores: Stores) -> None:
    await stores.say("1", "help", command=True)
    await stores.changes.change(change("1", "hello"))


async def change_what_is_in_no_thread(stores: Stores) -> None:
    await stores.say("1", "hello")
    await stores.changes.change(replace(change("1", "good morning"), place=replace(PLACE, thread="")))


async def delete_an_answer(stores: Stores) -> None:
    await stores.answered("1", "q1", "a1")
    await stores.changes.change(change("9.5"))


async def delete_what_is_old(stores: Stores) -> None:
    await stores.answered("1", "q1", "a1")
    stores.clock.now += TIMEOUT + 1
    await stores.forgetting.expire()
    await stores.forgetting.prune(idle=1)
    await stores.answered("2", "q2", "a2")
    stores.clock.now += TIMEOUT + 1
    await stores.say("3", "once more")
    stores.clock.now += TIMEOUT + 1
    await stores.forgetting.prune(idle=1)


async def forget(stores: Stores) -> None:
    await stores.answered("1", "q1", "a1")
    await stores.say("2", "q2")
    await stores.say("3", "q3")
    for scope, before in ((Scope.LAST, "3"), (Scope.ONE, "3"), (Scope.EVERYWHERE, "3")):
        await stores.forgetting.forget(scope, author="U1", session=HERE, before=before)
    await stores.forgetting.where("U1", PLACE)
    await stores.forgetting.author_of(ID, "1")


async def look_around(stores: Stores) -> None:
    await stores.say("1", "look", files=(FILE,))
    await stores.files.images([1])
    await stores.export.transcript(ID)
    await stores.listening.active(since=0, limit=9)
    await stores.listening.known(PLACE)
    await stores.listening.until()
    await stores.sessions.is_among_people(said("2"))
    await stores.sessions.newest_threads(PLACE, busy=True, limit=9)
    await stores.sessions.find(PLACE)
    await stores.sessions.info(ID)
    await stores.sessions.people(PLACE)
    await count_waiting(stores.database)
    assert [each async for each in stores.export.transcripts()]


async def tell_a_hint(stores: Stores) -> None:
    await stores.hints.tell("U1", PLACE, "hint", teller="a")
    await stores.hints.has_replied("U1", PLACE)


async def ask_about_turns(stores: Stores) -> None:
    turn = await stores.answered("1", "q1", "a1")
    await stores.turns.newest(ID)
    await stores.turns.answer_to(ID, "1")
    await stores.turns.askers(ID, turn)
    await stores.turns.calibration()
    await stores.press(turn, Wish.CONTINUE)
    await stores.turns.waiting()
    await stores.turns.next_asker(ID)
    lease = await stores.claimed()
    await stores.remembered(lease=lease)
    await stores.turns.is_busy(ID)
    await stores.turns.want_stop(ID)
    await stores.turns.was_cleared(lease)


async def die_again_and_again(stores: Stores) -> None:
    """A turn runs alone in the end, and another one comes to run beside it."""
    house = House(stores)
    await house.ask("a", "b")
    await house.die_during("a")
    alone = await house.takes("a")
    await house.pass_by(WAIT_MS)
    await house.takes("b")
    await stores.turns.survived(alone)


THE_REST = (
    adopt_what_is_older,
    have_a_command_asked_to_the_model,
    change_what_is_in_no_thread,
    delete_an_answer,
    delete_what_is_old,
    forget,
    look_around,
    tell_a_hint,
    ask_about_turns,
    die_again_and_again,
)
