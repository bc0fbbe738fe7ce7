"""Slack, reached: the Web API's session, the socket, and who we are."""
