"""Tells what happened in a thread, so that a person can find out what went wrong there."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from chathakase.playground.journal import AckReceived, ApiCall, EnvelopeSent
from tests.simulation.evidence import Evidence, SimulatedThread
from tests.simulation.judge import Flaw
from tests.simulation.simulation_stage import SimulationStage
from tests.simulation.town import BOT
from tests.simulation.words import tokens

MOST = 12
"""Threads of which the story is told, those with the rarest flaws first."""
AROUND = 15.0
"""Seconds before and after a thread's own events in which those of the machine are told as well."""
LOGGED = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) (.*)$")

Line = tuple[float, str]


def stories(stage: SimulationStage, evidence: Evidence, flaws: Sequence[Flaw]) -> Iterator[str]:
    """The stories of the threads with flaws, after the flaws themselves; of the first threads if nothing is wrong."""
    yield f"seed {stage.plan.seed}: {len(flaws)} flaws"
    yield from (f"  {flaw}" for flaw in flaws)
    counts = Counter(flaw.wrong for flaw in flaws)
    rarest = sorted(flaws, key=lambda flaw: counts[flaw.wrong])
    wrong = [flaw.place for flaw in rarest if flaw.place is not None]
    places = list(dict.fromkeys(wrong or [said.place for said in evidence.said]))
    for place in places[:MOST]:
        yield f"\n=== {place.session}"
        yield from (f"!!! {flaw}" for flaw in flaws if flaw.place == place)
        yield from _story(stage, evidence, place)


def traffic(stage: SimulationStage) -> Iterator[str]:
    """Every call of the Web API by the bot, and everything that happened to its processes."""
    calls = [(entry.at, _brief(entry)) for entry in stage.entries if isinstance(entry, ApiCall) and entry.caller == BOT]
    return (f"{at - stage.began:9.3f} {told}" for at, told in sorted([*calls, *_machine(stage)]))


def _story(stage: SimulationStage, evidence: Evidence, place: SimulatedThread) -> Iterator[str]:
    own = sorted(
        [*_said(stage, place), *_traffic(stage, place), *_asked(stage, evidence, place), *_logged(stage, place)]
    )
    if own:
        since, until = own[0][0] - AROUND, own[-1][0] + AROUND
        lines = sorted([*own, *(line for line in _machine(stage) if since < line[0] < until)])
        yield from (f"{at - stage.began:9.3f} {told}" for at, told in lines)
    session = place.session
    yield from (f"    {each}" for each in evidence.sessions if each.id == session)
    yield from (f"    {each}" for each in sorted(evidence.rows, key=lambda row: row.seq) if each.session == session)
    yield from (f"    {each}" for each in evidence.turns_of.get(session, ()))
    yield from (f"    {each}" for each in evidence.shown if each.place == place)


def _said(stage: SimulationStage, place: SimulatedThread) -> Iterator[Line]:
    return ((at, told) for at, told, where in stage.notes if where == place)


def _machine(stage: SimulationStage) -> Iterator[Line]:
    yield from ((at, f"*** {told}") for at, told, where in stage.notes if where is None)
    for life in stage.bots.lives:
        yield life.born, f"*** process {life.number} is started"
        told = life.fate or life.log.read_text().strip().splitlines()[-1:]
        yield life.died, f"*** process {life.number} ends with {life.code}: {told}"


def _traffic(stage: SimulationStage, place: SimulatedThread) -> Iterator[Line]:
    sent: dict[str, str] = {}
    for entry in stage.entries:
        match entry:
            case EnvelopeSent() if _is_of(entry.event, place):
                event, envelope = entry.event, entry.envelope
                sent[envelope["envelope_id"]] = event["ts"]
                told = (
                    f"--> {event['type']} {event['ts']} by socket {entry.socket}, attempt {envelope['retry_attempt']}"
                )
                yield entry.at, told
            case AckReceived() if entry.envelope_id in sent:
                yield entry.at, f"<-- has {sent[entry.envelope_id]}{', overlooked' if entry.held else ''}"
            case ApiCall() if _is_about(entry, place):
                yield entry.at, f"<-- {_brief(entry)}"


def _is_of(event: dict[str, object], place: SimulatedThread) -> bool:
    return event.get("channel") == place.channel and place.thread in (event.get("thread_ts"), event.get("ts"))


def _is_about(call: ApiCall, place: SimulatedThread) -> bool:
    given, answer = call.arguments, call.answer.get("message") or {}
    threads = (given.get("thread_ts"), answer.get("thread_ts"), given.get("ts"))
    return place.channel in (given.get("channel"), given.get("channel_id")) and place.thread in threads


def _brief(call: ApiCall) -> str:
    given, ts = call.arguments, call.answer.get("ts") or call.arguments.get("ts", "")
    name = given["metadata"]["event_payload"] if isinstance(given.get("metadata"), dict) else {}
    page = f"{name.get('turn', '')[:8]}/{name.get('page', '')}"
    text = str(given.get("status") or given.get("text") or "")[:60]
    done = "done, untold" if call.answer.get("ok") else call.error or "not done"
    outcome = "ok" if call.ok else f"{call.status} {done}"
    return f"{call.method} {ts} {page} {text!r}: {outcome}, {call.seconds:.1f} s"


def _asked(stage: SimulationStage, evidence: Evidence, place: SimulatedThread) -> Iterator[Line]:
    own = {said.token for said in evidence.said if said.place == place}
    for request in stage.model.requests:
        if own & {token for _, token in request.heard}:
            heard = " ".join(token if role == "user" else f"({token})" for role, token in request.heard)
            yield request.at, f"??? the model hears {heard}; {request.mood}"


def _logged(stage: SimulationStage, place: SimulatedThread) -> Iterator[Line]:
    for life in stage.bots.lives:
        for line in life.log.read_text().splitlines():
            match = LOGGED.match(line)
            if match and place.session in line and not tokens(line):
                at = datetime.strptime(match[1], "%Y-%m-%d %H:%M:%S,%f").astimezone().timestamp()
                yield at, f"log {life.number}: {match[2]}"
