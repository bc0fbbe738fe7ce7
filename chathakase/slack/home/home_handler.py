"""Does what people want in their overviews: shows something else, opens a modal, or has a command enqueued."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from chathakase import log_events
from chathakase.core.access_rule import WHY_NOT, Decision
from chathakase.core.errors import StoreError
from chathakase.core.jobs import Command
from chathakase.core.listing import GONE
from chathakase.core.overview import OverviewState
from chathakase.core.types import Place, Session, SessionId
from chathakase.slack.home.background_tasks import BackgroundTasks
from chathakase.slack.home.channel_checks import why_not
from chathakase.slack.home.drawing import Drawing
from chathakase.slack.home.home_actions import (
    TITLE_FIELD,
    WHERE_FIELD,
    WORDS_FIELD,
    HomeAction,
    RowKey,
    read_row,
    read_state,
)
from chathakase.slack.home.home_modals import HomeModals
from chathakase.slack.home.home_payloads import ListOpening, Press, Submission
from chathakase.slack.home.home_tabs import HomeTabs
from chathakase.slack.home.home_views import View, loading, told
from chathakase.slack.home.list_part import TITLE
from chathakase.slack.home.new_chat_modal import STARTING, new_chat_modal
from chathakase.slack.home.presses import command_of, looking_for, place_of, state_after
from chathakase.slack.home.rename_modal import RENAMING, rename_modal
from chathakase.slack.home.repeated_presses import RepeatedPresses
from chathakase.slack.home.submitted_fields import InvalidField, read_new_chat, read_rename, read_search
from chathakase.slack.places import Places
from chathakase.slack.web.identity import Identity

STORED_WITHIN = 1.5
"""Seconds for which the database is waited for before something is acknowledged; Slack waits for three."""

UNDER_WAY = 1.0
"""Seconds within which Slack has shown what something was acknowledged with."""

NOT_SAVED = "I couldn't save that. Please try again in a minute."
NOT_SAVED_YET = "I couldn't save that yet. Please press the button again."

Answer = Mapping[str, Any]
"""What a submission is acknowledged with."""
CLOSES: Answer = {}

log = logging.getLogger(__name__)


class HomeHandler:
    """Serves people who look at their threads."""

    def __init__(
        self,
        identity: Identity,
        tabs: HomeTabs,
        modals: HomeModals,
        drawing: Drawing,
        places: Places,
        clock: Callable[[], float],
        *,
        enqueue: Callable[[Command], Awaitable[None]],
        tell: Callable[[Place, str, str], Awaitable[None]],
    ) -> None:
        """``clock`` tells seconds; ``enqueue`` returns once a command is stored, or raises StoreError.

        ``tell`` tells people in an overview.
        """
        self._identity = identity
        self._tabs = tabs
        self._modals = modals
        self._drawing = drawing
        self._places = places
        self._enqueue = enqueue
        self._tell = tell
        self._background = BackgroundTasks()
        self._repeated_presses = RepeatedPresses(clock)

    async def close(self) -> None:
        """Let what is under way end soon."""
        await self._background.close()

    def open_list(self, opening: ListOpening) -> None:
        """Begin to open the list of somebody's threads as a modal."""
        self._background.begin(self._open_list(opening))

    async def press(self, press: Press) -> None:
        """Have done what somebody pressed; returns when it is stored, or late, or begun. Raises Malformed."""
        state, command = state_after(press), command_of(press)
        is_repeated = self._repeated_presses.is_repeated(press.ref)
        if not is_repeated:
            self._forget_notice(press)
        if command is not None:
            # Its job is done once however often it is stored, and nothing is acknowledged that is not.
            await self._have_done(command)
        elif not is_repeated:
            self._begin(press, state)

    async def rename(self, submission: Submission) -> Answer:
        """Have a session renamed, or tell in the field why not. Raises Malformed."""
        try:
            command = read_rename(submission, self._identity)
        except InvalidField as wrong:
            return _errors(wrong.errors)
        return await self._submitted(command, TITLE_FIELD)

    async def start_chat(self, submission: Submission) -> Answer:
        """Have a thread started, or tell in the fields why not. Raises Malformed."""
        try:
            command, channel = read_new_chat(submission, self._identity)
        except InvalidField as wrong:
            return _errors(wrong.errors)
        overviews = await self._drawing.overviews()
        if channel is not None and (why := await why_not(overviews, self._places, channel, submission.by)):
            return _errors({WHERE_FIELD: why})
        return await self._submitted(command, WORDS_FIELD)

    async def search(self, submission: Submission) -> Answer:
        """Show in a list what somebody looks for. Raises Malformed."""
        state = looking_for(read_search(submission), read_state(submission.metadata))
        where, by = self._identity.place("", submission.view), submission.by
        drawing = self._background.begin(self._modals.list_of(where, by, state))
        await asyncio.wait([drawing], timeout=STORED_WITHIN)
        if drawing.done() and (view := drawing.result()):
            return {"response_action": "update", "view": view}
        self._background.begin(self._show_later(where, by, state))
        return {"response_action": "update", "view": loading(TITLE)}

    def _begin(self, press: Press, state: OverviewState | None) -> None:
        """Begin to show somebody what they want to see. Raises Malformed."""
        if state is not None:
            self._background.begin(self._show(press.where, press.by, state))
        elif press.action is HomeAction.NEW_CHAT:
            self._background.begin(self._open_new_chat(press))
        elif press.action is HomeAction.RENAME:
            self._background.begin(self._open_rename(press, read_row(press.value)))
        elif press.action is HomeAction.OPEN:
            row = read_row(press.value)
            log_events.thread_followed(SessionId(row.session), place_of(row, press.where), by=press.by)

    def _forget_notice(self, press: Press) -> None:
        if press.where.thread:
            self._modals.seen(press.where, press.by, press.state)
        else:
            self._tabs.forget_notice(press.by)

    async def _submitted(self, command: Command, field: str) -> Answer:
        """Have a command stored; what takes longer than it may goes on, and may be wanted again meanwhile."""
        if why := await self._refusal(command.where, command.by):
            return _errors({field: why})
        storing = self._background.begin(self._store(command))
        await asyncio.wait([storing], timeout=STORED_WITHIN)
        return CLOSES if storing.done() and storing.result() else _errors({field: NOT_SAVED_YET})

    async def _refusal(self, where: Place, person: str) -> str:
        """What somebody is told who is known not to be allowed to talk to the bot; empty for all others."""
        decision = (await self._drawing.overviews()).decision(where, person)
        return WHY_NOT[decision] if decision is Decision.REFUSED else ""

    async def _have_done(self, command: Command) -> None:
        await asyncio.wait([self._background.begin(self._store_or_tell(command))], timeout=STORED_WITHIN)

    async def _store_or_tell(self, command: Command) -> None:
        if not await self._store(command):
            await self._tell(command.where, command.by, NOT_SAVED)

    async def _store(self, command: Command) -> bool:
        try:
            await self._enqueue(command)
        except StoreError as error:
            log.error("What somebody wanted in an overview could not be stored: %s", error)
            return False
        return True

    async def _show(self, where: Place, person: str, state: OverviewState) -> None:
        if where.thread:
            self._modals.show_list(where, person, state)
            return
        try:
            await (await self._drawing.overviews()).keep(where, person, state)
        except StoreError as error:
            log.warning("What somebody wants to see could not be stored: %s", error)
            await self._tell(where, person, NOT_SAVED)
        self._tabs.show(person)

    async def _show_later(self, where: Place, person: str, state: OverviewState) -> None:
        """Show a list in the place of a loading view that is on its way, by which it must not be overtaken."""
        await asyncio.sleep(UNDER_WAY)
        self._modals.show_list(where, person, state)

    async def _open_list(self, opening: ListOpening) -> None:
        if modal := await self._modals.open(opening.by, opening.trigger, loading(TITLE)):
            where = self._identity.place("", modal)
            state = OverviewState(search=opening.search, last_lines=await self._wants_last_lines(where, opening.by))
            self._modals.show_list(where, opening.by, state)

    async def _wants_last_lines(self, where: Place, person: str) -> bool:
        """A setting of Home that holds for every list."""
        try:
            return (await (await self._drawing.overviews()).kept(where, person)).last_lines
        except StoreError as error:
            log.warning("What somebody wants to see could not be read: %s", error)
            return True

    async def _open_new_chat(self, press: Press) -> None:
        on, why = press.where.thread, await self._refusal(press.where, press.by)
        view = told(STARTING, why) if why else new_chat_modal(on)
        await self._modals.open(press.by, press.trigger, view, on=on)

    async def _open_rename(self, press: Press, row: RowKey) -> None:
        if modal := await self._modals.open(press.by, press.trigger, loading(RENAMING), on=press.where.thread):
            self._modals.fill(modal, press.by, await self._rename_modal(press, row))

    async def _rename_modal(self, press: Press, row: RowKey) -> View:
        async def drawn() -> View:
            session = Session(SessionId(row.session), place_of(row, press.where))
            title = await (await self._drawing.overviews()).title(press.where, press.by, session)
            return told(RENAMING, GONE) if title is None else rename_modal(row, title, press.where.thread)

        return await self._drawing.modal(press.where, press.by, RENAMING, drawn)


def _errors(errors: Mapping[str, str]) -> Answer:
    return {"response_action": "errors", "errors": dict(errors)}
