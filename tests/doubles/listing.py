"""Lists of threads, in memory."""

from collections.abc import Collection

from chathakase.core.listing import ListedThread, ThreadFilter, ThreadsPage
from chathakase.core.ports import ListingStore
from chathakase.core.types import LastMessage, Place, Role, SessionId, WorkspaceKey
from chathakase.core.usage import DEFAULT_AGENT
from tests.doubles.records import MessageRecord, Records, SessionRecord


class ListingInMemory(ListingStore):
    """Lists threads; it remembers each list whole from its first page on."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._begun: list[list[SessionId]] = []

    async def page(
        self,
        person: str | None,
        workspace: WorkspaceKey,
        *,
        channels: Collection[Place] | None,
        which: ThreadFilter,
        limit: int,
        after: str = "",
    ) -> ThreadsPage:
        await self._records.trips.make("listing.page")
        if person is None:
            raise NotImplementedError
        number, start = self._position(after)
        if number == len(self._begun):
            listed = [each for each in self._records.sessions if _is_chosen(each, which)]
            listed.sort(key=lambda each: (each.active, each.id), reverse=True)
            self._begun.append([each.id for each in listed])
        theirs = [each for each in self._records.sessions if _is_of(each, person, workspace)]
        open_to = {each.id: each for each in theirs if channels is None or _channel(each) in channels}
        left = [(place, open_to[id_]) for place, id_ in enumerate(self._begun[number]) if id_ in open_to]
        here = [(place, each) for place, each in left if place >= start]
        used = max(theirs, key=lambda each: _wrote(each, person), default=None)
        return ThreadsPage(
            tuple(_listed(each, is_last_used=each is used) for _, each in here[:limit]),
            len(left),
            f"{number}.{here[limit][0]}" if len(here) > limit else "",
        )

    def _position(self, after: str) -> tuple[int, int]:
        """Which list a page is of, and where it begins there; that of the next list where it is of none."""
        number, _, start = after.partition(".")
        is_known = number.isdecimal() and start.isdecimal() and int(number) < len(self._begun)
        return (int(number), int(start)) if is_known else (len(self._begun), 0)


def _is_chosen(session: SessionRecord, which: ThreadFilter) -> bool:
    texts = [session.title, *(each.text for each in session.spoken())]
    words = which.words.casefold().split()
    return (
        which.agent in ("", DEFAULT_AGENT)
        and which.archived in (None, bool(session.archived_by))
        and which.since <= session.active
        and (not which.until or session.active < which.until)
        and any(all(word in text.casefold() for word in words) for text in texts)
    )


def _is_of(session: SessionRecord, person: str, workspace: WorkspaceKey) -> bool:
    return session.place.workspace_key == workspace and person in (session.owner, *session.people())


def _channel(session: SessionRecord) -> Place:
    return session.place.beside(session.place.channel)


def _wrote(session: SessionRecord, person: str) -> int:
    wrote = (each.said for each in session.spoken(Role.USER) if each.author == person and not each.name)
    return max(wrote, default=0)


def _listed(session: SessionRecord, *, is_last_used: bool) -> ListedThread:
    spoken = session.spoken()
    return ListedThread(
        session=session.id,
        place=session.place,
        title=session.title,
        agent=DEFAULT_AGENT,
        owner=session.owner,
        messages=len(spoken),
        exchanges=sum(each.reply_to is not None for each in spoken),
        last=_last(spoken[-1]) if spoken else None,
        active=session.active,
        archived=bool(session.archived_by),
        is_last_used=is_last_used,
    )


def _last(message: MessageRecord) -> LastMessage:
    at = message.said // 1000 if message.reply_to is None else message.at
    return LastMessage(message.text[:100], message.author, at)
