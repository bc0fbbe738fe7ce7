"""The figures of a simulation: how much of everything there was, and what of it went wrong."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from chathakase.playground.journal import ApiCall, EnvelopeSent
from tests.simulation.deeds import FaultKind, SayKind
from tests.simulation.director import Director
from tests.simulation.evidence import Evidence
from tests.simulation.judge import Flaw, Wrong
from tests.simulation.simulation_stage import SimulationStage
from tests.simulation.town import BOT

Figures = Mapping[str, int]


def figures(
    stage: SimulationStage, director: Director, met: Counter[FaultKind], evidence: Evidence, flaws: Iterable[Flaw]
) -> Figures:
    """Count; ``met`` are the faults that befell calls."""
    return {
        **_people(evidence),
        **_machine(stage, director),
        **_slack(stage, met),
        **{f"model: {mood}": count for mood, count in sorted(Counter(stage.model.moods_used).items())},
        **_flaws(flaws),
    }


def _people(evidence: Evidence) -> Figures:
    kinds = Counter(said.kind for said in evidence.said)
    questions = [said for said in evidence.said if said.kind is SayKind.QUESTION]
    stored = [row for said in questions if (row := evidence.stored(said)) is not None]
    outcomes = Counter(f"turns {turn.outcome}{f' ({turn.error})' if turn.error else ''}" for turn in evidence.turns)
    return {
        "messages of people": len(evidence.said),
        "threads": len({said.place for said in evidence.said if said.kind is not SayKind.CHATTER}),
        "questions": kinds[SayKind.QUESTION],
        "questions handed over": len(stored),
        "questions cleared": sum(row.role == "cleared" for row in stored),
        "questions handed over late": _late(evidence),
        "commands": kinds[SayKind.COMMAND],
        "turns": len(evidence.turns),
        **dict(sorted(outcomes.items())),
        "turns taken up again": sum(turn.run > 1 for turn in evidence.turns),
        "model requests": len(evidence.requests),
    }


def _late(evidence: Evidence) -> int:
    """How many messages came in after one that was said later."""
    late = 0
    newest: dict[str, str] = {}
    for row in sorted(evidence.row_of.values(), key=lambda row: (row.session, row.seq)):
        late += row.ref < newest.get(row.session, "")
        newest[row.session] = max(row.ref, newest.get(row.session, ""))
    return late


def _machine(stage: SimulationStage, director: Director) -> Figures:
    return {
        "processes started": len(stage.bots.lives),
        "processes that could not start": sum(life.could_not_start for life in stage.bots.lives),
        "kills": sum(director.kills.values()),
        **{f"kills {moment}": count for moment, count in sorted(director.kills.items())},
        **{
            f"deeds: {name}": count
            for name, count in sorted(director.deeds.items())
            if name not in ("Kill", "ApiFault")
        },
    }


def _slack(stage: SimulationStage, met: Counter[FaultKind]) -> Figures:
    envelopes = [entry for entry in stage.entries if isinstance(entry, EnvelopeSent)]
    calls = [entry for entry in stage.entries if isinstance(entry, ApiCall) and entry.caller == BOT]
    return {
        "events sent": len(envelopes),
        "events sent again": sum(bool(sent.envelope.get("retry_attempt")) for sent in envelopes),
        "calls of the Web API": len(calls),
        "calls answered with 429": sum(call.status == 429 for call in calls),
        **{f"Web API: {fault}": count for fault, count in sorted(met.items())},
    }


def _flaws(flaws: Iterable[Flaw]) -> Figures:
    found = Counter(flaw.wrong for flaw in flaws)
    return {f"WRONG: {wrong}": found[wrong] for wrong in Wrong}


def total(several: Sequence[Figures]) -> Figures:
    """The sum of several."""
    summed: Counter[str] = Counter()
    for each in several:
        summed.update(each)
    return summed


def table(counted: Figures) -> str:
    """As a Markdown table."""
    width = max(map(len, counted))
    lines = [f"| {name.ljust(width)} | {count:>7,} |" for name, count in counted.items()]
    return "\n".join([f"| {'what'.ljust(width)} | {'count':>7} |", f"| {'-' * width} | ------: |", *lines])
