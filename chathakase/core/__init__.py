"""Words and promises: the values that travel between the rooms, and the protocols that rooms keep.

No I/O happens here and nothing of ours is imported from elsewhere.
"""
