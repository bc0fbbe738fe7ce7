"""On what the numbers were measured."""

import os
import platform
import sqlite3
from importlib.metadata import version
from pathlib import Path

from benchmarks.process_usage import file_system, memory_of_machine
from benchmarks.report import show

LIBRARIES = ("slack-bolt", "slack-sdk", "aiohttp", "openai", "aiosqlite", "pydantic", "chathakase")


def describe(folder: Path) -> None:
    """Print the machine, its Python and its libraries, and the file system on which a folder is."""
    rows = [
        ("machine", f"{platform.system()} {platform.release()}, {platform.machine()}"),
        ("cores, memory", f"{os.cpu_count()}, {memory_of_machine():.1f} GiB"),
        ("Python", f"{platform.python_implementation()} {platform.python_version()}"),
        ("SQLite", f"{sqlite3.sqlite_version} on {file_system(folder)}"),
        *((library, version(library)) for library in LIBRARIES),
    ]
    show("Measured on", ("", ""), rows)
