"""What the terminal shows: people's names in colour, the bot's Markdown, and a reply while it grows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.live import Live
from rich.markdown import Markdown
from rich.padding import Padding
from rich.spinner import Spinner
from rich.text import Text

from chathakase.playground.terminal.harmless import Harmless, in_a_row, in_lines
from chathakase.playground.terminal.transcript import markdown_of, without_html
from chathakase.playground.world.values import Message, User
from chathakase.playground.world.world import World

_COLOURS = ("cyan", "green", "magenta", "blue", "red")
_INDENT = (0, 0, 0, 2)


class Tail:
    """The last lines of something that may be longer than the terminal."""

    def __init__(self, content: RenderableType) -> None:
        self._content = content

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = console.render_lines(self._content, options, pad=False)
        for line in lines[-max(3, console.height - 4) :]:
            yield from line
            yield Text("\n", end="")


class Screen:
    """Writes to one console; what grows is redrawn on a terminal, and written once, when finished, elsewhere."""

    def __init__(self, console: Console, world: World) -> None:
        self._console = console
        self._world = world
        self._live: Live | None = None
        self.interactive = console.is_terminal

    def note(self, *parts: str | Text) -> None:
        """A remark of the terminal's own, dimmed. Strings are shown as they are, whatever they hold."""
        told = (part if isinstance(part, Text) else in_lines(part) for part in parts)
        self._console.print(Text.assemble(*told, style="dim"))

    def prompt(self, user: User, place: str) -> None:
        """Ask for a line, on a terminal."""
        if self.interactive:
            self._console.print(Text.assemble(self._name(user), (f" {in_a_row(place)} › ", "dim")), end="")

    def said(self, user: User, place: str, typed: str) -> None:
        """A person's line, where the terminal did not show it while it was typed."""
        if not self.interactive:
            self._console.print(Text.assemble(self._name(user), (f" {in_a_row(place)} › ", "dim"), in_a_row(typed)))

    def message(self, message: Message) -> None:
        """One finished message of the bot."""
        self._console.print(self._headed(message, self._body(message)))
        self._console.print()

    @contextmanager
    def growing(self) -> Iterator[None]:
        """While this is open, `grow` is shown at the bottom of a terminal."""
        if not self.interactive:
            yield
            return
        with Live(console=self._console, transient=True, refresh_per_second=12) as live:
            self._live = live
            try:
                yield
            finally:
                self._live = None

    def grow(self, message: Message | None, status: str) -> None:
        """Show a message that is being written, or that the bot is at work."""
        if self._live is None:
            return
        name = self._world.bot.display_name
        if message is None:
            self._live.update(Spinner("dots", Text(in_a_row(f" {name} {status or '…'}"), style="dim")))
        else:
            self._live.update(Tail(self._headed(message, self._body(message))))

    def _headed(self, message: Message, body: RenderableType) -> RenderableType:
        author = self._world.users.get(message.user)
        head = Text.assemble(self._name(author or self._world.bot), (f" · {self._where(message)}", "dim"))
        return Group(head, Padding(body, _INDENT))

    def _body(self, message: Message) -> Harmless:
        # Where a link leads is shown beside it, and not handed to the terminal.
        return Harmless(Markdown(without_html(in_lines(markdown_of(self._world, message))), hyperlinks=False))

    def _where(self, message: Message) -> str:
        conversation = self._world.conversation(message.channel)
        name = f"#{in_a_row(conversation.name)}" if conversation and conversation.name else "direct message"
        return f"{name}, in a thread" if message.thread_ts else name

    def _name(self, user: User) -> tuple[str, str]:
        if user.is_bot:
            return in_a_row(user.display_name), "bold yellow"
        people = [each.id for each in self._world.users.values() if not each.is_bot]
        return in_a_row(user.display_name or user.name), f"bold {_COLOURS[people.index(user.id) % len(_COLOURS)]}"
