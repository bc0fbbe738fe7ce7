"""What sessions remember as a prompt needs it, in memory."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from chathakase.core.files import Attachment, Image, Reading
from chathakase.core.memory import Memory, SessionProgress, Summary, TitleBy
from chathakase.core.ports import FileStore, MemoryStore, SummaryStore, TitleStore
from chathakase.core.quoting import CLAMP
from chathakase.core.token_estimate import IMAGE_TOKENS
from chathakase.core.types import Incoming, Lease, Role, SessionId, TurnAction, Usage
from tests.doubles.records import MessageRecord, Records, SessionRecord, record_of


class MemoriesInMemory(MemoryStore):
    """Tells what a session remembers."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def memory(self, session: SessionId, *, lease: Lease | None = None, limit: int, tokens: int) -> Memory:
        await self._records.trips.make("memory.memory")
        record = self._records.session(session)
        if record is None:
            return Memory(())
        asked = list(_asked(record, lease))
        room = tokens - sum(self._tokens(each) for each in asked)
        before = [each for each in record.spoken() if lease is None or (each.reply_to or each.seq) <= lease.since]
        older = self._newest(before, limit + 1 - len(asked), room, record.summary)
        opening = next(iter(record.spoken(Role.USER)), None)
        return Memory(
            tuple(each.seen(self._records.count) for each in (*older, *asked)),
            opening=opening.seen(self._records.count) if opening else None,
            summary=record.summary,
            total=len(record.spoken()),
            title=record.title,
            title_by=record.title_by,
            backfilled=record.backfilled,
            generation=record.generation,
            people=tuple(record.people()),
            asked=len(asked),
        )

    async def progress(self, session: SessionId, *, limit: int) -> SessionProgress:
        await self._records.trips.make("memory.progress")
        record = self._records.session(session)
        if record is None:
            return SessionProgress()
        spoken, upto = record.spoken(), record.summary.upto if record.summary else 0
        uncovered = [each.seen(self._records.count) for each in spoken if each.said > upto]
        tokens = sum(each.tokens + sum(map(_tokens_of_file, each.attachments)) for each in uncovered[-limit:])
        is_answered = any(each.role is Role.ASSISTANT for each in spoken)
        covered = record.summary.messages if record.summary else 0
        return SessionProgress(record.title_by, is_answered, len(spoken) - covered, tokens)

    def _newest(
        self, messages: Sequence[MessageRecord], most: int, tokens: int, summary: Summary | None
    ) -> list[MessageRecord]:
        """The newest that have room, and the one included that finds none any more."""
        taken = list[MessageRecord]()
        for each in reversed(messages[-most:] if most > 0 else ()):
            taken.insert(0, each)
            tokens -= self._tokens(each)
            if tokens < 0 or (summary is not None and each.said <= summary.upto):
                break
        return taken

    def _tokens(self, message: MessageRecord) -> int:
        return self._records.count(message.text)

    async def add_earlier(self, session: SessionId, messages: Sequence[Incoming]) -> int:
        await self._records.trips.make("memory.add_earlier")
        record = self._records.session(session)
        if record is None or record.backfilled:
            return 0
        known = {each.ref for each in record.messages} | set(_of_ours(record))
        new = sorted((each for each in messages if each.ref not in known), key=lambda each: each.said)
        answered = max((each.said for each in new if each.ours), default=0)
        lowest = min(0, *(each.seq for each in record.messages))
        for seq, each in enumerate(new, lowest - len(new)):
            said = replace(each, author="" if each.ours else each.author)
            role = Role.ASSISTANT if each.ours else Role.USER
            above = record_of(said, seq, role=role, asks=each.asks and each.said > answered)
            record.messages.append(above)
            self._records.add_files(above, each.files)
            record.invalidate(each.said)
        record.backfilled = True
        return len(new)


def _asked(session: SessionRecord, lease: Lease | None) -> Iterator[MessageRecord]:
    """What a turn answers, and its own earlier answer if it goes on with that."""
    if lease is not None:
        yield from (each for each in session.spoken(Role.USER) if lease.since < each.seq <= lease.upto)
    if lease is not None and lease.action is TurnAction.CONTINUE:
        yield from (each for each in session.spoken(Role.ASSISTANT) if each.ref == lease.turn)


def _tokens_of_file(file: Attachment) -> int:
    return IMAGE_TOKENS if file.is_image else min(file.length, CLAMP) // 3


def _of_ours(session: SessionRecord) -> Iterator[str]:
    """The ids of the messages that we have written."""
    for turn in session.turns.values():
        yield from turn.refs
    if session.claim is not None:
        yield from session.claim.refs


class FilesInMemory(FileStore):
    """Remembers what files hold."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def unread(self, session: SessionId, *, limit: int) -> list[Attachment]:
        await self._records.trips.make("files.unread")
        record = self._records.session(session)
        newest = reversed(record.spoken()) if record else ()
        return [each for message in newest for each in message.attachments if not each.read][:limit]

    async def note_reading(self, attachment: int, reading: Reading) -> None:
        await self._records.trips.make("files.note_reading")
        for message in (message for each in self._records.sessions for message in each.messages):
            message.attachments = [
                _read(each, reading) if each.id == attachment else each for each in message.attachments
            ]
        if reading.image is not None:
            self._records.images[attachment] = reading.image

    async def images(self, attachments: Collection[int]) -> Mapping[int, Image]:
        await self._records.trips.make("files.images")
        return {id_: image for id_, image in self._records.images.items() if id_ in attachments}


def _read(attachment: Attachment, reading: Reading) -> Attachment:
    about = {"text": reading.text, "refusal": reading.refusal, "length": len(reading.text)}
    return replace(attachment, read=True, is_image=reading.image is not None, **about)  # type: ignore[arg-type]


class SummariesInMemory(SummaryStore):
    """Remembers summaries."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def to_summarise(self, session: SessionId, *, keep: int, limit: int) -> Memory:
        await self._records.trips.make("summaries.to_summarise")
        record = self._records.session(session)
        if record is None:
            return Memory(())
        upto = record.summary.upto if record.summary else -1
        behind = [each for each in record.spoken() if each.said > upto]
        told = [each for each in behind[: max(len(behind) - keep, 0)][:limit] if not _waits(record, each)]
        if told and told[-1].role is not Role.ASSISTANT:
            told.pop()
        messages = tuple(each.seen(self._records.count) for each in told)
        people = tuple(record.people())
        return Memory(messages, summary=record.summary, generation=record.generation, people=people)

    async def summarised(
        self, session: SessionId, summary: Summary, *, instead_of: Memory, usage: Usage, by: str = ""
    ) -> bool:
        await self._records.trips.make("summaries.summarised")
        record = self._records.session(session)
        if record is not None:
            self._records.spend(record, summary.model, usage, by=by)
        if record is None or record.generation != instead_of.generation:
            return False
        record.generation += 1
        record.summary = replace(summary, version=record.generation)
        return True

    async def spent(self, session: SessionId, model: str, usage: Usage, *, by: str) -> None:
        await self._records.trips.make("summaries.spent")
        if (record := self._records.session(session)) is not None:
            self._records.spend(record, model, usage, by=by)


def _waits(session: SessionRecord, message: MessageRecord) -> bool:
    """Whether a message waits for an answer, or was said after one that does."""
    again = [
        turn for turn in session.turns.values() if turn.action or (session.claim and session.claim.turn == turn.id)
    ]
    first = min(again, key=lambda turn: turn.upto, default=None)
    waiting = session.questions(session.since(first) if first else session.answered)
    return any(each.said <= message.said for each in waiting)


class TitlesInMemory(TitleStore):
    """Remembers what sessions are called."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def title(self, session: SessionId) -> str | None:
        await self._records.trips.make("titles.title")
        record = self._records.session(session)
        return record.title if record else None

    async def set_title(
        self,
        session: SessionId,
        title: str,
        *,
        by: TitleBy,
        usage: Usage | None = None,
        model: str = "",
        made_of: Memory | None = None,
    ) -> bool:
        await self._records.trips.make("titles.set_title")
        record = self._records.session(session)
        if record is not None and usage is not None:
            self._records.spend(record, model, usage, by="")
        is_stale = made_of is not None and record is not None and made_of.generation != record.generation
        if record is None or is_stale or (record.title_by not in (None, TitleBy.RULE) and by is not TitleBy.PERSON):
            return False
        record.set_title(title, by)
        return True
