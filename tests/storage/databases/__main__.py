"""``python -m tests.storage.databases FOLDER VERSION``: has the bot in a folder write a database, and kills it.

FOLDER is a checkout of the version of ChatHakase that writes: ``13`` was written by the commit before the migration
``0014_remote.sql`` came, ``20`` by the last one before ``0021_places.sql``. The local Slack and the model are this
version's. Nothing is put into the database but by that bot, in lives of its own that end as they would.
"""

import asyncio
import os
import shutil
import sqlite3
import sys
import tarfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from signal import SIGKILL, SIGTERM
from tempfile import mkdtemp
from typing import Any

from PIL import Image

from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace, open_workspace
from tests.end_to_end.conftest import Thread
from tests.model_server import ModelServer, fails, open_model_server, says
from tests.storage.databases import HERE

CSV = b"month,costs\nMay,120\nJune,140\n"
FILES = ("sessions.db", "sessions.db-wal", "slack")


@dataclass
class EarlyBotStage:
    """A bot of long ago, what it writes, and the world around it."""

    bot: Path
    folder: Path
    workspace: Workspace
    model: ModelServer
    alice: PersonClient
    bob: PersonClient
    carol: PersonClient

    async def begin(self, person: PersonClient, text: str, channel: str = "general") -> Thread:
        where = person.direct_message().id if channel == "@" else self.workspace.channel(channel).id
        return Thread(self.workspace, person, where, await person.say(text, channel=where))

    async def share(self, person: PersonClient, name: str, content: bytes, text: str) -> Thread:
        where = person.direct_message().id
        return Thread(self.workspace, person, where, await person.share(name, content, channel=where, typed=text))

    async def until(self, condition: str) -> None:
        """Wait until the database holds what a condition asks for."""
        async with asyncio.timeout(60):
            while not self._rows(condition):
                await asyncio.sleep(0.05)

    def _rows(self, condition: str) -> Any:
        with closing(sqlite3.connect(self.folder / "sessions.db")) as connection:
            return connection.execute(f"SELECT 1 WHERE {condition}").fetchone()

    @asynccontextmanager
    async def life(self, end: int = SIGTERM, **settings: str) -> AsyncIterator[None]:
        """The bot, connected; ended by a signal."""
        given = {
            "SLACK_BOT_TOKEN": self.workspace.bot_token,
            "SLACK_APP_TOKEN": self.workspace.app_token,
            "SLACK_API_URL": self.workspace.api_url,
            "OPENAI_BASE_URL": self.model.base_url,
            "CHATHAKASE_MODEL": "scripted",
            "CHATHAKASE_BACKGROUND_MODEL": "off",
            "CHATHAKASE_DATABASE_URL": f"sqlite:///{self.folder / 'sessions.db'}",
        }
        environment = {
            "PATH": os.environ["PATH"],
            **given,
            **{f"CHATHAKASE_{k.upper()}": v for k, v in settings.items()},
        }
        command = (sys.executable, "-m", "chathakase", "run")
        process = await asyncio.create_subprocess_exec(*command, cwd=self.bot, env=environment)
        try:
            await self.workspace.wait_for_socket(60)
            yield
            # Whatever is said is also saved.
            await self.workspace.until(lambda: self.workspace.pending_events == 0)
        finally:
            process.send_signal(end)
            await process.wait()


async def what_is_gone(stage: EarlyBotStage) -> None:
    async with stage.life(expiry="delete", session_timeout="1"):
        thread = await stage.begin(stage.carol, "what was that?", "@")
        await thread.answers(1)
        await stage.until("EXISTS (SELECT 1 FROM gone) AND NOT EXISTS (SELECT 1 FROM sessions)")


async def what_is_archived(stage: EarlyBotStage) -> None:
    async with stage.life(session_timeout="1"):
        thread = await stage.begin(stage.bob, "@ChatHakase remind us of the milk", "random")
        await thread.answers(1)
        await stage.until("EXISTS (SELECT 1 FROM sessions WHERE archived_at IS NOT NULL)")


async def what_people_talk_about(stage: EarlyBotStage) -> Thread:
    stage.model.on("cheap", says('"Dinner in Kyoto."'))
    async with stage.life(background_model="cheap"):
        dinner = await stage.begin(stage.alice, "@ChatHakase where shall we eat tonight?")
        await dinner.answers(1)
        await stage.until("EXISTS (SELECT 1 FROM titles WHERE made_by = 'model')")
        edited = await dinner.say("with @ChatHakase noodles", stage.bob)
        await dinner.answers(2, containing="noodles")
        deleted = await dinner.say("@ChatHakase and my secret ingredient", stage.carol)
        await dinner.answers(3, containing="ingredient")
        await stage.until("(SELECT count(*) FROM messages WHERE role = 'assistant' AND reply_to > 1) = 2")
        await stage.bob.edit(dinner.channel, edited, "with @ChatHakase rice noodles")
        await stage.carol.delete(dinner.channel, deleted)
        await stage.until("EXISTS (SELECT 1 FROM messages WHERE role = 'cleared')")
        await stage.until("EXISTS (SELECT 1 FROM messages WHERE text LIKE '%rice noodles%')")
    return dinner


async def what_is_shared_and_what_is_cleared(stage: EarlyBotStage) -> None:
    picture = BytesIO()
    Image.new("RGB", (60, 40), "navy").save(picture, "PNG")
    async with stage.life():
        costs = await stage.share(stage.alice, "costs.csv", CSV, "what did we pay?")
        await costs.answers(1)
        look = await stage.share(stage.alice, "flag.png", picture.getvalue(), "which colour?")
        await look.answers(1)
        await costs.say("rename session What we pay")
        await costs.answers(2, containing="What we pay")
        secret = await stage.begin(stage.bob, "@ChatHakase keep this to yourself")
        await secret.answers(1)
        await secret.say("clear session")
        await secret.answers(2, containing="forgotten")


async def what_is_summed_up(stage: EarlyBotStage) -> None:
    stage.model.on("cheap", says("Bob counts to six."))
    async with stage.life(background_model="cheap", max_messages="4"):
        thread = await stage.begin(stage.bob, "one", "@")
        await thread.answers(1)
        for number, word in enumerate(("two", "three", "four", "five", "six"), 2):
            await thread.say(word)
            await thread.answers(number, containing=word)
        await stage.until("EXISTS (SELECT 1 FROM summaries)")


async def what_fails(stage: EarlyBotStage) -> list[Thread]:
    async with stage.life():
        stage.model.will(fails(400), fails(400))
        threads = [await stage.begin(stage.carol, f"@ChatHakase tell me {what}") for what in ("a story", "a joke")]
        for thread in threads:
            await thread.answers(1, containing="⚠️")
        await stage.until("(SELECT count(*) FROM turns WHERE outcome = 'failed') = 2")
    return threads


async def what_is_left_in_the_middle(stage: EarlyBotStage, dinner: Thread, story: Thread, joke: Thread) -> None:
    async with stage.life(SIGKILL, concurrency="1"):
        stage.model.will(says("The sea is wide", " and deep.", hold=asyncio.Event()))
        sea = await stage.begin(stage.carol, "@ChatHakase tell me of the sea")
        await sea.answers(1, containing="The sea")
        await stage.until("EXISTS (SELECT 1 FROM sessions WHERE reply_refs <> '[]')")
        await stage.share(stage.alice, "notes.txt", b"Noodles are out.", "what do my notes say?")
        await stage.until("EXISTS (SELECT 1 FROM files WHERE read_at IS NULL)")
        await stage.carol.press(story.channel, story.replies()[0].ts, "chathakase_retry")
        await stage.until("EXISTS (SELECT 1 FROM turns WHERE wish IS NOT NULL)")
        stage.workspace.faults.hang("chat.postMessage", times=99)
        stage.workspace.faults.hang("chat.postEphemeral", times=99)
        await dinner.say("help", stage.bob)
        await stage.bob.press(joke.channel, joke.replies()[0].ts, "chathakase_retry")
        await stage.until("(SELECT count(*) FROM errands WHERE done_at IS NULL) = 2")


async def play(stage: EarlyBotStage) -> None:
    """Everything that a database may hold; in the end the bot is killed with its hands full."""
    await what_is_gone(stage)
    await what_is_archived(stage)
    dinner = await what_people_talk_about(stage)
    await what_is_shared_and_what_is_cleared(stage)
    await what_is_summed_up(stage)
    story, joke = await what_fails(stage)
    await what_is_left_in_the_middle(stage, dinner, story, joke)


async def make(bot: Path, folder: Path) -> None:
    async with AsyncExitStack() as stack:
        workspace = await stack.enter_async_context(open_workspace(folder=folder / "slack", seed=1))
        model = await stack.enter_async_context(open_model_server())
        people = [await stack.enter_async_context(workspace.person(name)) for name in ("alice", "bob", "carol")]
        await play(EarlyBotStage(bot, folder, workspace, model, *people))


def main(bot: Path, version: str) -> None:
    folder = Path(mkdtemp(prefix="database-"))
    asyncio.run(make(bot, folder))
    # The local Slack makes new ones.
    with closing(sqlite3.connect(folder / "slack" / "workspace.sqlite3")) as slack, slack:
        slack.execute("DELETE FROM records WHERE kind = 'tokens'")
    with tarfile.open(HERE / f"{version}.tar.xz", "w:xz") as packed:
        for name in FILES:
            packed.add(folder / name, name)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
