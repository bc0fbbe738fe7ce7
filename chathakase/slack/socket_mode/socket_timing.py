"""How long the socket waits for what."""

from dataclasses import dataclass

from chathakase.core.retrying import RetryPolicy


@dataclass(frozen=True, slots=True)
class SocketTiming:
    """All in seconds."""

    opening: float = 10.0
    """For each of the two steps of opening a socket: the call that gives its address, and the connection itself."""
    hello: float = 2.0
    """Until a new socket counts as open although Slack has not said hello on it."""
    ping: float = 4.0
    """Between two pings; a socket on which three of them bring nothing back is dead."""
    steady: float = 60.0
    """A socket that lived as long was good: the next one is opened at once, and failures are logged again."""
    first_wait: float = 1.0
    """The least wait between two tries that follow one another."""
    longest_wait: float = 60.0
    """The most that such waits grow to."""
    slow_wait: float = 60.0
    """Between two tries where only a change of the app's settings can help."""
    remind: float = 300.0
    """Between two warnings of an outage that goes on."""
    drain: float = 20.0
    """For which a replaced socket is still listened to; Slack warns ten seconds before it closes one."""
    ghost: float = 120.0
    """For which Slack may still count a socket that ended without a goodbye of its own."""
    send: float = 5.0
    """For one frame to go out."""
    finish: float = 0.8
    """For what is being taken in to be acknowledged, when everything ends."""
    goodbye: float = 0.8
    """For Slack's answer to our goodbye; it is said to leave the TCP connection open after it."""

    @property
    def reopening(self) -> RetryPolicy:
        """How a socket is opened again, until one stays open."""
        return RetryPolicy(
            first_wait=self.first_wait, factor=2, longest_wait=self.longest_wait, jitter=True, at_once=True
        )


USUAL = SocketTiming()
