"""Threads of two workspaces may have the same name, by which people know their sessions: neither is lost for that."""

import json
from dataclasses import replace
from pathlib import Path

from chathakase.archive import as_lines, open_archive
from tests.storage.database_stores import PLACE, DatabaseStores

OTHER = replace(PLACE, workspace="T2")


async def test_both_are_exported_and_found(stores: DatabaseStores, database: Path, tmp_path: Path) -> None:
    await stores.say("1", "tea here", asks=False)
    stores.clock.now += 1
    await stores.say("1", "tea there", place=OTHER, asks=False)
    stores.clock.now += 1
    await stores.say("2", "tea nowhere", place=PLACE.beside("C9", "1.0"), asks=False)
    nowhere = await stores.id_at(PLACE.beside("C9", "1.0"))
    await stores.sessions.move(nowhere, None)
    names = [PLACE.name, f"{PLACE.name}-{await stores.id_at(OTHER)}", nowhere]
    async with open_archive(database) as archive:
        for _ in range(2):
            assert await archive.export_to(tmp_path / "out") == 3
        found = await archive.find("tea", limit=9)
    files = {file.stem: file for file in (tmp_path / "out").iterdir() if file.suffix == ".json"}
    told = {name: json.loads(file.read_text()) for name, file in files.items()}
    assert {name: each["messages"][0]["text"] for name, each in told.items()} == dict(
        zip(names, ("tea here", "tea there", "tea nowhere"), strict=True)
    )
    about = [(each["session"], each["channel"], each["thread"]) for each in map(told.__getitem__, names)]
    assert about == [(PLACE.name, "C1", "1.000001")] * 2 + [(nowhere, "", "")]
    lines = "\n".join(line for each in found for line in as_lines(each))
    assert [lines.count(name) > 0 for name in (PLACE.name, nowhere)] == [True, True]
