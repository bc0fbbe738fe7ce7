"""What people do in a soak: several of them talk with the bot at any time, each in one thread after another."""

import asyncio
import random
import time
from collections.abc import Sequence
from contextlib import suppress

from benchmarks.measured_bots import CHANNELS, channel_id
from benchmarks.soak.answer_log import WARNING, AnswerLog, AskedQuestion, SoakThread
from benchmarks.soak.question_kinds import KINDS
from chathakase.playground.person import PersonClient
from chathakase.playground.web_api_error import SlackError

REGULARS = 5
"""Talks at any time: some two questions a second with the crowds, so that edits are scarce at fifty a minute, and posts
are enough at three hundred, or half of that for a while after a refusal."""
WEIGHTS = {"short": 8, "usual": 10, "long": 3, "wobbly": 2, "refused": 1, "cut": 1, "stopped": 2}
FURTHER = 5
"""Questions that follow the first one in a thread, at most."""
PAUSE = (0.3, 3.0)
"""Seconds of thought."""
CROWD, CROWD_EVERY = 20, 45.0
"""People who ask at the same moment, each in a new thread, and the seconds from one such moment to the next."""
BURST = 5
"""Messages that are sent at once into one thread."""
COMMANDS = ("help", "session info", "all sessions", "stop")
TIMEOUT = 5.0
"""Seconds until somebody stops an answer."""
PRESSES = 4
"""How often a button is pressed that is not taken; a socket may be gone just then."""
COMES_BACK_AFTER = 40.0
"""Seconds after which somebody goes on with a thread whose session has expired."""


class SoakTraffic:
    """People at their talks."""

    def __init__(self, people: Sequence[PersonClient], answer_log: AnswerLog, rng: random.Random) -> None:
        self._people = people
        self._answer_log = answer_log
        self._rng = rng

    async def go_on(self, seconds: float) -> None:
        """Talk for so many seconds, and end what is begun by then."""
        ends = time.perf_counter() + seconds
        async with asyncio.TaskGroup() as group:
            for _ in range(REGULARS):
                group.create_task(self._talk_on(ends))
            group.create_task(self._crowds(ends))

    async def _talk_on(self, ends: float) -> None:
        while time.perf_counter() < ends:
            await self._think()
            if self._rng.random() < 0.15:
                await self._command()
            else:
                await self._talk(ends)

    async def _crowds(self, ends: float) -> None:
        while (left := ends - time.perf_counter()) > 0:
            await asyncio.gather(*(self._talk(ends, further=0) for _ in range(CROWD)))
            await asyncio.sleep(min(CROWD_EVERY, left))

    async def _talk(self, ends: float, further: int = FURTHER) -> None:
        """A thread from its first question to its end."""
        person = self._rng.choice(self._people)
        direct = self._rng.random() < 0.2
        thread = SoakThread(person.direct_message().id if direct else channel_id(self._rng.randrange(CHANNELS)))
        people = [person] if direct else self._people
        await self._ask(thread, person)
        for _ in range(self._rng.randint(0, further)):
            # Of an answer that was stopped people could not tell whether another one was, too.
            if time.perf_counter() > ends or thread.asked[-1].kind.stopped:
                break
            await self._go_on(thread, people)
        if further and self._rng.random() < 0.05 and time.perf_counter() < ends:
            await asyncio.sleep(COMES_BACK_AFTER)
            await self._ask(thread, person, named=True)
        self._answer_log.close(thread)

    async def _go_on(self, thread: SoakThread, people: Sequence[PersonClient]) -> None:
        await self._think()
        chance = self._rng.random()
        if chance < 0.15:
            await self._burst(thread, people)
        elif chance < 0.25:
            await self._edit(thread)
        else:
            await self._ask(thread, self._rng.choice(people))

    async def _ask(self, thread: SoakThread, person: PersonClient, *, named: bool = False) -> None:
        """Ask something and wait for the answer; `named`: call the bot by its name in any case."""
        asked = self._new(person, self._rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0])
        await self._say(thread, asked, named=named)
        if asked.kind.stopped:
            await self._stop(thread, asked)
        if asked.kind.retried:
            await self._try_again(thread, person)
        await self._answer_log.settle(thread, asked)

    async def _burst(self, thread: SoakThread, people: Sequence[PersonClient]) -> None:
        """Several people ask at the same moment, and wait for their answers."""
        burst = [self._new(self._rng.choice(people), "short", alone=False) for _ in range(BURST)]
        await asyncio.gather(*(self._say(thread, asked) for asked in burst))
        await asyncio.gather(*(self._answer_log.settle(thread, asked) for asked in burst))

    async def _edit(self, thread: SoakThread) -> None:
        """Correct a question that is answered already, which changes nothing."""
        asked = self._rng.choice(thread.asked)
        await asked.person.edit(thread.channel, asked.ts, f"{asked.text} (corrected)")

    async def _stop(self, thread: SoakThread, asked: AskedQuestion) -> None:
        """Have an answer stopped: by its button, by Slack's own, or by a word where there is neither."""
        await asyncio.sleep(TIMEOUT)
        by_button = self._rng.random() < 0.5
        try:
            if by_button:
                await self._press(thread, asked.person, "chathakase_stop")
            else:
                await asked.person.stop(thread.channel, thread.root)
        except SlackError:
            await asked.person.say("stop", channel=thread.channel, thread_ts=thread.root)

    async def _try_again(self, thread: SoakThread, person: PersonClient) -> None:
        """Wait until an answer has failed, and press its button."""
        if not await self._answer_log.see(thread, lambda: WARNING in self._answer_log.text(thread)):
            return
        for _ in range(PRESSES):
            await asyncio.sleep(1.0)
            with suppress(SlackError):
                await self._press(thread, person, "chathakase_retry")
                return

    async def _press(self, thread: SoakThread, person: PersonClient, button: str) -> None:
        """Press a button of the bot's last message in a thread; SlackError where there is none."""
        replies = self._answer_log.replies(thread)
        if not replies:
            raise SlackError("message_not_found")
        await person.press(thread.channel, replies[-1].ts, button)

    async def _command(self) -> None:
        """Say a command in a thread of its own."""
        person, channel = self._rng.choice(self._people), channel_id(self._rng.randrange(CHANNELS))
        thread = SoakThread(channel, is_command=True)
        thread.root = await person.say(f"@ChatHakase {self._rng.choice(COMMANDS)}", channel=channel)
        await self._answer_log.see(thread, lambda: self._answer_log.replies(thread))
        self._answer_log.close(thread)

    def _new(self, person: PersonClient, name: str, *, alone: bool = True) -> AskedQuestion:
        number = self._answer_log.next_number()
        text = f"@ChatHakase question {number} ({name}): how do threads work?"
        return AskedQuestion(number, name, KINDS[name], person, text, alone=alone)

    async def _say(self, thread: SoakThread, asked: AskedQuestion, *, named: bool = False) -> None:
        thread.asked.append(asked)
        # In a thread where the bot takes part it need not be named.
        named = named or not thread.root or self._rng.random() < 0.5
        text = asked.text if named else asked.text.removeprefix("@ChatHakase ")
        asked.at = time.perf_counter()
        asked.ts = await asked.person.say(text, channel=thread.channel, thread_ts=thread.root or None)
        thread.root = thread.root or asked.ts

    async def _think(self) -> None:
        await asyncio.sleep(self._rng.uniform(*PAUSE))
