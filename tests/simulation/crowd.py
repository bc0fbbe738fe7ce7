"""The deeds of people: what they say and press."""

import asyncio
from collections.abc import Sequence
from time import monotonic

from chathakase.playground.person import PersonClient
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.values import Message
from tests.simulation.deeds import Again, Say, Stop
from tests.simulation.evidence import SaidMessage, SimulatedThread
from tests.simulation.simulation_stage import SimulationStage
from tests.simulation.town import BOT

BUTTON_WITHIN = 3.0
"""Seconds for which somebody waits for a button to press."""
GLANCE = 0.05

STOP = ("chathakase_stop",)
AGAIN = ("chathakase_retry", "chathakase_continue")


class Crowd:
    """Everybody in the workspace."""

    def __init__(self, stage: SimulationStage) -> None:
        self._stage = stage
        self._threads: dict[int, SimulatedThread] = {}

    async def say(self, deed: Say) -> None:
        """Write a message, which begins its thread if there is none yet."""
        stage, person = self._stage, self._stage.people[deed.person]
        place = self._threads.get(deed.thread)
        channel = place.channel if place else self._channel(stage.plan.places[deed.thread], person)
        ts = await person.say(deed.text, channel=channel, thread_ts=place.thread if place else None)
        if place is None:
            place = self._threads[deed.thread] = SimulatedThread(channel, ts)
        mentions = "@ChatHakase" in deed.text
        stage.said.append(SaidMessage(deed.token, deed.kind, place, ts, deed.text, mentions))
        stage.note(f"{person.user.name} says {deed.token} ({deed.text}), {ts}", place)

    def _channel(self, name: str, person: PersonClient) -> str:
        return person.direct_message().id if name == "@" else self._stage.workspace.channel(name).id

    async def stop(self, deed: Stop) -> bool:
        """Press Stop."""
        return await self._press(deed.thread, STOP, deed.person)

    async def again(self, deed: Again) -> bool:
        """Press what is offered, as whoever began the thread."""
        return await self._press(deed.thread, AGAIN, None)

    async def _press(self, thread: int, actions: Sequence[str], person: int | None) -> bool:
        """Press a button as soon as there is one."""
        place = self._threads.get(thread)
        found = await self._button(place, actions) if place else None
        if place is None or found is None:
            return False
        message, action = found
        presser = self._owner(place) if person is None or place.channel.startswith("D") else self._stage.people[person]
        self._stage.note(f"{presser.user.name} presses {action} below {message.ts}", place)
        try:
            await presser.press(place.channel, message.ts, action)
        except SlackError as error:
            self._stage.note(f"nothing came of {action}: {error}", place)
            return False
        return True

    async def _button(self, place: SimulatedThread, actions: Sequence[str]) -> tuple[Message, str] | None:
        until = monotonic() + BUTTON_WITHIN
        while monotonic() < until:
            for message in self._messages(place):
                for action in actions:
                    if message.user == BOT and action in str(message.blocks):
                        return message, action
            await asyncio.sleep(GLANCE)
        return None

    def _messages(self, place: SimulatedThread) -> Sequence[Message]:
        timeline = self._stage.workspace.world.timeline(place.channel)
        return [message for ts in timeline.with_replies(place.thread) if (message := timeline.get(ts))]

    def _owner(self, place: SimulatedThread) -> PersonClient:
        root = self._messages(place)[0]
        return next(person for person in self._stage.people if person.id == root.user)
