"""Speaks: language models behind one protocol."""
