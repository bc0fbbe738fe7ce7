"""A person at the terminal who talks with the bot in the local workspace, as one more Web API client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.text import Text

from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from chathakase.playground.terminal.harmless import in_a_row
from chathakase.playground.terminal.interrupt import until_interrupted
from chathakase.playground.terminal.replies import Replies
from chathakase.playground.terminal.screen import Screen
from chathakase.playground.terminal.stdin import stdin_lines
from chathakase.playground.terminal.terminal_choices import TerminalChoice, choices_of
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.values import Conversation, Message

TRY = "Try: [bold]hello[/bold] · [bold]what did I say before?[/bold] · [bold]session info[/bold] · [bold]help[/bold]"
HELP = """\
  [bold]/dm[/bold]               talk in the direct message
  [bold]/channel[/bold] \\[name]   talk in a channel, #general or another
  [bold]/new[/bold]              start a new thread
  [bold]/threads[/bold] \\[number] list the threads, or continue one
  [bold]/choose[/bold] number    press a button or choose an option that the bot offers
  [bold]/as[/bold] bob           speak as somebody else
  [bold]/quit[/bold]             leave (or Ctrl-D)"""


async def talk(
    workspace: Workspace,
    *,
    lines: AsyncIterator[str] | None = None,
    console: Console | None = None,
    model: str = "",
    speaker: str = "alice",
    within: float = 30.0,
    settle: float = 1.5,
    choice_within: float = 2.0,
) -> None:
    """Talk until `/quit` or the end of `lines`: the standard input by default, which Ctrl-C ends as well.

    `model` is named in the welcome. After each line the bot's answer is awaited: up to `within` seconds for its first
    sign, and until nothing has been edited for about `settle` seconds. After a choice it is `choice_within`.
    """
    screen = Screen(console or Console(), workspace.world)
    async with AsyncExitStack() as stack:
        if lines is None:
            lines = await stack.enter_async_context(aclosing(stdin_lines()))
            stack.enter_context(until_interrupted())
        replies = stack.enter_context(Replies(workspace.world, settle))
        talker = _Talker(workspace, screen, replies, stack, within, choice_within)
        await talker.become(speaker)
        talker.welcome(model)
        await talker.listen(lines)
    screen.note("\nBye.")


@dataclass(slots=True)
class _Thread:
    """A thread that was opened or joined here."""

    conversation: Conversation
    ts: str
    opening: str


@dataclass(slots=True)
class _Talker:
    workspace: Workspace
    screen: Screen
    replies: Replies
    stack: AsyncExitStack
    within: float
    choice_within: float
    people: dict[str, PersonClient] = field(default_factory=dict)
    threads: list[_Thread] = field(default_factory=list)
    thread: _Thread | None = None
    channel: str = "general"
    direct: bool = False
    choices: Sequence[TerminalChoice] = ()
    chosen: TerminalChoice | None = None
    """What is to be chosen once more, since one is to be sure."""
    person: PersonClient = field(init=False)

    def welcome(self, model: str) -> None:
        bot = self.workspace.world.bot.display_name
        with_model = f" with the model {model}" if model else ""
        self.screen.note(
            f"You are {self.person.user.display_name} in a Slack workspace on this machine. "
            f"{bot} is the real bot{with_model}.\n"
            f"Say something: it goes to #{self.channel}, mentions {bot} and opens a thread; "
            "in the thread no mention is needed.\n",
            Text.from_markup(f"{TRY}\n{HELP}\n"),
        )

    async def become(self, name: str) -> None:
        """Speak as somebody; KeyError if there is no such person."""
        if name not in self.people:
            self.people[name] = await self.stack.enter_async_context(self.workspace.person(name))
        self.person = self.people[name]

    async def listen(self, lines: AsyncIterator[str]) -> None:
        """Take line after line; meanwhile show also what the bot says unasked."""
        while (line := await self._next_line(lines)) is not None:
            text = line.strip()
            if text.startswith("/"):
                if text in ("/quit", "/exit"):
                    return
                await self._command(text)
            elif text:
                await self._say(text)

    async def _next_line(self, lines: AsyncIterator[str]) -> str | None:
        self.screen.prompt(self.person.user, self._place())
        coming = asyncio.ensure_future(anext(lines, None))
        try:
            while not coming.done():
                await self._until_late_reply(coming)
                if not coming.done():
                    self.screen.note("")
                    await self._answer(self.within)
                    self.screen.prompt(self.person.user, self._place())
            return coming.result()
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)

    async def _until_late_reply(self, coming: asyncio.Future[str | None]) -> None:
        """Wait until a line has come, or until the bot says something that nobody waits for any more."""
        while not coming.done() and self.replies.latest is None:
            late = asyncio.ensure_future(self.replies.stirred(within=3_600))
            either: set[asyncio.Future[Any]] = {coming, late}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            late.cancel()
            await asyncio.gather(late, return_exceptions=True)

    async def _command(self, text: str) -> None:
        command, _, argument = text.partition(" ")
        argument = argument.strip()
        match command:
            case "/dm":
                self.direct, self.thread = True, self._last_thread(direct=True)
            case "/channel":
                await self._to_channel(argument or self.channel)
            case "/new":
                self.thread = None
            case "/threads":
                self._list_threads(argument)
            case "/choose":
                await self._choose(argument)
            case "/as":
                await self._speak_as(argument)
            case _:
                self.screen.note(Text.from_markup(HELP))

    async def _to_channel(self, name: str) -> None:
        conversation = self.workspace.world.conversation_named(name)
        if conversation is None or not self.workspace.world.is_member(conversation.id, self.person.id):
            self.screen.note(f"There is no channel #{in_a_row(name.lstrip('#'))} for {self.person.user.name}.")
            return
        self.channel, self.direct = conversation.name, False
        self.thread = self._last_thread(direct=False)

    def _last_thread(self, *, direct: bool) -> _Thread | None:
        where = self.person.direct_message() if direct else self.workspace.channel(self.channel)
        return next((each for each in reversed(self.threads) if each.conversation.id == where.id), None)

    def _list_threads(self, number: str) -> None:
        # A number of thousands of digits is not even read.
        chosen = int(number) if number.isdecimal() and len(number) < 9 else 0
        if 0 < chosen <= len(self.threads):
            self.thread = self.threads[chosen - 1]
            self.direct = self.thread.conversation.type == "im"
            self.channel = self.thread.conversation.name or self.channel
            return
        for index, thread in enumerate(self.threads, 1):
            here = " (here)" if thread is self.thread else ""
            self.screen.note(
                f"{index}. #{thread.conversation.name or 'direct message'}: {in_a_row(thread.opening)}{here}"
            )
        if not self.threads:
            self.screen.note("No threads yet.")

    async def _choose(self, number: str) -> None:
        """Press or choose what the bot has offered last under this number."""
        index = int(number) if number.isdecimal() and len(number) < 9 else 0
        if not 0 < index <= len(self.choices):
            self.screen.note(
                f"Choose from 1 to {len(self.choices)}." if self.choices else "There is nothing to choose."
            )
            return
        choice = self.choices[index - 1]
        if choice.sure and choice is not self.chosen:
            self.chosen = choice
            self.screen.note(f"{choice.sure} /choose {index} again to go ahead.")
            return
        self.chosen = None
        try:
            await self.person.choose(choice.message.channel, choice.message.ts, choice.action)
        except SlackError as error:
            self.screen.note(f"Slack says: {in_a_row(error.code)}")
            return
        if self.workspace.world.modals.stacks().get(self.person.id):
            self.screen.note("A form has opened, which only the page can show.")
        await self._answer(self.choice_within)

    def _offer(self, message: Message) -> None:
        if choices := choices_of(message):
            self.choices, self.chosen = choices, None
            lines = [f"  /choose {number}  {in_a_row(each.label)}" for number, each in enumerate(choices, 1)]
            self.screen.note("\n".join(lines) + "\n")

    async def _speak_as(self, name: str) -> None:
        user = self.workspace.world.user_named(name)
        if user is None or user.is_bot:
            people = ", ".join(each.name for each in self.workspace.world.users.values() if not each.is_bot)
            self.screen.note(f"You can be: {people}.")
            return
        await self.become(user.name)
        if self.direct:
            self.thread = self._last_thread(direct=True)

    async def _say(self, text: str) -> None:
        """Send a line, in the thread or as the opening of one, and show the answer."""
        self.screen.said(self.person.user, self._place(), text)
        where = self.person.direct_message() if self.direct else self.workspace.channel(self.channel)
        bot = self.workspace.world.bot.display_name
        if self.thread is None and not self.direct and f"@{bot}".lower() not in text.lower():
            text = f"@{bot} {text}"
        try:
            ts = await self.person.say(text, channel=where.id, thread_ts=self.thread.ts if self.thread else None)
        except SlackError as error:
            self.screen.note(f"Slack says: {in_a_row(error.code)}")
            return
        if self.thread is None:
            self.thread = _Thread(where, ts, text[:60])
            self.threads.append(self.thread)
        await self._answer(2.0 if self._is_for_another(text) else self.within)

    def _is_for_another(self, text: str) -> bool:
        first = text.split(maxsplit=1)[0]
        user = self.workspace.world.user_named(first[1:]) if first.startswith("@") else None
        return user is not None and not user.is_bot

    async def _answer(self, within: float) -> None:
        """Show the bot's messages until they are finished, or until nothing has come for so many seconds."""
        loop = asyncio.get_running_loop()
        until, heard = loop.time() + within, False
        with self.screen.growing():
            while True:
                for message in self.replies.finished():
                    heard = True
                    self.screen.message(message)
                    self._offer(message)
                growing = self.replies.latest
                if growing is None and (heard or loop.time() >= until):
                    break
                self.screen.grow(growing, self.replies.status)
                await self.replies.stirred(within=max(0.05, min(until - loop.time(), 1.0)))
        if not heard and within == self.within:
            self.screen.note("No answer so far.")

    def _place(self) -> str:
        if self.direct:
            return "direct message"
        return f"#{self.channel}{', in the thread' if self.thread else ''}"
