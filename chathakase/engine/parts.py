"""The parts of the engine, and what each of them needs of the others."""

from functools import cached_property, partial

from chathakase.clock import monotonic
from chathakase.core.jobs import Command, Job
from chathakase.core.types import Incoming
from chathakase.engine.access.access import Access
from chathakase.engine.access.admission import Admission
from chathakase.engine.access.limit_notices import LimitNotices
from chathakase.engine.access.muted_channels import MutedChannels
from chathakase.engine.access.rights import Rights
from chathakase.engine.commands import CommandContext, Commands, Said, find
from chathakase.engine.context.context_builder import ContextBuilder
from chathakase.engine.context.file_reader import FileReader
from chathakase.engine.context.summaries import Summaries
from chathakase.engine.context.thread_backfill import ThreadBackfill
from chathakase.engine.context.titles import Titles
from chathakase.engine.intake.attention import Attention
from chathakase.engine.intake.catch_up import CatchUp
from chathakase.engine.intake.deferred import Deferred
from chathakase.engine.intake.edits import Edits
from chathakase.engine.intake.intent import Intent
from chathakase.engine.intake.message_saver import MessageSaver
from chathakase.engine.intake.new_threads import NewChats
from chathakase.engine.intake.reception import Reception
from chathakase.engine.intake.reorder_buffer import ReorderBuffer
from chathakase.engine.intake.requests import Requests
from chathakase.engine.intake.targets import CommandTargets
from chathakase.engine.jobs.housekeeping import Housekeeping
from chathakase.engine.jobs.job_handler import JobHandler
from chathakase.engine.listings.person_threads import PersonThreads
from chathakase.engine.listings.readable_channels import ReadableChannels
from chathakase.engine.model.model_slots import ModelSlots, Rank
from chathakase.engine.model.models import Models
from chathakase.engine.model.writer import Writer
from chathakase.engine.overviews.admin_overview import AdminOverviews
from chathakase.engine.overviews.overview_reader import OverviewReader
from chathakase.engine.overviews.watchers import Watchers
from chathakase.engine.router import Router
from chathakase.engine.setup import Ports, Setup
from chathakase.engine.turns.active_turns import ActiveTurns
from chathakase.engine.turns.asking import Asking
from chathakase.engine.turns.background import Background, Due
from chathakase.engine.turns.heartbeat import Heartbeat
from chathakase.engine.turns.hints import Hints
from chathakase.engine.turns.interactions import Interactions
from chathakase.engine.turns.lull import Lull
from chathakase.engine.turns.outage import Outage
from chathakase.engine.turns.scheduler import TurnScheduler
from chathakase.engine.turns.turn_runner import TurnRunner
from chathakase.engine.turns.upkeep import Upkeep
from chathakase.engine.usage.usage_reports import UsageReports


class Parts:
    """Makes each part when it is first asked for, and then it is shared."""

    def __init__(self, ports: Ports, setup: Setup) -> None:
        self._ports = ports
        self._setup = setup
        self._stores = ports.stores
        self._surface = Router(ports.adapters)
        self._agent = setup.terms.agent
        self.models = Models(ports.models)
        self._slots = ModelSlots(setup.concurrency)
        self._active_turns = ActiveTurns()
        self._lull = Lull()
        self.heartbeat = Heartbeat(ports.stores.turns, ports.stores.jobs, self._active_turns.recheck)
        self._admission = Admission(setup.load, monotonic)
        self._rights = Rights(self._surface, ports.stores.sessions, setup.admins)
        self.muted_channels = MutedChannels(ports.stores.muting, self._surface.workspaces)
        self._access = Access(
            self._surface, ports.stores.sessions, setup.access, self._rights, self.muted_channels, monotonic
        )
        self._deferred = Deferred(self._access)
        self._hints = Hints(ports.stores.hints)
        self._limit_notices = LimitNotices(self._surface)
        self._targets = CommandTargets(ports.stores.sessions)
        self._saver = MessageSaver(ports.stores.sessions)
        self.outage = Outage(self._surface, self.muted_channels)
        self.watchers = Watchers(ports.stores.overviews, self._surface, self._surface.workspaces)

    @cached_property
    def _context_builder(self) -> ContextBuilder:
        stores, ports = self._stores, self._ports
        backfill = ThreadBackfill(
            history=self._surface, store=stores.memory, is_command=self._is_command, now=ports.now
        )
        reader = FileReader(
            stores.files, self._surface, ports.read, self._setup.most_bytes, traits=self._surface.traits
        )
        return ContextBuilder(
            store=stores.memory,
            files=stores.files,
            backfill=backfill,
            reader=reader,
            surface=self._surface,
            persona=self._setup.persona,
            model_window=self.models.model_window,
        )

    def _is_command(self, incoming: Incoming) -> bool:
        return find(incoming, name=self._agent) is not None

    @cached_property
    def _runner(self) -> TurnRunner:
        models, context_builder = self.models, self._context_builder
        return TurnRunner(
            sessions=self._stores.sessions,
            turns=self._stores.turns,
            context_builder=context_builder,
            asking=Asking(context_builder=context_builder, model=models.model, calibration=models.calibration),
            surface=self._surface,
            active_turns=self._active_turns,
            heartbeat=self.heartbeat,
            hints=self._hints,
        )

    @cached_property
    def background(self) -> Background:
        """What is done after turns."""
        return Background(self._upkeep(), self._lull)

    def _upkeep(self) -> Due | None:
        if self.models.background is None:
            return None
        writer = Writer(self.models.background, self._slots, Rank.BACKGROUND)
        stores, changed = self._stores, self.watchers.changed
        titles = Titles(memory=stores.memory, store=stores.titles, writer=writer, changed=changed)
        return Upkeep(memory=self._stores.memory, titles=titles, summaries=self._summaries(writer)).due

    def _summaries(self, writer: Writer) -> Summaries:
        return Summaries(
            memory=self._stores.memory,
            store=self._stores.summaries,
            writer=writer,
            surface=self._surface,
            calibration=self.models.calibration,
            threshold=lambda: self.models.threshold(self._setup.persona.max_messages),
        )

    @cached_property
    def scheduler(self) -> TurnScheduler:
        """What runs turns."""
        return TurnScheduler(
            turns=self._stores.turns,
            runner=self._runner,
            active_turns=self._active_turns,
            slots=self._slots,
            background=self.background,
            lull=self._lull,
            outage=self.outage,
            offer=self._offer,
            access=self._access,
            turn_away=self._turn_away,
            changed=self.watchers.changed,
            workspaces=self._surface.workspaces,
        )

    async def _turn_away(self, word: Command) -> None:
        await self.requests.turn_away(word)

    async def _offer(self, command: Command) -> None:
        # The requests need the scheduler, which needs this.
        await self.requests.enqueue(command)

    @cached_property
    def _interactions(self) -> Interactions:
        return Interactions(
            turns=self._stores.turns,
            scheduler=self.scheduler,
            active_turns=self._active_turns,
            rights=self._rights,
            limit_notices=self._limit_notices,
        )

    @cached_property
    def _usage_reports(self) -> UsageReports:
        terms = self._setup.terms
        return UsageReports(
            self._stores.usage,
            self._surface,
            agent=terms.agent,
            prices=terms.prices,
            limits=terms.daily_limits,
            now=self._ports.now,
        )

    @cached_property
    def _commands(self) -> Commands:
        context = CommandContext(
            stores=self._stores,
            terms=self._setup.terms,
            surface=self._surface,
            interactions=self._interactions,
            rights=self._rights,
            limit_notices=self._limit_notices,
            muted_channels=self.muted_channels,
            context_builder=self._context_builder,
            summaries=self._summaries(Writer(self.models.writer, self._slots, Rank.COMMAND)),
            usage_reports=self._usage_reports,
            charts=self._ports.charts,
            deleting=self.watchers.deleting,
            diagnose=self._ports.diagnose,
            now=self._ports.now,
        )
        return Commands(context)

    @cached_property
    def requests(self) -> Requests:
        """What takes commands and interactions."""
        handler = JobHandler(
            store=self._stores.jobs,
            heartbeat=self.heartbeat,
            commands=self._commands,
            interactions=self._interactions,
            surface=self._surface,
            access=self._access,
            take_up=self._take_up,
            start_chat=self._start_chat,
        )
        return Requests(
            store=self._stores.jobs,
            handler=handler,
            saver=self._saver,
            admission=self._admission,
            access=self._access,
            targets=self._targets,
            scheduler=self.scheduler,
            changed=self.watchers.changed,
            workspaces=self._surface.workspaces,
            now=self._ports.now,
        )

    async def _take_up(self, command: Command) -> None:
        # What takes in messages and changes needs the requests, which need this.
        hear, follow = partial(self.reception.submit, settled=True), partial(self.edits.take_in, settled=True)
        await self._deferred.take_up(command, hear=hear, follow=follow)

    async def _start_chat(self, job: Job) -> Said | None:
        # Likewise.
        return await self._new_chats.start(job)

    @cached_property
    def _new_chats(self) -> NewChats:
        stores = self._stores
        return NewChats(
            surface=self._surface,
            sessions=stores.sessions,
            titles=stores.titles,
            usage=stores.usage,
            access=self._access,
            admission=self._admission,
            limits=self._setup.terms.daily_limits,
            limit_notices=self._limit_notices,
            waiting=self.scheduler.waiting,
            submit=partial(self.reception.submit, settled=True),
            now=self._ports.now,
        )

    @cached_property
    def _attention(self) -> Attention:
        answers = self._setup.terms.follow_ups
        return Attention(sessions=self._stores.sessions, surface=self._surface, name=self._agent, answers=answers)

    @property
    def _intent(self) -> Intent:
        stores = self._stores
        return Intent(sessions=stores.sessions, turns=stores.turns, scheduler=self.scheduler, name=self._agent)

    @cached_property
    def reception(self) -> Reception:
        """What hears people."""
        return Reception(
            sessions=self._stores.sessions,
            turns=self._stores.turns,
            saver=self._saver,
            requests=self.requests,
            commands=self._commands,
            scheduler=self.scheduler,
            admission=self._admission,
            access=self._access,
            deferred=self._deferred,
            attention=self._attention,
            intent=self._intent,
            hints=self._hints,
            reorder_buffer=ReorderBuffer(monotonic),
            targets=self._targets,
            now=self._ports.now,
        )

    @cached_property
    def edits(self) -> Edits:
        """What follows what people change."""
        return Edits(
            store=self._stores.changes,
            active_turns=self._active_turns,
            admission=self._admission,
            access=self._access,
            deferred=self._deferred,
            find=self._commands.find,
            address=self._attention.address,
            wake=self.scheduler.wake,
            submit=self.reception.submit,
            enqueue=self.requests.enqueue,
            enqueue_anyway=self.requests.enqueue_anyway,
            changed=self.watchers.changed,
            young=self._setup.young,
            now=self._ports.now,
        )

    @cached_property
    def catch_up(self) -> CatchUp:
        """What looks for what was missed."""
        return CatchUp(
            listening=self._stores.listening,
            workspaces=self._surface.workspaces,
            history=self._surface,
            submit=self.reception.submit,
            change=self.edits.take_in,
            young=self._setup.young,
            now=self._ports.now,
        )

    @cached_property
    def overviews(self) -> OverviewReader:
        """What tells people of all their threads at once."""
        stores, terms = self._stores, self._setup.terms
        admin = AdminOverviews(stores.admin, self._usage_reports, self.muted_channels, self._rights)
        return OverviewReader(
            threads=PersonThreads(stores.listing, stores.search, self._surface),
            readable=ReadableChannels(stores.search, self._surface),
            store=stores.overviews,
            sessions=stores.sessions,
            titles=stores.titles,
            access=self._access,
            rights=self._rights,
            watchers=self.watchers,
            used=self._usage_reports.today,
            admin=admin.read,
            agent=terms.agent,
            model=terms.model,
            now=self._ports.now,
        )

    @cached_property
    def housekeeping(self) -> Housekeeping:
        """What keeps the store in order."""
        return Housekeeping(self._stores, retention=self._setup.terms.retention)
