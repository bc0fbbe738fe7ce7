"""The fault matrix: every write to Slack, failing in every way, at every step of a reply.

``python -m tests.end_to_end.faults`` runs all of it and prints it as a table.
"""
