"""How a prompt is put to a server. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from chathakase.core.types import Prompt
from chathakase.models.chat_messages import has_system, messages_of, pictures_in

LENGTHS = ("max_tokens", "max_completion_tokens")
"""What bounds an answer."""
STREAM_OPTIONS = "stream_options"
"""What is asked of a stream, and refused where there is none."""
ANY = 1_000
"""More pictures than there ever are."""
PICTURES, SYSTEM, LENGTH = "pictures", "system", "length"
"""What a request asks for besides its options, by name."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a request is like, whatever the prompt."""

    options: Mapping[str, Any]
    pictures: int = ANY
    """How many it has at most."""
    system: bool = True
    """The system prompt is a message of its own; else it begins people's first."""

    @property
    def length(self) -> int:
        """Tokens of the longest answer that is asked for; 0 where that is left to the server."""
        return max((self.options.get(name, 0) for name in LENGTHS), default=0)

    def body(self, model: str, prompt: Prompt, *, streamed: bool = True) -> dict[str, Any]:
        """The body of a request for an answer, streamed or in one piece."""
        messages = messages_of(prompt, pictures=self.pictures, system=self.system)
        options = {name: value for name, value in self.options.items() if streamed or name != STREAM_OPTIONS}
        return {"model": model, "messages": messages, "stream": streamed, **options}

    def asks_for(self, prompt: Prompt) -> dict[str, int]:
        """How much a request asks for of all that a server can refuse, by its name."""
        besides = {PICTURES: self.shown(prompt), SYSTEM: int(self.system and has_system(prompt)), LENGTH: self.length}
        return {**dict.fromkeys(self.options, 1), **besides}

    def shown(self, prompt: Prompt) -> int:
        """How many pictures of a prompt are shown."""
        return min(self.pictures, pictures_in(prompt))

    def unseen(self, prompt: Prompt) -> int:
        """How many pictures of a prompt's last chat message are not shown."""
        newest = sum(len(chat_message.images) for chat_message in prompt.chat_messages[-1:])
        return max(newest - self.shown(prompt), 0)

    def without(self, option: str, *, instead: str | None = None) -> "Shape":
        """The same without an option, or with it under another name."""
        options = {name: value for name, value in self.options.items() if name != option}
        if instead is not None and option in self.options:
            options[instead] = self.options[option]
        return replace(self, options=options)

    def no_longer_than(self, tokens: int) -> "Shape":
        """The same with no longer an answer asked for; with 0 its length is left to the server."""
        if not tokens:
            return replace(self, options={name: value for name, value in self.options.items() if name not in LENGTHS})
        shorter = {name: min(self.options[name], tokens) for name in LENGTHS if name in self.options}
        return replace(self, options={**self.options, **shorter})
