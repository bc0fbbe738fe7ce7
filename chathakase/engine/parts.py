"""The parts of the engine, and what each of them needs of the others."""

from functools import cached_property

from chathakase.clock import monotonic
from chathakase.core.errands import Command
from chathakase.core.types import Incoming
from chathakase.engine.above import Above
from chathakase.engine.admission import Admission
from chathakase.engine.asking import Asking
from chathakase.engine.attention import Attention
from chathakase.engine.background import Background, Chore
from chathakase.engine.catch_up import CatchUp
from chathakase.engine.changes import Changes
from chathakase.engine.commands import Commands, Means, find
from chathakase.engine.errands import Errands
from chathakase.engine.hints import Hints
from chathakase.engine.housekeeping import Housekeeping
from chathakase.engine.mind import Mind
from chathakase.engine.outage import Outage
from chathakase.engine.places import Places, Rank
from chathakase.engine.presses import Presses
from chathakase.engine.reading import FileReader
from chathakase.engine.recall import Recall
from chathakase.engine.reception import Reception
from chathakase.engine.requests import Requests
from chathakase.engine.rights import Rights
from chathakase.engine.router import Router
from chathakase.engine.running import Running
from chathakase.engine.saving import Saving
from chathakase.engine.setup import Ports, Setup
from chathakase.engine.strays import Strays
from chathakase.engine.summaries import Summaries
from chathakase.engine.targets import Targets
from chathakase.engine.titles import Titles
from chathakase.engine.turn import TurnRunner
from chathakase.engine.work import Work
from chathakase.engine.writing import Writer


class Parts:
    """Makes each part when it is first asked for, and then it is shared."""

    def __init__(self, ports: Ports, setup: Setup) -> None:
        self._ports = ports
        self._setup = setup
        self._stores = ports.stores
        self._surface = Router(ports.rooms)
        self._agent = setup.terms.agent
        self.mind = Mind(ports.models)
        self._places = Places(setup.concurrency)
        self._running = Running()
        self._admission = Admission(setup.load, monotonic)
        self._hints = Hints(ports.stores.hints)
        self._rights = Rights(self._surface, setup.admins)
        self._targets = Targets(ports.stores.sessions)
        self._saving = Saving(ports.stores.sessions)
        self.outage = Outage(self._surface)

    @cached_property
    def _recall(self) -> Recall:
        stores, ports = self._stores, self._ports
        above = Above(past=self._surface, store=stores.memory, is_command=self._is_command, now=ports.now)
        reader = FileReader(
            stores.files, self._surface, ports.read, self._setup.most_bytes, traits=self._surface.traits
        )
        return Recall(
            store=stores.memory,
            files=stores.files,
            above=above,
            reader=reader,
            surface=self._surface,
            persona=self._setup.persona,
            lens=self.mind.lens,
        )

    def _is_command(self, incoming: Incoming) -> bool:
        return find(incoming, name=self._agent) is not None

    @cached_property
    def _runner(self) -> TurnRunner:
        mind, recall = self.mind, self._recall
        return TurnRunner(
            sessions=self._stores.sessions,
            turns=self._stores.turns,
            recall=recall,
            asking=Asking(recall=recall, model=mind.model, calibration=mind.calibration),
            surface=self._surface,
            running=self._running,
            hints=self._hints,
        )

    @cached_property
    def background(self) -> Background:
        """What is done after turns."""
        return Background(self._chores())

    def _chores(self) -> list[Chore]:
        if self.mind.background is None:
            return []
        writer = Writer(self.mind.background, self._places, Rank.BACKGROUND)
        titles = Titles(memory=self._stores.memory, store=self._stores.titles, writer=writer)
        return [titles.entitle, self._summaries(writer).keep_up]

    def _summaries(self, writer: Writer) -> Summaries:
        return Summaries(
            memory=self._stores.memory,
            store=self._stores.summaries,
            writer=writer,
            surface=self._surface,
            calibration=self.mind.calibration,
            measure=lambda: self.mind.measure(self._setup.persona.max_messages),
        )

    @cached_property
    def work(self) -> Work:
        """What runs turns."""
        return Work(
            turns=self._stores.turns,
            runner=self._runner,
            running=self._running,
            places=self._places,
            background=self.background,
            outage=self.outage,
            offer=self._offer,
            homes=self._surface.homes,
        )

    async def _offer(self, command: Command) -> None:
        # It needs what needs the work.
        await self.requests.promise(command)

    @cached_property
    def _presses(self) -> Presses:
        return Presses(turns=self._stores.turns, work=self.work, running=self._running, rights=self._rights)

    @cached_property
    def _commands(self) -> Commands:
        means = Means(
            stores=self._stores,
            terms=self._setup.terms,
            surface=self._surface,
            presses=self._presses,
            rights=self._rights,
            recall=self._recall,
            summaries=self._summaries(Writer(self.mind.writer, self._places, Rank.COMMAND)),
            examine=self._ports.examine,
            now=self._ports.now,
        )
        return Commands(means)

    @cached_property
    def requests(self) -> Requests:
        """What takes on commands and presses."""
        errands = Errands(
            store=self._stores.errands, commands=self._commands, presses=self._presses, surface=self._surface
        )
        return Requests(
            store=self._stores.errands,
            errands=errands,
            saving=self._saving,
            admission=self._admission,
            targets=self._targets,
            work=self.work,
            homes=self._surface.homes,
            now=self._ports.now,
        )

    @cached_property
    def _attention(self) -> Attention:
        answers = self._setup.terms.follow_ups
        return Attention(sessions=self._stores.sessions, surface=self._surface, name=self._agent, answers=answers)

    @cached_property
    def reception(self) -> Reception:
        """What hears people."""
        return Reception(
            sessions=self._stores.sessions,
            turns=self._stores.turns,
            saving=self._saving,
            requests=self.requests,
            commands=self._commands,
            work=self.work,
            admission=self._admission,
            attention=self._attention,
            hints=self._hints,
            strays=Strays(monotonic),
            targets=self._targets,
            now=self._ports.now,
        )

    @cached_property
    def changes(self) -> Changes:
        """What follows what people change."""
        return Changes(
            store=self._stores.changes,
            running=self._running,
            admission=self._admission,
            find=self._commands.find,
            heed=self._attention.heed,
            wake=self.work.wake,
            submit=self.reception.submit,
            promise=self.requests.promise,
            young=self._setup.young,
            now=self._ports.now,
        )

    @cached_property
    def catch_up(self) -> CatchUp:
        """What looks for what was missed."""
        return CatchUp(
            listening=self._stores.listening,
            homes=self._surface.homes,
            past=self._surface,
            submit=self.reception.submit,
            change=self.changes.take_in,
            young=self._setup.young,
            now=self._ports.now,
        )

    @cached_property
    def housekeeping(self) -> Housekeeping:
        """What keeps the store in order."""
        return Housekeeping(self._stores.forgetting, self._stores.merging, retention=self._setup.terms.retention)
