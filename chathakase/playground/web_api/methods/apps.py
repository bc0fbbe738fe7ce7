"""The settings of apps, as whoever made them may read them."""

from __future__ import annotations

from chathakase.playground.web_api.methods.call import Call
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.values import Json


def manifest_export(call: Call) -> Json:
    """apps.manifest.export: the manifest of the app that `app_id` names."""
    app = call.world.apps.get(call.arguments.required("app_id"))
    if app is None:
        raise SlackError("app_not_found")
    return {"manifest": call.world.features[app.id].manifest(app)}
