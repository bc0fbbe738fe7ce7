"""Opens Slack: its outward half before the engine, its inward half behind it."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from time import monotonic

from chathakase.config import Settings
from chathakase.core.errors import StartError
from chathakase.core.types import Incoming, Streaming, WorkspaceKey
from chathakase.engine.open_engine import Engine
from chathakase.engine.router import SurfaceAdapter
from chathakase.slack.events.authors import Authors
from chathakase.slack.events.downloads import SlackDownloads
from chathakase.slack.events.intake import Intake
from chathakase.slack.events.thread_history import SlackHistory
from chathakase.slack.home.home_intake import HomeIntake
from chathakase.slack.home.place_links import PlaceLinks
from chathakase.slack.home.slack_home import SlackHome
from chathakase.slack.listeners import build_app, hearing
from chathakase.slack.message_addresses import MessageAddresses
from chathakase.slack.people import People
from chathakase.slack.places import Places
from chathakase.slack.replies.attachment import Attachments
from chathakase.slack.replies.outbox import Outbox
from chathakase.slack.replies.reply import ReplyTools
from chathakase.slack.replies.status import Statuses
from chathakase.slack.socket_mode.socket import open_socket
from chathakase.slack.socket_mode.state import SocketConnection
from chathakase.slack.surface import SlackSurface
from chathakase.slack.web.calls import Calls
from chathakase.slack.web.client import SlackWeb, open_web
from chathakase.slack.web.rate_limiter import RateLimiter
from chathakase.slack.web.rate_limits import read_limits


class Slack:
    """Slack with its outward half (an OpenSurface)."""

    def __init__(
        self,
        stack: AsyncExitStack,
        settings: Settings,
        web: SlackWeb,
        authors: Authors,
        adapter: SurfaceAdapter,
        home: SlackHome,
        *,
        expect: Callable[[Incoming], None],
    ) -> None:
        """The ``stack`` closes what is opened to listen; ``expect`` has what a turn needs to know looked up."""
        self.web = web
        self.adapter = adapter
        self.connection: SocketConnection | None = None
        """The socket, once there is one."""
        self._stack = stack
        self._settings = settings
        self._authors = authors
        self._home = home
        self._expect = expect

    @property
    def workspace_key(self) -> WorkspaceKey:
        """The workspace of the bot's token."""
        return self.web.identity.workspace_key

    @property
    def is_listening(self) -> bool:
        """Whether the socket is open."""
        return self.connection is not None and self.connection.is_connected

    async def listen(self, engine: Engine) -> None:
        """Connect, so that what people say and press reaches the engine. Raises StartError."""

        async def submit(incoming: Incoming) -> None:
            # Slack can be asked while the database writes.
            self._expect(incoming)
            await engine.submit(incoming)

        intake = Intake(
            self.web.identity,
            self._authors,
            submit=submit,
            change=engine.edits.take_in,
            interaction=engine.requests.enqueue,
            command=engine.requests.enqueue,
            say=engine.reception.say,
        )
        handler = self._home.begin(engine.overviews, engine.requests.enqueue)
        self._stack.push_async_callback(handler.close)
        home = HomeIntake(self.web.identity, handler, self._home.opened)
        socket = open_socket(
            build_app(self.web, intake, home),
            hearing(intake, home),
            app_token=self._settings.slack_app_token.get_secret_value(),
            api_url=self._settings.slack_api_url,
            reconnected=engine.catch_up.missed,
        )
        self.connection = await self._stack.enter_async_context(socket)


async def open_slack(stack: AsyncExitStack, settings: Settings) -> Slack:
    """Open all but the socket. Raises StartError when Slack does not let us in, or a setting cannot be read."""
    token, timeout = settings.slack_bot_token.get_secret_value(), settings.chathakase_slack_timeout
    web = await stack.enter_async_context(open_web(token=token, api_url=settings.slack_api_url, call_timeout=timeout))
    calls, people = _calls(settings, web), People(web.client, monotonic, identity=web.identity)
    authors = Authors(web.identity, people, monotonic, workflows=settings.chathakase_answer_workflows)
    native = settings.chathakase_streaming is Streaming.NATIVE
    tools, places = _reply_tools(stack, settings, web, calls), Places(calls, monotonic)
    addresses = MessageAddresses(web.identity.url)
    home = _home(stack, web, calls, people, places, addresses, tools.outbox)
    surface = SlackSurface(tools, people, places, home, addresses, native=native)
    adapter = SurfaceAdapter(
        surface,
        SlackHistory(calls, web.identity, authors),
        SlackDownloads(web),
    )
    return Slack(stack, settings, web, authors, adapter, home, expect=surface.expect)


def _home(
    stack: AsyncExitStack,
    web: SlackWeb,
    calls: Calls,
    people: People,
    places: Places,
    addresses: MessageAddresses,
    outbox: Outbox,
) -> SlackHome:
    links = PlaceLinks(addresses.link, addresses.describe)

    async def tell(person: str, text: str) -> None:
        await outbox.of(person).tell(person, text)

    home = SlackHome(calls, web.identity, people, places, links, monotonic, tell=tell)
    stack.push_async_callback(home.close)
    return home


def _calls(settings: Settings, web: SlackWeb) -> Calls:
    """The one way to Slack's Web API. Raises StartError when its limits are told in a way that cannot be read."""
    try:
        limits = read_limits(settings.chathakase_rate_limits)
    except ValueError as error:
        raise StartError(f"CHATHAKASE_RATE_LIMITS {error}.") from error
    return Calls(web.client, RateLimiter(monotonic, limits), monotonic)


def _reply_tools(stack: AsyncExitStack, settings: Settings, web: SlackWeb, calls: Calls) -> ReplyTools:
    statuses = Statuses(calls)
    stack.push_async_callback(statuses.close)
    outbox = Outbox(calls, bot=web.identity.user_id)
    return ReplyTools(
        outbox,
        Attachments(outbox, web.session),
        statuses,
        most_pages=settings.chathakase_max_pages,
        interim=settings.chathakase_streaming is not Streaming.OFF,
    )
