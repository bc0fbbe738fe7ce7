"""Gathers the evidence when a simulation is over."""

from collections.abc import Iterator, Sequence

from chathakase.playground.journal import AckReceived, EnvelopeSent
from chathakase.playground.world.values import Message
from tests.simulation.evidence import Evidence, Row, SessionEvidence, ShownMessage, SimulatedThread, Turn
from tests.simulation.settle import open_jobs, statuses
from tests.simulation.simulation_stage import SimulationStage
from tests.simulation.town import BOT
from tests.simulation.words import SECRET, tokens
from tests.storage import truth
from tests.storage.truth import StoredRow

# Sessions are told by their names, which the judge can compare with what stands on Slack.
NAME = "s.channel || '_' || s.thread"
SESSIONS = f"SELECT {NAME}, asked, answered, lease_owner, turn FROM sessions s"
ROWS = f"""
SELECT {NAME}, m.seq, m.role, m.text, m.ref, m.reply_to, m.asks FROM messages m JOIN sessions s ON s.id = m.session
"""
TURNS = f"""
SELECT t.id, {NAME}, upto, outcome, error, run, action, coalesce(prompt_tokens + completion_tokens, 0)
FROM turns t JOIN sessions s ON s.id = t.session
"""
USED = (
    f"SELECT {NAME}, sum(prompt_tokens + completion_tokens) FROM usage u JOIN sessions s ON s.id = u.session GROUP BY 1"
)
USED_ON_DAYS = "SELECT coalesce(sum(prompt_tokens + completion_tokens), 0) FROM daily_usage"


def gather(stage: SimulationStage, unsettled: Sequence[str]) -> Evidence:
    """All of it; the processes have ended."""
    return Evidence(
        said=tuple(stage.said),
        shown=tuple(_shown(stage)),
        requests=tuple(stage.model.requests),
        sessions=tuple(SessionEvidence(*row) for row in stage.rows(SESSIONS)),
        rows=tuple(Row(*row) for row in stage.rows(ROWS)),
        turns=tuple(Turn(*row) for row in stage.rows(TURNS)),
        messages=tuple(StoredRow(*row) for row in stage.rows(truth.MESSAGES)),
        counts=truth.kept(stage.rows(truth.SESSIONS), stage.rows(truth.PARTICIPANTS)),
        used=dict(stage.rows(USED)),
        used_on_days=sum(tokens for (tokens,) in stage.rows(USED_ON_DAYS)),
        jobs=len(open_jobs(stage)),
        statuses=statuses(stage),
        acknowledged=_acknowledged(stage),
        complaints=tuple(_complaints(stage)),
        unsettled=unsettled,
    )


def _shown(stage: SimulationStage) -> Iterator[ShownMessage]:
    world = stage.workspace.world
    for conversation in world.conversations():
        for message in world.timeline(conversation.id).messages():
            if message.user == BOT:
                yield _seen(message)


def _seen(message: Message) -> ShownMessage:
    name = (message.metadata or {}).get("event_payload", {})
    buttons = [
        element["action_id"] for block in message.blocks if block["type"] == "actions" for element in block["elements"]
    ]
    text = "".join(block["text"] for block in message.blocks if block["type"] == "markdown") or message.text
    place = SimulatedThread(message.channel, message.thread_ts or "")
    return ShownMessage(place, message.ts, text, name.get("turn", ""), name.get("page", 0), tuple(buttons))


def _acknowledged(stage: SimulationStage) -> frozenset[tuple[str, str]]:
    acks = {entry.envelope_id for entry in stage.entries if isinstance(entry, AckReceived)}
    envelopes = [entry for entry in stage.entries if isinstance(entry, EnvelopeSent)]
    events = [sent.event for sent in envelopes if sent.envelope["envelope_id"] in acks]
    return frozenset((event["channel"], event["ts"]) for event in events if "channel" in event and "ts" in event)


def _complaints(stage: SimulationStage) -> Iterator[str]:
    for row in stage.rows("PRAGMA integrity_check"):
        if row != ("ok",):
            yield str(row)
    yield from (str(row) for row in stage.rows("PRAGMA foreign_key_check"))
    for life in stage.bots.lives:
        log = life.log.read_text()
        if life.complaint:
            yield life.complaint
        if "Traceback" in log:
            yield f"process {life.number} logged a stack trace"
        if SECRET in log or tokens(log):
            yield f"process {life.number} logged what people say: {tokens(log)[:3]}"
