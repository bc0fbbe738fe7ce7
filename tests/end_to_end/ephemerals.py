"""What one person sees that nobody else does."""

from chathakase.playground.person import PersonClient
from chathakase.playground.server import Workspace
from chathakase.playground.world.ephemerals import Ephemeral
from tests.end_to_end.conftest import markdown


def seen_by(workspace: Workspace, person: PersonClient) -> list[Ephemeral]:
    return [each for each in workspace.world.ephemerals.all() if each.to == person.id]


def ephemerals(workspace: Workspace, person: PersonClient) -> list[str]:
    return [markdown(each.message) for each in seen_by(workspace, person)]


async def await_ephemeral(workspace: Workspace, person: PersonClient, containing: str, *, within: float = 10.0) -> str:
    """Wait until somebody is told something; returns all of it."""

    def told() -> list[str]:
        return [text for text in ephemerals(workspace, person) if containing in text]

    try:
        return (await workspace.until(told, within))[-1]
    except TimeoutError:
        raise AssertionError(f"{containing!r} was shown to nobody alone, but {ephemerals(workspace, person)}") from None


async def choose(workspace: Workspace, person: PersonClient, label: str) -> None:
    """Press one of the buttons that only this person sees, once it is there."""

    def button() -> tuple[str, str, str] | None:
        for each in seen_by(workspace, person):
            for block in each.message.blocks:
                for element in block.get("elements", ()) if block["type"] == "actions" else ():
                    if element["text"]["text"] == label:
                        return each.message.channel, each.message.ts, element["action_id"]
        return None

    found = await workspace.until(button)
    assert found is not None
    await person.press(*found)
