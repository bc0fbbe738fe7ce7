"""Values and protocols: what travels between the rooms, and what rooms expect of one another.

No I/O happens here and nothing of ours is imported from elsewhere.
"""
