"""What a turn learns of files: with the real store, the real downloads, and a server that holds them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from chathakase.core.errors import StoreError
from chathakase.core.files import Attachment, Reading, SharedFile
from chathakase.core.types import Expiry, ExpiryMode, Incoming, Session
from chathakase.engine.context.file_reader import AT_ONCE, GIVEN_UP, MOST_FILES, NOT_READ, PIXELS, TRIES, FileReader
from chathakase.files.extraction import read
from chathakase.slack.slack_traits import SLACK
from chathakase.storage.open_stores import open_stores
from chathakase.storage.sqlite.driver import SqliteDatabase, open_sqlite
from chathakase.storage.sqlite.migrate import migrate
from chathakase.storage.stores.file_store import SqlFileStore, add_files
from chathakase.storage.stores.message_rows import read_attachments
from tests.files.sample_files import archive, picture
from tests.places import slack_place
from tests.slack.events.file_host import FileHost, answering, downloads_of, open_server
from tests.storage.database_stores import ID, counting_ids

PLACE = slack_place("C1", "1.000001")
SESSION = Session(ID, PLACE)
MOST = 1_000_000
ALL = """
SELECT id, ref, name, kind, size, url, read_at, text, image_kind, refusal, length(text), remote FROM files ORDER BY id
"""


class ReaderStage:
    """A session, files in it, and a reader."""

    def __init__(self, server: FileHost, session: aiohttp.ClientSession, database: SqliteDatabase) -> None:
        self.server = server
        self.database = database
        self.files = SqlFileStore(database)
        self.downloads = downloads_of(session, f"{server.address}/api/")
        self._said = 0
        stores = open_stores(database, expiry=Expiry(1_000_000, ExpiryMode.ARCHIVE), new_id=counting_ids())
        self._sessions = stores.sessions

    async def share(self, *names: str, size: int = 0) -> None:
        """Share files with one message."""
        self._said += 1
        ref = f"1.{self._said:06d}"
        await self._sessions.append(Incoming(PLACE, ref, "U1", "look", said=self._said, opens=True, asks=True))
        files = [SharedFile(name, name, "", size, f"{self.server.address}/files/{name}") for name in names]
        async with self.database.transaction() as transaction:
            await add_files(transaction, ID, ref, files)

    def reader(self, *, most: int = MOST, read: Callable[[str, str, bytes], Awaitable[Reading]] = read) -> FileReader:
        return FileReader(self.files, self.downloads, read, most, traits=lambda _: SLACK)

    async def noted(self) -> list[Attachment]:
        return read_attachments(await self.database.fetch(ALL))

    async def told(self) -> list[str]:
        return [each.text or each.refusal for each in await self.noted()]


@pytest.fixture
async def stage(outside: None, database: Path) -> AsyncIterator[ReaderStage]:
    async with (
        open_sqlite(database, clock=lambda: 1) as opened,
        open_server() as server,
        aiohttp.ClientSession() as session,
    ):
        await migrate(opened, now=0)
        yield ReaderStage(server, session, opened)


def holding(**contents: bytes) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handler(request: web.Request) -> web.StreamResponse:
        name = request.path.rpartition("/")[2]
        return web.Response(body=contents[name]) if name in contents else web.Response(status=404)

    return handler


async def test_what_files_hold_is_noted(stage: ReaderStage) -> None:
    stage.server.handler = holding(a=b"one,two", b=picture(), c=archive("x"))
    await stage.share("a", "b")
    await stage.share("c", "gone")
    await stage.reader().read_new(SESSION)
    text, image, zipped, gone = await stage.noted()
    assert (text.text, text.refusal, text.read) == ("one,two", "", True)
    assert image.is_image
    assert (await stage.files.images([image.id]))[image.id].kind == "image/png"
    assert zipped.refusal == "it is an archive, so I can see only the names of its files"
    assert gone.refusal == "it no longer exists"


async def test_what_was_read_is_not_fetched_again(stage: ReaderStage) -> None:
    stage.server.handler = holding(a=b"text")
    await stage.share("a", "gone")
    for _ in range(3):
        await stage.reader().read_new(SESSION)
    assert len(stage.server.asked) == 2


async def test_what_cannot_be_had_for_good_is_noted(stage: ReaderStage) -> None:
    stage.server.handler = answering(lambda: web.Response(text="<html>Sign in</html>", content_type="text/html"))
    await stage.share("a.png")
    await stage.share("large", size=MOST + 1)
    await stage.reader().read_new(SESSION)
    login, large = await stage.told()
    assert "files:read" in login
    assert large == "it is larger than 1.0 MB"
    assert not await stage.files.unread(ID, limit=9)


async def test_a_page_in_the_place_of_a_document_is_told_in_the_surface_s_own_words(stage: ReaderStage) -> None:
    stage.server.handler = holding(**{"a.pdf": b"<!doctype html><html>Sign in</html>"})
    await stage.share("a.pdf")
    await stage.reader().read_new(SESSION)
    assert await stage.told() == ["Slack sent a web page instead"]


async def test_what_passes_is_tried_again_in_the_next_turn(stage: ReaderStage) -> None:
    stage.server.handler = answering(*[lambda: web.Response(status=503)] * 2, lambda: web.Response(body=b"text"))
    await stage.share("a")
    reader = stage.reader()
    await reader.read_new(SESSION)
    assert len(await stage.files.unread(ID, limit=9)) == 1
    await reader.read_new(SESSION)
    assert await stage.told() == ["text"]


async def test_what_never_comes_is_given_up(stage: ReaderStage) -> None:
    stage.server.handler = answering(lambda: web.Response(status=503))
    await stage.share("a")
    reader = stage.reader()
    for _ in range(TRIES):
        await reader.read_new(SESSION)
    assert await stage.told() == [""]
    await reader.read_new(SESSION)
    assert await stage.told() == [GIVEN_UP]
    assert len(stage.server.asked) == 2 * TRIES


async def test_a_slow_file_holds_up_no_other_and_no_turn(stage: ReaderStage) -> None:
    async def slow(request: web.Request) -> web.StreamResponse:
        if request.path.endswith("slow"):
            await asyncio.sleep(600)
        return web.Response(body=b"text")

    stage.server.handler = slow
    await stage.share("slow", "quick")
    reader, tasks = stage.reader(), asyncio.all_tasks()
    first = asyncio.create_task(reader.read_new(SESSION))
    while await stage.told() != ["", "text"]:
        await asyncio.sleep(0.01)
    first.cancel()
    for _ in range(TRIES):
        await reader.read_new(SESSION, deadline=0.1)
    assert not [task for task in asyncio.all_tasks() - tasks if task.get_name().startswith("file ")]
    assert await stage.told() == ["", "text"]
    await reader.read_new(SESSION)
    assert await stage.told() == [GIVEN_UP, "text"]


async def test_a_file_that_never_ends_is_not_waited_for_without_end(stage: ReaderStage) -> None:
    async def dripping(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b".")
            await asyncio.sleep(0.05)

    stage.server.handler = dripping
    await stage.share("a")
    await stage.reader().read_new(SESSION, deadline=0.5)
    assert await stage.told() == [""]
    assert len(await stage.files.unread(ID, limit=9)) == 1


async def test_only_a_few_files_are_in_memory_at_once(stage: ReaderStage) -> None:
    under_way, most_seen, full = 0, 0, asyncio.Event()

    async def watched(name: str, media: str, data: bytes) -> Reading:
        nonlocal under_way, most_seen
        under_way += 1
        most_seen = max(most_seen, under_way)
        await full.wait()
        under_way -= 1
        return Reading(text=name)

    stage.server.handler = answering(lambda: web.Response(body=b"text"))
    await stage.share(*(f"f{number}" for number in range(MOST_FILES + 2)))
    reader = stage.reader(read=watched)
    reading = [asyncio.create_task(reader.read_new(SESSION)) for _ in range(2)]
    # Both have seen what there is to read before any of it is read.
    while len(reader._slots._waiting) < 2 * MOST_FILES - AT_ONCE or under_way < AT_ONCE:
        await asyncio.sleep(0.001)
    full.set()
    await asyncio.gather(*reading)
    assert most_seen == AT_ONCE
    assert len(await stage.files.unread(ID, limit=99)) == 2
    await reader.read_new(SESSION)
    assert await stage.told() == [f"f{number}" for number in range(MOST_FILES + 2)]


async def test_pictures_that_cost_much_are_read_over_several_turns(stage: ReaderStage) -> None:
    async def costly(name: str, media: str, data: bytes) -> Reading:
        return Reading(text=name, pixels=PIXELS // 2)

    stage.server.handler = answering(lambda: web.Response(body=b"picture"))
    await stage.share(*(f"f{number}" for number in range(MOST_FILES)))
    reader, read = stage.reader(read=costly), 0
    for _ in range(MOST_FILES):
        await reader.read_new(SESSION)
        left = len(await stage.files.unread(ID, limit=99))
        # Those that are under way when there were enough are read to their end.
        assert 2 <= MOST_FILES - read - left <= AT_ONCE + 1 or not left
        read = MOST_FILES - left
    assert sorted(await stage.told()) == sorted(f"f{number}" for number in range(MOST_FILES))


async def test_the_newest_files_come_first(stage: ReaderStage) -> None:
    stage.server.handler = answering(lambda: web.Response(body=b"text"))
    await stage.share("old")
    await stage.share(*(f"f{number}" for number in range(MOST_FILES)))
    await stage.reader().read_new(SESSION)
    assert [each.file.name for each in await stage.files.unread(ID, limit=9)] == ["old"]


async def test_files_may_be_left_alone(stage: ReaderStage) -> None:
    await stage.share("a", "b")
    await stage.reader(most=0).read_new(SESSION)
    assert await stage.told() == [NOT_READ, NOT_READ]
    assert stage.server.asked == []


async def test_a_reader_that_fails_keeps_no_turn_from_its_answer(stage: ReaderStage) -> None:
    async def broken(name: str, media: str, data: bytes) -> Reading:
        raise ZeroDivisionError

    stage.server.handler = answering(lambda: web.Response(body=b"text"))
    await stage.share("a")
    await stage.reader(read=broken).read_new(SESSION)
    assert len(await stage.files.unread(ID, limit=9)) == 1


async def test_a_database_that_fails_is_told(stage: ReaderStage) -> None:
    stage.server.handler = answering(lambda: web.Response(body=b"text"))
    await stage.share("a", "b")
    async with stage.database.transaction() as transaction:
        await transaction.execute(
            "CREATE TRIGGER full BEFORE UPDATE ON files BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        )
    with pytest.raises(StoreError):
        await stage.reader().read_new(SESSION)


async def test_a_turn_that_is_stopped_waits_for_no_file(stage: ReaderStage) -> None:
    asked = asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        asked.set()
        await asyncio.sleep(600)
        return web.Response()

    stage.server.handler = slow
    await stage.share("a")
    reader = stage.reader()
    for _ in range(TRIES + 1):
        asked.clear()
        reading = asyncio.create_task(reader.read_new(SESSION))
        await asked.wait()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
    assert await stage.told() == [""]
    assert len(await stage.files.unread(ID, limit=9)) == 1


async def test_whoever_shares_many_files_keeps_nobody_else_waiting(stage: ReaderStage) -> None:
    order, end = list[str](), asyncio.Event()

    async def reading(name: str, kind: str, content: bytes) -> Reading:
        order.append(name)
        await end.wait()
        return Reading(text=name)

    names = [f"a{number}.txt" for number in range(MOST_FILES)]
    stage.server.handler = holding(**dict.fromkeys([*names, "b.txt"], b"text"))
    reader = stage.reader(read=reading)
    await stage.share(*names)
    first = asyncio.create_task(reader.read_new(SESSION, whose="alice"))
    while len(order) < AT_ONCE:
        await asyncio.sleep(0.01)
    await stage.share("b.txt")
    second = asyncio.create_task(reader.read_new(SESSION, whose="bob"))
    while len(reader._slots._waiting) <= MOST_FILES - AT_ONCE:
        await asyncio.sleep(0.01)
    end.set()
    await asyncio.gather(first, second)
    assert "b.txt" in order[: 2 * AT_ONCE]
