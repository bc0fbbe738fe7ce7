"""What people are told once and never again, so that nobody has to know it and nobody is bothered by it."""

from chathakase.core.cache import LruCache
from chathakase.core.ports import HintStore
from chathakase.core.types import Place, UserKey

STOOD_BACK = "stood back"
"""That a message is not answered since people talk among themselves."""
NEW_CONVERSATION = "new conversation"
"""That each message at the top level of a direct message begins a new conversation."""

REMEMBERED = 10_000
"""Of how many hints it is remembered that somebody was told them, so that the database is not asked again."""


class Hints:
    """Knows who is to be told what."""

    def __init__(self, store: HintStore) -> None:
        self._store = store
        self._told: LruCache[tuple[UserKey, str], None] = LruCache(REMEMBERED)

    async def is_due(self, hint: str, person: str, place: Place, *, teller: str) -> bool:
        """Whether somebody is to be told something by a turn or a job, which then tells it. Raises StoreError."""
        if self._was_told(person, place, hint):
            return False
        due = await self._store.tell(person, place, hint, teller=teller)
        if not due:
            self._note(person, place, hint)
        return due

    async def is_due_in_a_direct_message(self, person: str, place: Place, *, teller: str) -> bool:
        """Whether somebody who has not gone on with a conversation yet is to be told how. Raises StoreError."""
        if not person or self._was_told(person, place, NEW_CONVERSATION):
            return False
        if await self._store.has_replied(person, place):
            self._note(person, place, NEW_CONVERSATION)
            return False
        return await self.is_due(NEW_CONVERSATION, person, place, teller=teller)

    def _was_told(self, person: str, place: Place, hint: str) -> bool:
        return (place.user_key(person), hint) in self._told

    def _note(self, person: str, place: Place, hint: str) -> None:
        self._told[place.user_key(person), hint] = None
