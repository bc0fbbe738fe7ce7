"""All that is stored can be had back."""

from chathakase.core.types import SessionId
from tests.places import slack_place
from tests.storage.database_stores import FILE, ID, PLACE, DatabaseStores, change


async def test_a_session_is_told_whole_without_what_is_forgotten(stores: DatabaseStores) -> None:
    await stores.answered("1", "question one", "answer one")
    await stores.say("2", "a secret")
    await stores.say("3", "question three", files=(FILE,), author="U2")
    await stores.say("4", "help", command=True)
    await stores.changes.change(change("2"))
    await stores.sum_up("in short")
    transcript = await stores.export.transcript(ID)
    assert transcript is not None
    assert (transcript.place, transcript.title, transcript.summary) == (PLACE, "question one", "in short")
    assert transcript.began == transcript.active == stores.clock.now
    assert [message.text for message in transcript.messages] == ["question one", "answer one", "question three"]
    assert transcript.messages[2].attachments[0].file == FILE
    assert await stores.export.transcript(SessionId("unknown")) is None


async def test_every_session_is_told_the_oldest_first(stores: DatabaseStores) -> None:
    for number in (3, 1, 2):
        stores.clock.now += 1
        await stores.say("1", f"text {number}", place=slack_place("C1", f"{number}.0"))
    told = [transcript.messages[0].text async for transcript in stores.export.transcripts()]
    assert told == ["text 3", "text 1", "text 2"]
