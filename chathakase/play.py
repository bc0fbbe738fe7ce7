"""The playground put together: a Slack workspace on this machine, a model, and the real bot between them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from chathakase.app import open_bot
from chathakase.config import OPENAI, read_model_server, read_settings
from chathakase.core.addresses import why_not_listening
from chathakase.core.errors import CannotListen, StartError
from chathakase.playground.model.model_faults import ModelFaults
from chathakase.playground.model.model_server import open_model
from chathakase.playground.persistence.workspace_file import WorkspaceFileError
from chathakase.playground.persistence.workspace_file import forget as forget_workspace
from chathakase.playground.seed import seed
from chathakase.playground.server import Workspace, open_workspace
from chathakase.playground.world.app_manifest import Manifest
from chathakase.slack.diagnostics.needs import COMMANDS, SHORTCUTS

FOLDER = Path(".playground")
"""Where the playground keeps its data, in the working directory."""
DATABASE = "sessions.db"


@dataclass(frozen=True, slots=True)
class Playground:
    """An open playground."""

    workspace: Workspace
    model: str
    """The name of the model that answers."""


def forget(folder: Path) -> None:
    """Remove what an earlier playground has left behind."""
    forget_workspace(folder)
    for ending in ("", "-wal", "-shm"):
        (folder / f"{DATABASE}{ending}").unlink(missing_ok=True)


@asynccontextmanager
async def open_local_slack(
    folder: Path,
    *,
    host: str,
    port: int,
    model: str = "",
    model_faults: ModelFaults | None = None,
    commands: Sequence[dict[str, Any]] = (),
    shortcuts: Sequence[dict[str, str]] = (),
    manifests: Sequence[Manifest] = (),
) -> AsyncIterator[Workspace]:
    """Open only the workspace, for an app with or without slash commands and shortcuts, or for those of manifests.

    Raises StartError when the port is taken or what is kept cannot be read.
    """
    async with AsyncExitStack() as stack:
        opening = open_workspace(
            folder=folder,
            host=host,
            port=port,
            model=model,
            model_faults=model_faults,
            commands=commands,
            shortcuts=shortcuts,
            manifests=manifests,
        )
        try:
            workspace = await stack.enter_async_context(opening)
        except WorkspaceFileError as error:
            raise StartError(str(error)) from error
        except (OSError, UnicodeError) as error:
            reason = why_not_listening(host, port, error)
            raise CannotListen(f"{reason}: choose another with --{'port' if 'port' in reason else 'host'}.") from error
        yield workspace


def model_of_ones_own() -> str:
    """A sentence about the model that the settings name, for people to know before it is asked; empty without one.

    Raises SettingsError.
    """
    server = read_model_server()
    if not server.is_set:
        return ""
    setting = "OPENAI_BASE_URL" if server.openai_base_url else "OPENAI_API_KEY"
    host = urlsplit(server.openai_base_url or OPENAI).netloc.rpartition("@")[2]
    return (
        f"{setting} is set, so {server.chathakase_model} at {host} receives what you write and answers it, which "
        "may cost money. With --echo, nothing leaves this machine."
    )


@asynccontextmanager
async def open_playground(
    folder: Path, *, host: str, port: int, echo: bool = False, seeded: bool = False
) -> AsyncIterator[Playground]:
    """Open the workspace with the real bot in it, and `seeded` with a short conversation where nothing was said yet.

    With `echo`, or without a model of one's own in the settings, an echo answers. Raises StartError and SettingsError.
    """
    async with AsyncExitStack() as stack:
        given: dict[str, str] = {}
        faults = None
        echoes = echo or not read_model_server().is_set
        if echoes:
            stand_in = await stack.enter_async_context(open_model())
            name, faults = stand_in.model, stand_in.faults
            # An echo makes no titles, and needs no key.
            given |= {
                "openai_base_url": stand_in.base_url,
                "openai_api_key": "",
                "chathakase_model": name,
                "chathakase_background_model": "off",
            }
        else:
            name = read_model_server().chathakase_model
        # As our manifest has them.
        local_slack = open_local_slack(
            folder,
            host=host,
            port=port,
            model=name,
            model_faults=faults,
            commands=COMMANDS,
            shortcuts=SHORTCUTS,
        )
        workspace = await stack.enter_async_context(local_slack)
        given |= {
            "slack_bot_token": workspace.bot_token,
            "slack_app_token": workspace.app_token,
            "slack_api_url": workspace.api_url,
            "chathakase_database_url": f"sqlite:///{folder / DATABASE}",
        }
        await stack.enter_async_context(open_bot(read_settings(**given)))
        if seeded:
            # Not before there is a bot that hears it. Nobody else's model is asked unasked.
            seed(workspace.world, ask=echoes)
        yield Playground(workspace, name)
