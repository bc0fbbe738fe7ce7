"""How one message stands in a prompt, and how many tokens it takes there. Pure."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, tzinfo

from chathakase.core.files import Attachment, Image
from chathakase.core.mentions import MENTION
from chathakase.core.moments import clock_in, day_and_time
from chathakase.core.names import Names
from chathakase.core.ports import TokenCounter
from chathakase.core.quoting import CLAMP, attribute, clamp, one_line, quoted
from chathakase.core.token_estimate import IMAGE_TOKENS, MESSAGE_TOKENS
from chathakase.core.types import ChatMessage, Person, Role, StoredMessage

MOST_IMAGES = 8
"""How many pictures a prompt has at most: the newest."""
LEAST = 400
"""Characters to which the parts of a message are cut before older messages of its turn are left out."""


def newest_pictures(messages: Sequence[StoredMessage]) -> Collection[int]:
    """The attachment ids of the newest pictures, as many as a prompt has at most."""
    found: list[int] = []
    for message in reversed(messages):
        found += (attachment.id for attachment in reversed(message.attachments) if attachment.is_image)
        if len(found) >= MOST_IMAGES:
            break
    return frozenset(found[:MOST_IMAGES])


class MessageRendering:
    """Writes messages down for one prompt."""

    def __init__(
        self, people: Mapping[str, Person], names: Names, images: Mapping[int, Image], counter: TokenCounter
    ) -> None:
        self._people = people
        self._names = names
        self._named = names.by_id()
        self._images = images
        self._count = counter.count
        self._speakers: dict[tuple[str, str], tuple[str, str, tzinfo]] = {}
        self._labels: dict[tuple[str, str], int] = {}
        self._costs: dict[int, int] = {}

    def text(self, message: StoredMessage, room: int = CLAMP, *, pictures: bool = True) -> str:
        """A message with who said it and what was attached, each part cut to ``room`` characters."""
        if message.role is Role.ASSISTANT:
            return clamp(message.text, room)
        said = f"{self.label(message)} {quoted(self._with_names(clamp(message.text, room)))}"
        if not message.attachments:
            return said
        return "\n".join((said, *(self._attached(each, room, pictures) for each in message.attachments)))

    def chat_message(self, message: StoredMessage, room: int = CLAMP, *, pictures: bool = True) -> ChatMessage:
        """The same as a part of a prompt."""
        role = "assistant" if message.role is Role.ASSISTANT else "user"
        images = tuple(self._pictures(message)) if pictures and message.attachments else ()
        return ChatMessage(role, self.text(message, room, pictures=pictures), images)

    def label(self, message: StoredMessage) -> str:
        """Who said a message, and when, as their own clock stood then."""
        name, zone, clock = self._speaker(message)
        return f"[{name}, {day_and_time(message.said, clock)} {zone}]" if message.said else f"[{name}]"

    def _with_names(self, text: str) -> str:
        """Say who is mentioned, in the form in which a model may mention them as well."""

        def named(mention: re.Match[str]) -> str:
            name = self._named.get(mention[1])
            return f"<@{mention[1]}|{name}>" if name else mention[0]

        return MENTION.sub(named, text) if "<@" in text else text

    def _speaker(self, message: StoredMessage) -> tuple[str, str, tzinfo]:
        """What somebody is called, and the clock that they go by, with its name."""
        key = (message.author, message.name)
        if key not in self._speakers:
            person, name = self._people.get(message.author), self._names.of(message)
            if message.name or person is None or not person.zone:
                self._speakers[key] = (name, "UTC", UTC)
            else:
                self._speakers[key] = (name, one_line(person.zone), clock_in(person.zone, person.offset))
        return self._speakers[key]

    def cost(self, message: StoredMessage) -> int:
        """Tokens that a message takes in the prompt, pictures included."""
        if id(message) not in self._costs:
            self._costs[id(message)] = self._whole_cost(message)
        return self._costs[id(message)]

    def _whole_cost(self, message: StoredMessage) -> int:
        text = message.text
        if message.tokens and len(text) <= CLAMP:
            if message.role is Role.ASSISTANT:
                return message.tokens + MESSAGE_TOKENS
            if not message.attachments and quoted(text) is text and "<@" not in text:
                return message.tokens + self._label_cost(message) + MESSAGE_TOKENS
        return self.counted(message, CLAMP, pictures=True)

    def least(self, message: StoredMessage) -> int:
        """Tokens that a message takes when it is cut short."""
        return min(self.cost(message), self.counted(message, LEAST, pictures=False))

    def counted(self, message: StoredMessage, room: int, *, pictures: bool) -> int:
        """Tokens that a message takes when it is written so."""
        seen = sum(1 for _ in self._pictures(message)) if pictures else 0
        return self._count(self.text(message, room, pictures=pictures)) + seen * IMAGE_TOKENS + MESSAGE_TOKENS

    def near(self, message: StoredMessage, room: int) -> float:
        """About what it takes with each part cut to ``room`` characters, without counting."""
        parts = [len(message.text), *(len(each.text) for each in message.attachments)]
        return self.cost(message) * sum(min(part, room) for part in parts) / max(sum(min(p, CLAMP) for p in parts), 1)

    def _pictures(self, message: StoredMessage) -> Iterator[Image]:
        return (self._images[each.id] for each in message.attachments if each.id in self._images)

    def _label_cost(self, message: StoredMessage) -> int:
        """Counted once for each author: all times are about as long."""
        key = (message.author, message.name)
        if key not in self._labels:
            self._labels[key] = self._count(self.label(message)) + 1
        return self._labels[key]

    def _attached(self, attachment: Attachment, room: int, pictures: bool) -> str:
        name = one_line(attachment.file.name) or "a file"
        if attachment.text:
            content = quoted(clamp(attachment.text, room, length=attachment.length))
            return f'<file name="{attribute(name)}">\n{content}\n</file>'
        if attachment.is_image:
            if attachment.id not in self._images:
                return f"[attached: {name} – a picture that you cannot see]"
            return f"[attached: {name} – see the picture]" if pictures else f"[attached: {name} – no room for it]"
        if attachment.refusal:
            return f"[attached: {name} – cannot be read: {one_line(attachment.refusal)}]"
        return f"[attached: {name} – {'empty' if attachment.read else 'not read yet'}]"


def widest(fits: Callable[[int], bool], least: int, most: int) -> int:
    """The largest number of characters below ``most`` with which something fits, nearly; ``least`` if it never does."""
    while most - least > max(least // 16, 16):
        middle = (least + most) // 2
        if fits(middle):
            least = middle
        else:
            most = middle
    return least
