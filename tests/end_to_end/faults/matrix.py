"""Plays every step under every fault, and says what became of it."""

import asyncio
import json
import logging
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from chathakase.core.errors import trace
from chathakase.playground.faults import ANY
from chathakase.playground.journal import ApiCall, Entry
from tests.end_to_end.faults.fault_kinds import End, Fault
from tests.end_to_end.faults.fault_stage import FaultStage, Stuck, open_stage
from tests.end_to_end.faults.steps import NATIVE, POST, SECRET, UPDATE, Step

AT_ONCE = 20
"""Cases that are played at once."""
BEGIN_AT_ONCE = 2
"""Bots that start at once; with many more, calls would take too long by themselves."""
OUTCOMES = {End.LOST: ["undelivered"], End.FORGOTTEN: []}
"""How the turns of a case end, if not with an answer."""
AFTERWARDS = 0.3
"""Seconds in which nothing more may happen once all is done."""


@dataclass
class CaseResult:
    step: Step
    fault: Fault
    came: str = ""
    """What became of it, in words."""
    wrong: list[str] = field(default_factory=list)
    calls: str = ""
    """Every call that the bot made after the strike, and how it ended."""
    log: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"{self.step.method}, {self.step.name}, {self.fault.name}: {'; '.join(self.wrong)}\n    {self.calls}"


async def run(steps: Iterable[Step]) -> Sequence[CaseResult]:
    """Play steps under all of their faults, many cases at once."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, _logged() as records:
        cases = [_Case(step, fault) for step in steps for fault in step.faults]
        places, doors = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(BEGIN_AT_ONCE)

        async def play(case: _Case, room: Path) -> CaseResult:
            async with places:
                room.mkdir()
                try:
                    return await case.play(room, doors)
                except Exception as error:  # noqa: BLE001 - the other cases go on
                    return case.broken(error)

        results = await asyncio.gather(*(play(case, Path(folder) / str(number)) for number, case in enumerate(cases)))
        for case in cases:
            case.read_log([record.getMessage() for record in records])
        return results


def table(results: Sequence[CaseResult]) -> Iterator[str]:
    """The lines of a Markdown table."""
    yield "| Method | Step | Fault | Outcome |"
    yield "| --- | --- | --- | --- |"
    for result in results:
        came = f"**{'; '.join(result.wrong)}**" if result.wrong else result.came
        yield f"| `{result.step.method}` | {result.step.name} | {result.fault.name} | {came} |"


class _Case:
    def __init__(self, step: Step, fault: Fault) -> None:
        self._step = step
        self._fault = fault
        self._result = CaseResult(step, fault)
        self._since = -1
        self._stage: FaultStage | None = None
        self._end = fault.end or step.end

    async def play(self, room: Path, doors: asyncio.Semaphore) -> CaseResult:
        step, began = self._step, monotonic()
        async with AsyncExitStack() as stack:
            opening = open_stage(
                room,
                step.settings,
                channel=step.channel,
                strike=self._strike,
                struck=self._struck,
                stream_seconds=self._fault.stream_seconds,
            )
            async with doors:
                stage = self._stage = await stack.enter_async_context(opening)
            try:
                await step.play(stage)
                await stage.settled()
                await asyncio.sleep(AFTERWARDS)
            except Stuck as stuck:
                self._result.wrong.append(str(stuck))
            self._look(stage)
        self._result.seconds = monotonic() - began
        return self._result

    def broken(self, error: Exception) -> CaseResult:
        """What is told of a case that could not be played."""
        self._result.wrong.append(f"{trace(error)}: {error}")
        return self._result

    def _strike(self, stage: FaultStage) -> None:
        self._since = len(stage.workspace.journal)
        if self._step.follows and (self._fault.everywhere or self._fault.deed is not None):
            self._await_call(stage, self._step.follows)
        else:
            self._befall(stage)

    def _befall(self, stage: FaultStage) -> None:
        fault = self._fault
        if fault.call_fault is not None:
            method = ANY if fault.everywhere else self._step.method
            stage.workspace.faults.add(method, fault.call_fault, times=fault.times, after=self._step.after)
        if fault.deed is not None:
            fault.deed(stage)

    def _await_call(self, stage: FaultStage, method: str) -> None:
        """Let the fault come as soon as a method has been carried out, before the bot hears of that."""

        def observe(entry: Entry) -> None:
            if isinstance(entry, ApiCall) and entry.method == method and entry.ok:
                end()
                self._befall(stage)

        end = stage.workspace.journal.subscribe(observe)

    def _calls(self, stage: FaultStage) -> list[ApiCall]:
        if self._since < 0:
            return []
        entries = list(stage.workspace.journal)[self._since :]
        return [each for each in entries if isinstance(each, ApiCall) and each.caller == stage.workspace.world.bot.id]

    def _met(self, stage: FaultStage) -> list[ApiCall]:
        """The calls that met the fault."""
        calls = [call for call in self._calls(stage) if call.method == self._step.method]
        return [call for call in calls[self._step.after :] if self._fault.marks(call)]

    def _struck(self, stage: FaultStage) -> bool:
        return len(self._met(stage)) > 0

    def _look(self, stage: FaultStage) -> None:
        wrong = self._result.wrong
        met = self._met(stage)
        if not met or not self._step.aims(met[0]):
            wrong.append("the fault was not met" if not met else "the fault hit another call")
        wrong.extend(self._left_over(stage))
        wrong.extend(self._told(stage))
        wrong.extend(getattr(self, f"_{self._end.name.lower()}")(stage))
        self._result.came = self._described(stage)
        self._result.calls = " ".join(map(_brief, self._calls(stage)))

    def _left_over(self, stage: FaultStage) -> Iterator[str]:
        """What may never be left, whatever happened."""
        if stage.status:
            yield f"the status {stage.status!r} is left"
        if {stream.ts for stream in stage.workspace.world.streams.all()} & {message.ts for message in stage.replies()}:
            yield "a stream is left open"
        buttons = any(block["type"] == "actions" for message in stage.replies() for block in message.blocks)
        # A message that cannot be changed any more keeps its button as well.
        if buttons and self._end is not End.LOST:
            yield "a button is left"
        if stage.rows("SELECT id FROM sessions WHERE asked > answered OR turn IS NOT NULL OR lease_owner IS NOT NULL"):
            yield "the session waits still"
        turns = stage.rows("SELECT outcome, error FROM turns")
        if [turn[0] for turn in turns] != OUTCOMES.get(self._end, ["answered"]):
            yield f"turns are {turns}"

    def _told(self, stage: FaultStage) -> Iterator[str]:
        elsewhere = stage.elsewhere()
        told = [message for message in elsewhere if message.channel == stage.direct]
        if len(told) != len(elsewhere):
            yield f"{len(elsewhere) - len(told)} messages outside of the thread"
        # Rather twice than not at all: nothing says whether a message arrived of which nobody heard.
        doubtful = self._fault.call_fault is not None and self._fault.call_fault.lose_answer
        allowed = (1, 2) if doubtful else (1,)
        if len(told) not in (allowed if self._end is End.LOST else (0,)):
            yield f"told {len(told)} times"

    def _whole(self, stage: FaultStage) -> Iterator[str]:
        text, pages, written = "".join(stage.texts()), len(stage.texts()), stage.mouth.said
        if text.rstrip() != written.rstrip():
            yield f"{pages} messages hold {_difference(text, written)}"
        if stage.files():
            yield f"{len(stage.files())} files besides"
        yield from self._noted(stage)

    def _file(self, stage: FaultStage) -> Iterator[str]:
        text, files, written = "".join(stage.texts()), stage.files(), stage.mouth.said
        if files != [written]:
            yield f"{len(files)} files, whole: {[each == written for each in files]}"
        if len(stage.texts()) != 2 or not written.startswith(text.strip()):
            yield f"{len(stage.texts())} messages hold {_difference(text, written)}"
        yield from self._noted(stage)

    def _lost(self, stage: FaultStage) -> Iterator[str]:
        if stage.mouth.said in "".join(stage.texts()):
            yield "the whole text is there"

    def _forgotten(self, stage: FaultStage) -> Iterator[str]:
        if stage.rows("SELECT 1 FROM messages WHERE role IN ('user', 'assistant')"):
            yield "something is remembered"
        if stage.texts():
            yield f"{len(stage.texts())} messages are left"

    def _noted(self, stage: FaultStage) -> Iterator[str]:
        """Whether the turn knows its messages, in their order."""
        refs = [json.loads(row[0]) for row in stage.rows("SELECT reply_refs FROM turns")]
        shown = [message.ts for message in stage.replies() if not message.files]
        if refs and refs[-1] != shown:
            yield f"of the messages {shown} the turn knows {refs[-1]}"

    def _described(self, stage: FaultStage) -> str:
        what, methods = self._end.value, {call.method for call in self._calls(stage)}
        if self._step.settings == NATIVE and methods & {POST, UPDATE}:
            what += ", streamed no longer"
        if self._step.end is End.FILE and self._end is End.WHOLE:
            what += ", in pages"
        return what

    def read_log(self, lines: Collection[str]) -> None:
        if self._stage is None:
            return
        session = f"{self._stage.channel}_{self._stage.thread.ts}"
        self._result.log = [line for line in lines if session in line]
        if self._end is End.LOST and not any("could not be delivered" in line for line in self._result.log):
            self._result.wrong.append("the loss is not in the log")
        if any(SECRET in line for line in lines):
            self._result.wrong.append("text is in the log")


def _difference(text: str, written: str) -> str:
    if text.count(written) > 1:
        return f"the text {text.count(written)} times"
    if written in text:
        return f"{len(text) - len(written)} characters besides the text"
    return f"{len(text)} of {len(written)} characters, ending with {text[-30:]!r}"


def _brief(call: ApiCall) -> str:
    how = "lost" if call.status == 0 else "" if call.ok else str(call.error or f"HTTP {call.status}")
    return f"{call.method.rpartition('.')[2]}{f'({how})' if how else ''}"


@contextmanager
def _logged() -> Iterator[list[logging.LogRecord]]:
    """Everything that is logged meanwhile."""
    records: list[logging.LogRecord] = []

    class RecordHandler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record)

    root, handler = logging.getLogger(), RecordHandler()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield records
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
