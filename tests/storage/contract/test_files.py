"""What files hold is remembered once somebody has read them."""

from chathakase.core.files import Image, Reading, SharedFile
from tests.storage.database_stores import FILE, ID, Talk, change

PICTURE = SharedFile("F2", "b.png", "image/png", 4, "https://files.slack.com/F2")
ODD = SharedFile("F3", "c.zip", "", 0, "")


async def test_files_are_unread_until_somebody_has_tried(stores: Talk) -> None:
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


async def test_a_file_that_somebody_else_keeps_is_known_as_that(stores: Talk) -> None:
    remote = SharedFile("F4", "d.doc", "", 0, "", remote=True)
    await stores.say("1", "look", files=(FILE, remote))
    assert [unread.file for unread in await stores.files.unread(ID, limit=9)] == [FILE, remote]
    (message,) = (await stores.remembered()).messages
    assert [each.file for each in message.attachments] == [FILE, remote]


async def test_no_number_is_given_to_another_file_while_somebody_reads(stores: Talk) -> None:
    await stores.say("1", "look", files=(FILE,))
    (first,) = await stores.files.unread(ID, limit=9)
    await stores.changes.change(change("1"))
    await stores.say("2", "look", files=(PICTURE,))
    await stores.files.note_reading(first.id, Reading("what the first held"))
    (second,) = (await stores.remembered()).messages
    assert second.attachments[0].text == ""
