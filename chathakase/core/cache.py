"""A cache that forgets what nobody used for longest, never everything at once."""

from collections import OrderedDict
from collections.abc import Hashable, Iterator, MutableMapping
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class LruCache(MutableMapping[K, V]):
    """As many entries as there is room for: a new one takes the place of the one that was used longest ago.

    To look an entry up is to use it, and so is to ask whether there is one.
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._entries: OrderedDict[K, V] = OrderedDict()

    def __getitem__(self, key: K) -> V:
        self._entries.move_to_end(key)
        return self._entries[key]

    def __setitem__(self, key: K, value: V) -> None:
        self._entries[key] = value
        self._entries.move_to_end(key)
        if len(self._entries) > self._room:
            self._entries.popitem(last=False)

    def __delitem__(self, key: K) -> None:
        del self._entries[key]

    def __iter__(self) -> Iterator[K]:
        """The keys, the one that was used longest ago first; whoever looks each up leaves that order as it is."""
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)
