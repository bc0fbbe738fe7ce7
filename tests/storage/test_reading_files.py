"""What files hold is remembered once somebody has read them."""

import pytest

from chathakase.core.files import Image, Reading, SharedFile
from chathakase.core.quoting import CLAMP, clamp
from tests.storage.stores import FILE, ID, Stores, change

PICTURE = SharedFile("F2", "b.png", "image/png", 4, "https://files.slack.com/F2")
ODD = SharedFile("F3", "c.zip", "", 0, "")


async def test_files_are_unread_until_somebody_has_tried(stores: Stores) -> None:
    await stores.say("1", "look", files=(FILE, PICTURE))
    await stores.say("2", "and here", files=(ODD,))
    assert [unread.file for unread in await stores.files.unread(ID, limit=9)] == [ODD, FILE, PICTURE]
    (odd, text, picture) = await stores.files.unread(ID, limit=3)
    await stores.files.note_reading(text.id, Reading("a,b,c"))
    await stores.files.note_reading(picture.id, Reading(image=Image("image/jpeg", b"\x00\xff")))
    await stores.files.note_reading(odd.id, Reading(refusal="it is an archive"))
    assert await stores.files.unread(ID, limit=9) == []
    first, second = (await stores.remembered()).messages
    read = [(each.read, each.text, each.is_image, each.refusal) for each in (*first.attachments, *second.attachments)]
    assert read == [(True, "a,b,c", False, ""), (True, "", True, ""), (True, "", False, "it is an archive")]
    assert await stores.files.images([text.id, picture.id, 99]) == {picture.id: Image("image/jpeg", b"\x00\xff")}
    assert await stores.files.images([]) == {}


async def test_a_file_that_somebody_else_keeps_is_known_as_that(stores: Stores) -> None:
    remote = SharedFile("F4", "d.doc", "", 0, "", remote=True)
    await stores.say("1", "look", files=(FILE, remote))
    assert [unread.file for unread in await stores.files.unread(ID, limit=9)] == [FILE, remote]
    (message,) = (await stores.remembered()).messages
    assert [each.file for each in message.attachments] == [FILE, remote]


async def test_what_is_read_too_late_is_not_remembered(stores: Stores) -> None:
    await stores.say("1", "look", files=(FILE,))
    (unread,) = await stores.files.unread(ID, limit=9)
    await stores.changes.change(change("1"))
    await stores.files.note_reading(unread.id, Reading("secret"))
    assert await stores.count("files") == 0


async def test_no_number_is_given_to_another_file_while_somebody_reads(stores: Stores) -> None:
    await stores.say("1", "look", files=(FILE,))
    (first,) = await stores.files.unread(ID, limit=9)
    await stores.changes.change(change("1"))
    await stores.say("2", "look", files=(PICTURE,))
    await stores.files.note_reading(first.id, Reading("what the first held"))
    (second,) = (await stores.remembered()).messages
    assert second.attachments[0].text == ""


@pytest.mark.parametrize("length", [15_999, 16_001, 16_040, 16_099, 16_100, 100_000])
@pytest.mark.parametrize("room", [400, 15_999, CLAMP])
async def test_as_much_of_a_long_file_is_read_as_is_shown(length: int, room: int, stores: Stores) -> None:
    text = "".join(chr(0x4E00 + number % 20_000) for number in range(length))
    await stores.say("1", "look", files=(FILE,))
    (unread,) = await stores.files.unread(ID, limit=9)
    await stores.files.note_reading(unread.id, Reading(text))
    (message,) = (await stores.remembered()).messages
    (attachment,) = message.attachments
    assert len(attachment.text) <= CLAMP + 99
    assert clamp(attachment.text, room, length=attachment.length) == clamp(text, room)


async def test_what_is_exported_holds_no_text_of_files(stores: Stores) -> None:
    await stores.say("1", "look", files=(FILE,))
    (unread,) = await stores.files.unread(ID, limit=9)
    await stores.files.note_reading(unread.id, Reading("a,b,c"))
    transcript = await stores.export.transcript(ID)
    assert transcript is not None
    (attachment,) = transcript.messages[0].attachments
    assert (attachment.file, attachment.read, attachment.text) == (FILE, True, "")
