"""What people see of all their threads, on Home and in modals."""

from collections.abc import Awaitable, Callable
from typing import Any

from chathakase.engine.sessions import SessionManager
from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from chathakase.playground.world.views import OpenView
from chathakase.slack.diagnostics.needs import COMMANDS, SHORTCUTS
from chathakase.slack.own_messages import CHATS
from tests.end_to_end.at_rest import at_rest
from tests.end_to_end.conftest import Thread
from tests.slack.home.viewing import told

MENUS: dict[str, Any] = {"commands": COMMANDS, "shortcuts": SHORTCUTS}
"""What a workspace is opened with, so that its app has all that its manifest asks for."""
GENERAL = "C0GENERAL1"

Start = Callable[..., Awaitable[Thread]]


def seen(person: PersonClient) -> OpenView:
    """Somebody's Home tab."""
    assert person.home is not None
    return person.home


def published(workspace: Workspace) -> int:
    return len(workspace.journal.calls("views.publish"))


async def talked(
    workspace: Workspace, bot: SessionManager, person: PersonClient, start: Start, *texts: str
) -> list[Thread]:
    """Threads in somebody's direct message that begin with these words, the newest first as they are listed."""
    begun: list[Thread] = []
    for text in texts:
        thread = await start(text, channel="@", person=person)
        await thread.answers(1)
        begun.insert(0, thread)
    await at_rest(workspace, bot)
    return begun


async def home(workspace: Workspace, person: PersonClient) -> OpenView:
    """The Home tab of somebody who opens it."""
    before = published(workspace)
    await person.open_home()
    await workspace.until(lambda: published(workspace) > before)
    return seen(person)


async def shows(workspace: Workspace, person: PersonClient, *texts: str) -> OpenView:
    """The Home tab of somebody, once it says all of this."""
    try:
        await workspace.until(lambda: all(text in told(seen(person)) for text in texts), 10)
    except TimeoutError:
        raise AssertionError(f"{texts} are not in {told(seen(person))}") from None
    return seen(person)


async def on_top(workspace: Workspace, person: PersonClient, condition: Callable[[OpenView], object]) -> OpenView:
    """The modal that somebody sees, once it is as it should be."""
    try:
        await workspace.until(lambda: person.modals and condition(person.modals[-1]), 10)
    except TimeoutError:
        raise AssertionError([told(each) for each in person.modals]) from None
    return person.modals[-1]


async def window(
    workspace: Workspace, person: PersonClient, condition: Callable[[OpenView], object], words: str = ""
) -> OpenView:
    """The list of somebody who types the slash command, once it is as it should be."""
    await person.command(f"{CHATS} {words}", channel=GENERAL)
    return await on_top(workspace, person, condition)
