"""Whether somebody can start a thread in a channel: they and the bot must be in it, and the bot may answer there."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from chathakase.core.access_rule import Decision
from chathakase.core.errors import DeliveryError
from chathakase.core.new_chats import BOT_NOT_IN_THERE, MAY_NOT_ANSWER_THERE, MUTED_THERE, NOT_IN_THERE
from chathakase.core.ports import Overviews
from chathakase.core.types import Place
from chathakase.slack.places import Places

WITHIN = 1.0
"""Seconds for which Slack is waited for; what is not known by then is seen when the thread is started."""

REFUSALS: Mapping[Decision, str] = {Decision.REFUSED: MAY_NOT_ANSWER_THERE, Decision.MUTED: MUTED_THERE}


async def why_not(overviews: Overviews, places: Places, channel: Place, person: str) -> str:
    """What keeps somebody from starting a thread in a channel, for them to read; empty if nothing does."""
    if (refusal := REFUSALS.get(overviews.decision(channel, person))) is not None:
        return refusal
    theirs, ours = await asyncio.gather(_is_theirs(places, channel, person), _is_ours(places, channel))
    if ours is False:
        # Who is in a private channel is not told to those who are not.
        return BOT_NOT_IN_THERE
    return NOT_IN_THERE if theirs is False else ""


async def _is_theirs(places: Places, channel: Place, person: str) -> bool | None:
    """Whether somebody is in a channel; None where that is not told in time."""
    with suppress(DeliveryError, TimeoutError):
        async with asyncio.timeout(WITHIN):
            return channel.channel in await places.channels_with(person)
    return None


async def _is_ours(places: Places, channel: Place) -> bool | None:
    with suppress(DeliveryError, TimeoutError):
        async with asyncio.timeout(WITHIN):
            return await places.has_bot(channel.channel)
    return None
