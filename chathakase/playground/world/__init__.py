"""The workspace as plain data: who is there, what was said, and what changes; no I/O."""
