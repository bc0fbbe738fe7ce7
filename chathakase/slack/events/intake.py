"""The inward half: everything is read and stored before Slack hears that we have it.

Bolt acknowledges an event before its listener runs, so events are taken in without it. What people press and choose has
listeners, which acknowledge it themselves.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from chathakase.core.errors import StoreError, trace
from chathakase.core.jobs import ButtonPhrase, Command, Interaction
from chathakase.core.memory import Change
from chathakase.core.types import Incoming
from chathakase.slack.acknowledging import taken
from chathakase.slack.events.authors import Authors
from chathakase.slack.events.button_phrases import read_phrase, read_shortcut
from chathakase.slack.events.interaction_payloads import read_interaction, read_stop
from chathakase.slack.events.message_changes import read_change
from chathakase.slack.events.responding import respond
from chathakase.slack.fields import Malformed
from chathakase.slack.web.identity import Identity

log = logging.getLogger(__name__)


class Intake:
    """Hands on what people say, change, press and choose."""

    def __init__(
        self,
        identity: Identity,
        authors: Authors,
        *,
        submit: Callable[[Incoming], Awaitable[None]],
        change: Callable[[Change], Awaitable[None]],
        interaction: Callable[[Interaction], Awaitable[None]],
        command: Callable[[Command], Awaitable[None]],
        say: Callable[[ButtonPhrase], Awaitable[None]],
    ) -> None:
        """Each of them returns once what it is given is stored, and raises StoreError.

        ``say`` is given what somebody says by a button.
        """
        self._identity = identity
        self._authors = authors
        self._submit = submit
        self._change = change
        self._interaction = interaction
        self._command = command
        self._say = say

    async def take_in(self, event: object) -> bool:
        """Store what an event tells; False when that could not be done, so that Slack must deliver it again."""
        try:
            await self._read(event)
        except Malformed as error:
            log.warning("An event of type %s has a malformed field: %s", _kind(event), error)
        except StoreError as error:
            log.error("An event could not be stored, so Slack will deliver it again: %s", error)
            return False
        except Exception as error:  # noqa: BLE001 - the next delivery of the same event would fail alike
            log.error("An event of type %s could not be handled: %s", _kind(event), trace(error))
        return True

    async def take_interaction(self, body: dict[str, Any], context: AsyncBoltContext, ack: AsyncAck) -> None:
        """Bolt listener: store the press of one of our buttons, then acknowledge it."""

        async def store() -> None:
            await self._interaction(read_interaction(body, self._identity))

        await taken("A button press", store, context, ack)

    async def take_phrase(
        self, body: dict[str, Any], context: AsyncBoltContext, ack: AsyncAck, client: AsyncWebClient
    ) -> None:
        """Bolt listener: store what somebody says by a button, acknowledge it, and take the question away."""

        async def store() -> None:
            await self._say(read_phrase(body, self._identity))

        if await taken("An answer to a question", store, context, ack):
            await _take_away(client, body.get("response_url"))

    async def take_shortcut(self, body: dict[str, Any], context: AsyncBoltContext, ack: AsyncAck) -> None:
        """Bolt listener: store what somebody chose in the menu of a message, then acknowledge it."""

        async def store() -> None:
            await self._command(read_shortcut(body, self._identity))

        await taken("A shortcut", store, context, ack)

    async def _read(self, event: object) -> None:
        if not isinstance(event, Mapping):
            raise Malformed("event")
        if (incoming := await self._authors.read(event)) is not None:
            await self._submit(incoming)
        if (change := await self._change_in(event)) is not None:
            await self._change(change)
        if (stop := read_stop(event, self._identity)) is not None:
            await self._interaction(stop)

    async def _change_in(self, event: Mapping[str, Any]) -> Change | None:
        (known,) = await self._authors.known([event])
        return read_change(known, self._identity)


async def _take_away(client: AsyncWebClient, address: object) -> None:
    """Remove the message on which somebody acted, which only its response_url can if nobody else sees it."""
    try:
        await respond(client, address, {"delete_original": True})
    except Exception as error:  # noqa: BLE001 - it is only a question that was answered
        log.info("A question that was answered could not be removed: %s", type(error).__name__)


def _kind(event: object) -> str:
    """The type of an event, for a log: a short word, whatever was sent."""
    kind = event.get("type") if isinstance(event, Mapping) else None
    return kind if isinstance(kind, str) and re.fullmatch(r"[a-z_.]{1,60}", kind) else "unknown"
