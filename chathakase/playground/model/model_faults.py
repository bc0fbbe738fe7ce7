"""Faults on demand of the model: what a server of models does on a bad day."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

ModelFault: TypeAlias = Literal["slow", "refuse", "cut", "overload"]

SLOW_SECONDS = 8.0
"""How long a slow answer takes to begin."""
TIMES: Mapping[ModelFault, int] = {"slow": 1, "refuse": 1, "cut": 1, "overload": 5}
"""How many requests meet each; a client asks an overloaded server again, and is to see that it stays so."""
MODEL_FAULTS = get_args(ModelFault)


@dataclass(slots=True)
class ModelFaults:
    """The faults that the next requests meet, one each.

    `slow`: nothing comes for a while. `refuse`: the prompt offends a policy. `cut`: the connection breaks in the middle
    of the answer. `overload`: HTTP 503.
    """

    slow_seconds: float = SLOW_SECONDS
    _ahead: deque[ModelFault] = field(default_factory=deque)

    def add(self, fault: ModelFault) -> int:
        """Let the next requests meet this fault, after what was added before; how many."""
        self._ahead.extend([fault] * TIMES[fault])
        return TIMES[fault]

    def clear(self) -> None:
        """No more faults."""
        self._ahead.clear()

    def take(self) -> ModelFault | None:
        """What the present request meets."""
        return self._ahead.popleft() if self._ahead else None
