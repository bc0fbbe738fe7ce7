"""Reads documents, workbooks and presentations; each module is run as a process of its own."""
