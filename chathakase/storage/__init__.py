"""Remembers: sessions, their messages and turns, as SQL text over a small database protocol."""
