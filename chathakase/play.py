"""The playground put together: a Slack workspace on this machine, a model, and the real bot between them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from chathakase.app import open_bot
from chathakase.config import read_model_server, read_settings
from chathakase.core.errors import StartError
from chathakase.playground.model.server import open_model
from chathakase.playground.persistence.database import StoreError
from chathakase.playground.persistence.database import forget as forget_workspace
from chathakase.playground.server import Workspace, open_workspace
from chathakase.playground.world.manifest import Manifest
from chathakase.slack.checkup.needs import SHORTCUTS

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
    home_tab: bool = True,
    shortcuts: Sequence[dict[str, str]] = (),
    manifests: Sequence[Manifest] = (),
) -> AsyncIterator[Workspace]:
    """Open only the workspace, for an app with or without a Home tab and shortcuts, or for those of manifests.

    Raises StartError when the port is taken or what is kept cannot be read.
    """
    async with AsyncExitStack() as stack:
        opening = open_workspace(
            folder=folder,
            host=host,
            port=port,
            model=model,
            home_tab=home_tab,
            shortcuts=shortcuts,
            manifests=manifests,
        )
        try:
            workspace = await stack.enter_async_context(opening)
        except StoreError as error:
            raise StartError(str(error)) from error
        except UnicodeError as error:
            raise StartError(f"{host} is not a valid host: choose another with --host.") from error
        except OSError as error:
            reason = f"port {port} on {host} is not to be had ({error.strerror})"
            raise StartError(f"{reason}: name another with --port.") from error
        yield workspace


@asynccontextmanager
async def open_playground(folder: Path, *, host: str, port: int) -> AsyncIterator[Playground]:
    """Open the workspace with the real bot in it.

    Without a model of one's own in the settings, an echo answers. Raises StartError and SettingsError.
    """
    async with AsyncExitStack() as stack:
        given: dict[str, str] = {}
        model = read_model_server()
        name = model.chathakase_model
        if not model.is_set:
            echo = await stack.enter_async_context(open_model())
            name = echo.model
            # An echo makes no titles.
            given |= {
                "openai_base_url": echo.base_url,
                "chathakase_model": name,
                "chathakase_background_model": "off",
            }
        # As our manifest says, the bot has no Home tab, and something in the menu of messages.
        local_slack = open_local_slack(folder, host=host, port=port, model=name, home_tab=False, shortcuts=SHORTCUTS)
        workspace = await stack.enter_async_context(local_slack)
        given |= {
            "slack_bot_token": workspace.bot_token,
            "slack_app_token": workspace.app_token,
            "slack_api_url": workspace.api_url,
            "chathakase_database_url": f"sqlite:///{folder / DATABASE}",
        }
        await stack.enter_async_context(open_bot(read_settings(**given)))
        yield Playground(workspace, name)
