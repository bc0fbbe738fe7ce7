"""Slack as the engine sees it."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from uuid import uuid4

from chathakase.core.access_rule import Standing
from chathakase.core.errors import DeliveryError
from chathakase.core.jobs import Job
from chathakase.core.traits import Traits
from chathakase.core.types import Choice, Incoming, Lease, Person, Place, Where
from chathakase.slack.direct import is_direct
from chathakase.slack.home.slack_home import SlackHome
from chathakase.slack.message_addresses import MessageAddresses
from chathakase.slack.own_messages import RunId
from chathakase.slack.people import People
from chathakase.slack.places import Places
from chathakase.slack.replies.attachment import Upload
from chathakase.slack.replies.opening import OpeningMessage, open_thread
from chathakase.slack.replies.page_writer import Origin
from chathakase.slack.replies.questions import in_words
from chathakase.slack.replies.refusals import UNREACHABLE
from chathakase.slack.replies.reply import ReplyTools, SlackReply
from chathakase.slack.replies.streamed import StreamedReply
from chathakase.slack.slack_traits import SLACK
from chathakase.slack.timestamps import TIMESTAMP
from chathakase.slack.web.call_errors import ODD
from chathakase.slack.web.rate_limiter import Priority

NO_EPHEMERALS = frozenset({"unknown_method", "http_404", "http_405", "http_501", *ODD})
"""Codes of servers that do not know how to show something to one person only."""

GREETING = "Here is the chat you asked for."
"""What opens a direct message where that takes a message."""

WHY_NOT = {
    "not_in_channel": "not_there",
    "channel_not_found": "not_there",
    "is_archived": "archived",
    **{code: "not_allowed" for code in UNREACHABLE if code.startswith(("restricted_action", "posting_to"))},
}
"""Why no thread can be opened in a channel, by Slack's word for it."""


class SlackSurface:
    """Where people are (a Surface)."""

    def __init__(
        self,
        tools: ReplyTools,
        people: People,
        places: Places,
        home: SlackHome,
        addresses: MessageAddresses,
        *,
        native: bool,
    ) -> None:
        """``native``: replies in direct messages grow by Slack's own streams."""
        self._tools = tools
        self._people = people
        self._places = places
        self._home = home
        self._addresses = addresses
        self._native = native

    def traits(self, _: Place) -> Traits:
        """How Slack is spoken of."""
        return SLACK

    def reply(
        self,
        place: Place,
        *,
        lease: Lease | None = None,
        job: Job | None = None,
        standing: str = "",
        posted: Callable[[Sequence[str]], Awaitable[None]] | None = None,
        members: Callable[[], Awaitable[frozenset[str]]] | None = None,
    ) -> SlackReply:
        """Begin an answer in a thread."""
        if lease is None:
            return SlackReply(self._for_a_command(job.task.by if job else ""), _origin_of(place, job))
        tools = self._tools.of(lease.by)
        run_id = RunId(lease.turn, lease.run)
        streamed = self._native and is_direct(place.channel)
        origin = Origin(
            place,
            run_id,
            refs=lease.refs,
            resumed=lease.resumed,
            standing=standing,
            posted=posted,
            members=members,
            streams=streamed,
        )
        return StreamedReply(tools, origin) if streamed else SlackReply(tools, origin)

    def _for_a_command(self, user: str) -> ReplyTools:
        return self._tools.of(user, at_best=Priority.COMMAND)

    async def post_ephemeral(self, place: Place, user: str, text: str, choices: Sequence[Choice] = ()) -> int:
        """Tell one person something in a thread or their overview, which nobody else sees. Raises DeliveryError.

        Where Slack cannot do that, they are told in a direct message, and there what the buttons would say. Returns
        when they were told, in epoch microseconds; 0 when Slack does not say.
        """
        if place.is_overview:
            await self._home.tell(place, user, text)
            return 0
        outbox = self._for_a_command(user).outbox
        try:
            return await outbox.post_ephemeral(place, user, text, choices)
        except DeliveryError as error:
            if error.code not in NO_EPHEMERALS:
                raise
        await outbox.tell(user, in_words(text, choices))
        return 0

    def refresh_overview(self, _: Place, user: str) -> None:
        """Have what somebody sees of all their threads shown anew soon; nobody waits for it."""
        self._home.refresh(user)

    async def tell(self, _: Place, user: str, text: str) -> None:
        """Tell one person something in a direct message. Raises DeliveryError."""
        await self._tools.of(user).outbox.tell(user, text)

    async def ask(
        self, place: Place, user: str, text: str, choices: Sequence[Choice], *, about: Place | None = None
    ) -> None:
        """Ask one person something in a thread, with a button for each choice, which nobody else sees.

        Raises DeliveryError.
        """
        await self._for_a_command(user).outbox.ask(place, user, text, choices, about=about)

    async def open_thread(
        self, where: Place, person: str, words: str, job: Job, *, admit: Callable[[Place], Awaitable[None]]
    ) -> Incoming:
        """Post somebody's words for them as the first message of a thread, in a channel or their direct message.

        Raises DeliveryError.
        """
        tools = self._for_a_command(person)
        try:
            channel = where.channel or await tools.attachments.channel_with(person, GREETING)
            place = where.beside(channel)
            opening = OpeningMessage(place, person, words, job.id, job.task.said)
            return await open_thread(tools.outbox, opening, admit=partial(admit, place))
        except DeliveryError as error:
            raise DeliveryError(WHY_NOT.get(error.code, error.code), passes=error.passes) from error

    async def share(self, place: Place, job: Job, name: str, content: bytes, *, comment: str) -> None:
        """Share a file in a thread, once however often the job is tried. Raises DeliveryError."""
        await self._share(Upload(place, name, content, comment), job)

    async def share_privately(
        self, _: Place, user: str, job: Job, name: str, content: bytes, *, comment: str, description: str = ""
    ) -> None:
        """Share a file in the direct message with one person, once like ``share``. Raises DeliveryError."""
        channel = await self._for_a_command(user).attachments.channel_with(user, comment)
        await self._share(Upload(job.task.place.beside(channel), name, content, comment, description), job)

    async def _share(self, upload: Upload, job: Job) -> None:
        # A job is as old as the message or the press from which it comes, and its file is younger.
        since = job.task.ref if TIMESTAMP.fullmatch(job.task.ref) else ""
        attachments = self._for_a_command(job.task.by).attachments
        await attachments.send(replace(upload, since=since), doubtful=job.attempt > 1)

    async def where(self, place: Place) -> Where:
        """What a place is called; what cannot be found out is empty. Never raises."""
        return await self._places.find(place)

    async def channels_with(self, _: Place, user: str) -> frozenset[str]:
        """The channels in which a person is, and of those that are not public the bot as well.

        Raises DeliveryError.
        """
        return await self._places.channels_with(user)

    def is_direct(self, place: Place) -> bool:
        """Whether a place is a direct message with one person."""
        return is_direct(place.channel)

    def link(self, place: Place, ref: str) -> str:
        """The address of a message; empty where Slack does not tell the workspace's."""
        return self._addresses.link(place, ref)

    def describe(self, place: Place) -> str:
        """A link to a channel, which Slack shows by name to those who may see it."""
        return self._addresses.describe(place)

    def expect(self, incoming: Incoming) -> None:
        """Begin to find out what the model will be told of whoever asks, and of where."""
        # Of all else it is not known yet whether anybody is answered.
        if incoming.asks and incoming.opens:
            self._people.expect([incoming.author])
            self._places.expect(incoming.place)

    async def people(self, _: Place, ids: Collection[str], *, mentioned: Collection[str] = ()) -> Mapping[str, Person]:
        """Who these user ids are, and as far as there is room those who are merely mentioned. Never raises."""
        return await self._people.find(ids, mentioned=mentioned)

    async def is_admin(self, _: Place, user: str) -> bool:
        """Whether somebody administers the workspace, as Slack told within the last minute. Never raises."""
        return await self._people.is_admin(user)

    def last_standing(self, _: Place, user: str) -> Standing | None:
        """How somebody belongs to the workspace, as Slack told last; asked anew once an hour."""
        return self._people.last_standing(user)

    async def standing(self, _: Place, user: str, *, within: float) -> Standing | None:
        """The same, but Slack is waited for where it has never told. Never raises."""
        return await self._people.standing(user, within=within)

    def ask_again(self, _: Place, user: str) -> None:
        """Have Slack asked once more about somebody of whom it could not tell a moment ago."""
        self._people.ask_again(user)


def _origin_of(place: Place, job: Job | None) -> Origin:
    if job is None:
        return Origin(place, RunId(uuid4().hex, 1), is_turn=False)
    return Origin(place, RunId(job.id, 1), is_turn=False, resumed=job.attempt > 1)
