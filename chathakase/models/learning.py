"""What is learnt of a model from what its server refuses, and for how long that is believed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from time import monotonic

from chathakase.models.concessions import Concession
from chathakase.models.shape import Shape

BELIEVED = 3_600.0
"""Seconds after which what was refused is asked for again, and what was taken may have changed."""

Clock = Callable[[], float]


@dataclass(slots=True)
class Learning:
    """How to put requests to one model, as far as that is known.

    Behind one address there may be several models, so what was taken lately outweighs a refusal, which then changes
    only the request that met it.
    """

    begin: Shape
    clock: Clock = monotonic
    _refused: dict[str, tuple[Concession, float]] = field(default_factory=dict)
    """By subject: what was conceded, and until when."""
    _taken: dict[str, tuple[int, float]] = field(default_factory=dict)
    """By subject: how much the server took, and until when that counts."""

    def shape(self) -> Shape:
        """How to put the next request."""
        now = self.clock()
        believed = [concession for concession, until in self._refused.values() if until > now]
        return reduce(lambda shape, concession: concession.change(shape), believed, self.begin)

    def refused(self, concession: Concession) -> None:
        """Note what had to be conceded, unless it is not lasting, or as much was taken lately."""
        taken, until = self._taken.get(concession.subject, (0, 0.0))
        if concession.lasting and not (taken > concession.most and until > self.clock()):
            self.insist(concession)

    def insist(self, concession: Concession) -> None:
        """Note what must be conceded, whatever was taken."""
        self._refused.pop(concession.subject, None)
        self._refused[concession.subject] = (concession, self.clock() + BELIEVED)

    def took(self, asked: Mapping[str, int]) -> None:
        """Note how much a server took, by subject."""
        now = self.clock()
        for subject, amount in asked.items():
            taken, until = self._taken.get(subject, (0, 0.0))
            if amount >= taken or until <= now:
                self._taken[subject] = (amount, now + BELIEVED)
