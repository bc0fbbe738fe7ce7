"""The views that people have open: a stack of modals each, and a Home tab."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.values import Json
from chathakase.playground.world.views import OpenView
from chathakase.playground.world.world_changes import Change, HomePublished, ViewAction, ViewShown

STACK_MOST = 3
"""Modals of one stack (views.push, `push_limit_reached`)."""


class Modals:
    """All views; `tell` hears of each one that is shown or goes."""

    def __init__(self, clock: Callable[[], float], tell: Callable[[Change], None]) -> None:
        self._clock = clock
        self._tell = tell
        self._stacks: defaultdict[str, list[OpenView]] = defaultdict(list)
        self.homes: dict[tuple[str, str], OpenView] = {}
        """By person and app."""

    def stacks(self) -> Mapping[str, Sequence[OpenView]]:
        """Everybody's open modals, the topmost last."""
        return {user: tuple(stack) for user, stack in self._stacks.items() if stack}

    def find(self, view_id: str = "", external_id: str = "", app_id: str | None = None) -> OpenView | None:
        """The view that is open under this id, or under the app's own id; with `app_id` only one of that app's."""
        everything = [view for stack in self._stacks.values() for view in stack] + list(self.homes.values())
        for view in everything:
            if app_id not in (None, view.app_id):
                continue
            if view.id == view_id or (external_id and view.external_id == external_id):
                return view
        return None

    def is_top(self, view: OpenView) -> bool:
        """Whether a view is the modal that its person sees."""
        stack = self._stacks[view.user]
        return bool(stack) and stack[-1].id == view.id

    def open(self, user: str, body: Json, app_id: str) -> OpenView:
        """Show a modal, in the place of those that are open."""
        self._refuse_known(body, app_id)
        made = self._made(user, body, app_id)
        self._stacks[user] = [made]
        return self._shown(user, "open", made)

    def push(self, user: str, body: Json, app_id: str) -> OpenView:
        """Show a modal on top of the open ones; `push_limit_reached` if there are three."""
        stack = self._stacks[user]
        if len(stack) >= STACK_MOST:
            raise SlackError("push_limit_reached")
        if not stack:
            raise SlackError("not_found")
        self._refuse_known(body, app_id)
        made = replace(self._made(user, body, app_id), root_id=stack[0].id, previous_id=stack[-1].id)
        stack.append(made)
        return self._shown(user, "push", made)

    def update(self, view: OpenView, body: Json) -> OpenView:
        """Give a view another content; what was entered stays where block and action are still there."""
        self._refuse_known(body, view.app_id, view)
        kept = {block["block_id"]: view.values[block["block_id"]] for block in body["blocks"] if _in(block, view)}
        changed = replace(view, body=body, hash=self._hash(), values=kept)
        self._put(changed)
        if self._is_home(view):
            self._tell(HomePublished(view.user, changed))
            return changed
        return self._shown(view.user, "update", changed)

    def enter(self, view: OpenView, values: Mapping[str, Json]) -> OpenView:
        """Remember what the person has entered."""
        changed = replace(view, values=dict(values))
        self._put(changed)
        return changed

    def close(self, view: OpenView, *, clear: bool = False) -> None:
        """Take a modal and those above it away, or with `clear` the whole stack."""
        stack = self._stacks[view.user]
        index = 0 if clear else [each.id for each in stack].index(view.id)
        del stack[index:]
        self._shown(view.user, "clear" if clear else "close", view)

    def publish(self, user: str, body: Json, app_id: str) -> OpenView:
        """Put a view onto a person's Home tab of an app."""
        known = self.homes.get((user, app_id))
        self._refuse_known(body, app_id, known)
        made = self._made(user, body, app_id)
        shown = self.homes[user, app_id] = replace(made, id=known.id, root_id=known.id) if known else made
        self._tell(HomePublished(user, shown))
        return shown

    def _made(self, user: str, body: Json, app_id: str) -> OpenView:
        view_id = f"V{secrets.token_hex(5).upper()}"
        return OpenView(view_id, user, body, self._hash(), view_id, app_id=app_id)

    def _is_home(self, view: OpenView) -> bool:
        home = self.homes.get((view.user, view.app_id))
        return home is not None and home.id == view.id

    def _hash(self) -> str:
        return f"{int(self._clock())}.{secrets.token_hex(4)}"

    def _put(self, view: OpenView) -> None:
        if self._is_home(view):
            self.homes[view.user, view.app_id] = view
        self._stacks[view.user] = [view if each.id == view.id else each for each in self._stacks[view.user]]

    def _shown(self, user: str, action: ViewAction, view: OpenView) -> OpenView:
        self._tell(ViewShown(user, action, view))
        return view

    def _refuse_known(self, body: Json, app_id: str, but: OpenView | None = None) -> None:
        """`duplicate_external_id` if another view of the app has its id already."""
        known = self.find(external_id=str(body.get("external_id") or ""), app_id=app_id)
        if known is not None and (but is None or known.id != but.id):
            raise SlackError("duplicate_external_id")


def _in(block: Json, view: OpenView) -> bool:
    return block["block_id"] in view.values
