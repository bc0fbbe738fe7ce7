"""Waits until a simulation has come to rest, once nothing goes wrong any more."""

import asyncio
import math
from time import monotonic, time

from chathakase.playground.journal import ApiCall
from tests.simulation.deeds import SayKind
from tests.simulation.evidence import SimulatedThread
from tests.simulation.simulation_stage import SimulationStage
from tests.simulation.town import BOT

LOOK_EVERY = 0.25
QUIET = 2.5
"""Seconds in which the bot may call nothing."""
SLOWLY = 12.0
"""Seconds between two calls at the slowest slowness at which the bot reads what it missed."""
AT_MOST = 6
"""How many times as long as something may take to end all may take, as long as something does: after a refusal Slack is
asked for a thread every two seconds and a half, and there may be two hundred."""
STATUS_WITHIN = 10.0
"""Seconds after which nobody means to take back a status any more."""

WAITING = "SELECT id FROM sessions WHERE asked > answered OR lease_owner IS NOT NULL"
REQUESTED = "SELECT id FROM turns WHERE action IS NOT NULL"
JOBS = "SELECT id FROM jobs WHERE done_at IS NULL"
STORED = "SELECT session, ref FROM messages"
WILL_LOOK = "Catching up failed and will be tried again"
HAVE_LOOKED = "threads for missed messages"


async def settle(stage: SimulationStage, within: float) -> list[str]:
    """Take back all faults and wait; returns what is under way still when nothing has ended for so many seconds.

    How fast it ends depends on the machine, and on how much Slack takes. What is still looked for then is not under
    way: it was missed.
    """
    stage.note("no more faults")
    stage.workspace.faults.clear()
    stage.bots.start()
    until, rest, fewest = monotonic() + within, monotonic(), math.inf
    ends = rest + AT_MOST * within
    while monotonic() < rest + QUIET:
        restless, looking = under_way(stage), _may_be_found(stage)
        if len(restless) < fewest or looking:
            until, fewest = min(monotonic() + within, ends), min(fewest, len(restless))
        if monotonic() > until:
            return restless
        if restless or looking or _called(stage, within=QUIET):
            rest = monotonic()
        await asyncio.sleep(LOOK_EVERY)
    while statuses(stage) and monotonic() < rest + STATUS_WITHIN:
        await asyncio.sleep(LOOK_EVERY)
    return []


def under_way(stage: SimulationStage) -> list[str]:
    """What has not come to rest."""
    restless = [f"{stage.workspace.pending_events} events"] if stage.workspace.pending_events else []
    if not stage.workspace.sockets:
        restless.append("no socket is open")
    restless += [f"the session {row[0]} waits" for row in stage.rows(WAITING)]
    restless += [f"the turn {row[0]} waits" for row in stage.rows(REQUESTED)]
    restless += [f"the job {row[0]} waits" for row in open_jobs(stage)]
    return restless


def _called(stage: SimulationStage, *, within: float) -> bool:
    """Whether the bot called the Web API in the last so many seconds."""
    calls = (entry for entry in reversed(stage.entries) if isinstance(entry, ApiCall) and entry.caller == BOT)
    return any(call.at > time() - within for call in [next(calls, None)] if call)


def _may_be_found(stage: SimulationStage) -> bool:
    """Whether there are questions that nobody heard, and a process that looks for them or means to."""
    stored = set(stage.rows(STORED))
    questions = [said for said in stage.said if said.kind is SayKind.QUESTION]
    if all((said.place.session, said.ts) in stored for said in questions):
        return False
    logs = [life.log.read_text() for life in stage.bots.lives if not life.died and life.log.exists()]
    if any(log.rfind(WILL_LOOK) > log.rfind(HAVE_LOOKED) for log in logs):
        return True
    return not any(HAVE_LOOKED in log for log in logs) and _called(stage, within=SLOWLY)


def open_jobs(stage: SimulationStage) -> list[tuple[str]]:
    """The jobs that are not done."""
    return stage.rows(JOBS)


def statuses(stage: SimulationStage) -> list[SimulatedThread]:
    """The threads under which a status is shown."""
    places = {said.place for said in stage.said}
    return [place for place in sorted(places) if stage.workspace.status(place.channel, place.thread)]
