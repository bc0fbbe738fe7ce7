"""Reads what people share: bytes become a text, a picture for a model, or one line that says why neither."""
