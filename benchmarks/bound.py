"""The earliest moment at which the last of many replies can stand, by Slack's rate limits alone.

N replies end at the same moment, T, and began `ahead` seconds earlier. Each needs one post. A reply is either posted
whole after T, which takes one chat.postMessage of its channel and of the workspace, or it was posted before T and is
edited after it, which takes one chat.update. So with E replies edited and N − E posted whole,

    edits:      (E − 20) / (50/60) seconds, since chat.update takes 20 at once and 50 a minute
    channel:    (posts after T − what its bucket holds at T) / 1, since a channel takes 5 at once and one a second
    workspace:  (N − E − what its bucket holds at T) / 5, since all channels take 100 at once and 300 a minute

none below 0. A bucket that takes 5 at once and had to take e posts before T holds min(5, 5 − e + ahead) at T, and
cannot have taken more than 5 + ahead. The bound is the longest of the three, for the E with which that is shortest; the
edited replies are spread evenly over the channels, as all replies are. It leaves out what text in between would cost,
and native streams, which would add a budget of their own.
"""

import math

from chathakase.playground.web_api.tiers import POST_PER_CHANNEL, Rate, Tier


def bound(replies: int, channels: int, ahead: float) -> float:
    """Seconds after the end of so many replies, in so many channels, that began `ahead` seconds before it."""
    return min(_last(replies, channels, ahead, edited) for edited in range(replies + 1))


def _last(replies: int, channels: int, ahead: float, edited: int) -> float:
    """The seconds, if so many replies are edited and the others posted whole."""
    shares = zip(_spread(edited, channels), _spread(replies, channels), strict=True)
    return max(
        _seconds(Tier.THREE.value, 0, edited, ahead),
        _seconds(Tier.POST.value, edited, replies - edited, ahead),
        *(_seconds(POST_PER_CHANNEL, before, every - before, ahead) for before, every in shares),
    )


def _spread(count: int, channels: int) -> list[int]:
    return [count // channels + (number < count % channels) for number in range(channels)]


def _seconds(rate: Rate, before: int, after: int, ahead: float) -> float:
    """How long a bucket needs for the calls after the end, when it had to take those before."""
    regained = ahead * rate.per_minute / 60
    if before > rate.burst + regained:
        return math.inf
    held = min(float(rate.burst), rate.burst - before + regained)
    return max(0.0, (after - held) * 60 / rate.per_minute)
