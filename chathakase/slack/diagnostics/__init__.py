"""Whether Slack gives us what we need: tokens, scopes, events, the socket, the time."""
