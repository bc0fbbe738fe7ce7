"""Keeping a workspace in a folder, so that it survives a restart."""
