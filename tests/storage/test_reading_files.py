"""What files hold is remembered once somebody has read them."""

import pytest

from chathakase.core.files import Reading, SharedFile
from chathakase.core.quoting import CLAMP, clamp
from tests.storage.database_stores import FILE, ID, DatabaseStores, change

PICTURE = SharedFile("F2", "b.png", "image/png", 4, "https://files.slack.com/F2")
ODD = SharedFile("F3", "c.zip", "", 0, "")


async def test_what_is_read_too_late_is_not_remembered(stores: DatabaseStores) -> None:
    await stores.say("1", "look", files=(FILE,))
    (unread,) = await stores.files.unread(ID, limit=9)
    await stores.changes.change(change("1"))
    await stores.files.note_reading(unread.id, Reading("secret"))
    assert await stores.count("files") == 0


@pytest.mark.parametrize("length", [15_999, 16_001, 16_040, 16_099, 16_100, 100_000])
@pytest.mark.parametrize("room", [400, 15_999, CLAMP])
async def test_as_much_of_a_long_file_is_read_as_is_shown(length: int, room: int, stores: DatabaseStores) -> None:
    text = "".join(chr(0x4E00 + number % 20_000) for number in range(length))
    await stores.say("1", "look", files=(FILE,))
    (unread,) = await stores.files.unread(ID, limit=9)
    await stores.files.note_reading(unread.id, Reading(text))
    (message,) = (await stores.remembered()).messages
    (attachment,) = message.attachments
    assert len(attachment.text) <= CLAMP + 99
    assert clamp(attachment.text, room, length=attachment.length) == clamp(text, room)


async def test_what_is_exported_holds_no_text_of_files(stores: DatabaseStores) -> None:
    await stores.say("1", "look", files=(FILE,))
    (unread,) = await stores.files.unread(ID, limit=9)
    await stores.files.note_reading(unread.id, Reading("a,b,c"))
    transcript = await stores.export.transcript(ID)
    assert transcript is not None
    (attachment,) = transcript.messages[0].attachments
    assert (attachment.file, attachment.read, attachment.text) == (FILE, True, "")
