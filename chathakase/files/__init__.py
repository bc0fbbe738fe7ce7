"""Reads what people share: bytes become a text, a picture for a model, or one line that says why neither.

What draws a picture for people is here as well, since it works like what reads one.
"""
