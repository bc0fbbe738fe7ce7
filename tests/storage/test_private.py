"""Nobody but their owner may read the database's files, from the moment they exist, and no others are made."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from stat import S_IMODE

import pytest

from chathakase.archive import open_archive
from chathakase.findings import Level
from chathakase.storage.sqlite import private
from chathakase.storage.sqlite.database_diagnostics import check_database
from chathakase.storage.sqlite.driver import open_sqlite, schema_version
from chathakase.storage.sqlite.migrate import migrate
from tests.storage.database_stores import DatabaseStores

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="there are no such rights"),
]


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    return {each.name: f"{S_IMODE(each.lstat().st_mode):03o}" for each in folder.iterdir() if not each.is_symlink()}


def opened_modes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The rights of every file in the moment when SQLite opens it for the first time."""
    seen: list[str] = []
    connect = sqlite3.connect

    def look(name: object, *arguments: object, **options: object) -> object:
        path = Path(str(name).removeprefix("file://").partition("?")[0])
        seen.append(f"{S_IMODE(path.stat().st_mode):03o}" if path.exists() else "none")
        return connect(name, *arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(sqlite3, "connect", look)
    return seen


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
async def test_a_new_database_is_private_before_anything_stands_in_it(
    mask: int, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = opened_modes(monkeypatch)
    with umask(mask):
        await schema_version(database)
        async with open_sqlite(database) as opened:
            await migrate(opened, now=0)
            await opened.save_copy("before-99")
            assert set(modes(database.parent)) >= {
                f"sessions.db{each}" for each in ("", "-wal", "-shm", ".before-99.db")
            }
            assert set(modes(database.parent).values()) == {"600"}
    assert set(seen) == {"600"}


async def test_what_is_there_already_is_made_private(database: Path) -> None:
    with umask(0o000):
        async with open_sqlite(database) as opened:
            await migrate(opened, now=0)
            names = ("before-3.db", "before-3.2.db", "before-3.abc.part")
            for each in (database, *(database.with_name(f"{database.name}.{name}") for name in names)):
                each.touch()
                each.chmod(0o644)
            database.with_name("else.txt").touch()
            # As a crash leaves it behind.
            for ending in ("-wal", "-shm"):
                database.with_name(f"{database.name}{ending}").chmod(0o664)
    unclean = sqlite3.connect(database)
    unclean.execute("SELECT * FROM sessions")
    findings = {each.subject: each for each in await check_database(database, now=0, direct="D")}
    assert findings["files"].level is Level.WARNING
    assert "`chathakase run` fixes this" in findings["files"].advice
    assert "copies" in findings
    async with open_sqlite(database):
        others = modes(database.parent)
        assert others.pop("else.txt") == "666"
        assert set(others.values()) == {"600"}
        assert len(others) == 6
    unclean.close()
    assert "files" not in {each.subject for each in await check_database(database, now=0, direct="D")}


async def test_links_are_followed_to_the_database_and_no_further(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link, target = tmp_path / "x.db", tmp_path / "real" / "y.db"
    link.symlink_to(target)
    secret = tmp_path / "foreign"
    secret.touch(0o644)
    (tmp_path / "real" / "y.db.before-1.db").symlink_to(secret)
    with umask(0o000):
        async with open_sqlite(link) as opened:
            await migrate(opened, now=0)
            assert set(modes(tmp_path / "real").values()) == {"600"}
            assert "y.db-wal" in modes(tmp_path / "real")
    assert S_IMODE(secret.stat().st_mode) == 0o644


async def test_what_is_not_ours_to_change_is_told(
    database: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_sqlite(database) as opened:
        await migrate(opened, now=0)
    database.chmod(0o644)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "chmod", refuse)
    async with open_sqlite(database) as opened:
        assert await opened.fetch("SELECT count(*) FROM sessions") == [(0,)]
    told = [each.getMessage() for each in caplog.records if "can be read by other users" in each.getMessage()]
    assert len(told) == 1
    monkeypatch.setattr("os.geteuid", lambda: database.stat().st_uid + 1)
    findings = {each.subject: each for each in await check_database(database, now=0, direct="D")}
    assert "Its owner must fix it" in findings["files"].advice


async def test_whoever_only_reads_changes_no_rights_and_makes_nothing_wider(
    stores: DatabaseStores, database: Path
) -> None:
    await stores.say("1.0", "hello")
    for each in database.parent.iterdir():
        each.chmod(0o640)
    before = modes(database.parent)
    with umask(0o000):
        async with open_archive(database) as archive:
            folder = database.parent / "new" / "folder"
            assert await archive.export_to(folder) == 1
        await check_database(database, now=0, direct="D")
    assert set(modes(folder).values()) == {"600"}
    assert (S_IMODE(folder.stat().st_mode), S_IMODE(folder.parent.stat().st_mode)) == (0o700, 0o700)
    after = modes(database.parent)
    assert {name: after[name] for name in before} == before


@pytest.mark.parametrize(("mode", "told"), [(0o700, False), (0o755, False), (0o777, True), (0o1777, True)])
async def test_a_folder_that_others_may_write_to_is_told(mode: int, told: bool, database: Path) -> None:
    async with open_sqlite(database) as opened:
        await migrate(opened, now=0)
    database.parent.chmod(mode)
    assert told == ("folder" in {each.subject for each in await check_database(database, now=0, direct="D")})


def test_folders_are_made_for_their_owner_alone(tmp_path: Path) -> None:
    with umask(0o000):
        private.make_folder(tmp_path / "a" / "b")
        private.make_folder(tmp_path / "a" / "b")
    assert modes(tmp_path) == {"a": "700"}
    assert modes(tmp_path / "a") == {"b": "700"}
    with closing(sqlite3.connect(tmp_path / "file")), pytest.raises(OSError, match="file"):
        private.make_folder(tmp_path / "file" / "c")
