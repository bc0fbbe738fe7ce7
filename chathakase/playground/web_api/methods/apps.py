"""The app's settings, as whoever made the app may read them."""

from __future__ import annotations

from chathakase.playground.errors import SlackError
from chathakase.playground.web_api.methods.call import Call
from chathakase.playground.world.values import Json


def manifest_export(call: Call) -> Json:
    """apps.manifest.export: the manifest of the app that `app_id` names."""
    if call.arguments.required("app_id") != call.world.app.id:
        raise SlackError("app_not_found")
    return {"manifest": call.world.features.manifest(call.world.app)}
