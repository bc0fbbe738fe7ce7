"""How many examples each property is tried with; they are the same on any machine, however long they take there."""

from hypothesis import HealthCheck, settings

WHOLE = "whole"
USUAL = 100

settings.register_profile(
    WHOLE,
    max_examples=USUAL,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
# For work in between, by `--hypothesis-profile`.
settings.register_profile("tenth", settings.get_profile(WHOLE), max_examples=USUAL // 10)


def examples(number: int) -> int:
    """So many as a property wants where it does not want as many as usual, or the same share of them."""
    return max(1, number * settings().max_examples // USUAL)
