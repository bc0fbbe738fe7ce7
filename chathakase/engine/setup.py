"""What the engine is opened with: ports and plain values."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from chathakase.core.files import Reading
from chathakase.core.ports import ChartPainter, Stores
from chathakase.core.prompt import Persona
from chathakase.core.types import WorkspaceKey
from chathakase.engine.access.access import AccessRules
from chathakase.engine.access.admission import LoadLimits
from chathakase.engine.access.rights import Admins
from chathakase.engine.commands import Terms
from chathakase.engine.model.models import ModelPorts
from chathakase.engine.router import SurfaceAdapter


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything that is outside."""

    stores: Stores
    adapters: Mapping[WorkspaceKey, SurfaceAdapter]
    """The surfaces, by the workspace that each is for."""
    models: ModelPorts
    read: Callable[[str, str, bytes], Awaitable[Reading]]
    """Takes a file apart, by its name, its media type and its bytes."""
    charts: ChartPainter
    diagnose: Callable[[], Awaitable[str]]
    """Looks whether all is well, and tells so in Markdown."""
    now: Callable[[], int]
    """The time in epoch milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """How the engine is set up."""

    terms: Terms
    persona: Persona
    load: LoadLimits
    concurrency: int
    """How many calls of models may be under way at once."""
    admins: Admins
    """Those who may see and do everything, besides a surface's own."""
    access: AccessRules
    """Who may talk to the bot on each surface."""
    young: int
    """Milliseconds after which what is found late is not answered any more; 0: nothing is looked for."""
    most_bytes: int
    """Of the largest file that is read; 0: none is."""
    grace: float
    """Seconds that turns get to end at shutdown."""
