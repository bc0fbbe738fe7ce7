"""What people are called where several of them may be called alike. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from chathakase.core.invisible import skeleton
from chathakase.core.quoting import called, one_line
from chathakase.core.types import StoredMessage

SHORTEST = 4
"""Characters of an id that tell its owner from somebody of the same name, if they do."""

_NOBODY = "\n"
"""An id that nobody has."""

Speaker = tuple[str, str]
"""A user id and an empty text; or the id of a bot, and the name under which it speaks."""


class Names:
    """The names of a thread's people and bots, no two of which read alike."""

    def __init__(
        self,
        people: Mapping[str, str],
        messages: Iterable[StoredMessage] = (),
        *,
        bots: str = "{} (bot)",
        taken: Collection[str] = (),
    ) -> None:
        """``people`` are names by user id; ``bots`` is how those are called that speak in ``messages``.

        Whoever has no name is called by their id, and nobody by a name that is ``taken``.
        """
        speakers = {(id_, ""): _called(name, id_) for id_, name in people.items()}
        speakers |= {
            (each.author, each.name): bots.format(_called(each.name, each.author)) for each in messages if each.name
        }
        self._names = told_apart(speakers, taken=taken)

    def of(self, message: StoredMessage) -> str:
        """Who said a message."""
        return self._names.get((message.author, message.name)) or _called(message.name, message.author)

    def by_id(self) -> Mapping[str, str]:
        """The names of people, by user id."""
        return {id_: name for (id_, bot), name in self._names.items() if not bot}

    def listed(self, ids: Sequence[str]) -> list[str]:
        """The names of some people, in that order."""
        return [self._names.get((id_, "")) or one_line(id_) for id_ in ids]


def _called(name: str, id_: str) -> str:
    return called(name) or one_line(id_)


def told_apart(names: Mapping[Speaker, str], *, taken: Collection[str] = ()) -> Mapping[Speaker, str]:
    """The same names; behind those that read like somebody else's stands the end of their owner's id.

    Of two that are still alike, more of it does, up to the whole. Nobody is called by a name that is ``taken``.
    """
    shown, lengths = dict(names), dict.fromkeys(names, 0)
    reserved = _marked(names) | {skeleton(name): {_NOBODY} for name in taken}
    while alike := [each for each in _alike(shown, reserved) if lengths[each] < len(each[0])]:
        for speaker in alike:
            lengths[speaker] += SHORTEST
            shown[speaker] = f"{names[speaker]} ({speaker[0][-lengths[speaker] :]})"
    return shown


def _marked(names: Mapping[Speaker, str]) -> dict[str, set[str]]:
    """Whose names may come to read how: nobody is called what somebody else would be called with a mark."""
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for (id_, _), name in names.items():
        read = skeleton(name)
        for length in range(SHORTEST, len(id_) + SHORTEST, SHORTEST):
            owners[f"{read}({id_[-length:].casefold()})"].add(id_)
    return owners


def _alike(shown: Mapping[Speaker, str], reserved: Mapping[str, Collection[str]]) -> list[Speaker]:
    groups: defaultdict[str, list[Speaker]] = defaultdict(list)
    for speaker, name in shown.items():
        groups[skeleton(name)].append(speaker)
    return [
        speaker
        for read, group in groups.items()
        if len({id_ for id_, _ in group}.union(reserved.get(read, ()))) > 1
        for speaker in group
    ]
