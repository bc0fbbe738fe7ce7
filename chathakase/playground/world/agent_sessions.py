"""Agent sessions: what a thread with the app is called, and whether the app is at work in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

SessionStatus: TypeAlias = Literal["processing", "active", "suspended", "closed"]
STATUSES: tuple[SessionStatus, ...] = get_args(SessionStatus)
WORKING = "Working…"
"""What people see while a session is `processing` (docs: ai/agent-sessions)."""


WORKING_SECONDS = 3_600.0
"""How long they see it unless it is said again (docs: ai/agent-sessions)."""


@dataclass(frozen=True, slots=True)
class AgentSession:
    """One thread's session."""

    status: SessionStatus = "active"
    title: str = ""
