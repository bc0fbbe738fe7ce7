"""The core and the engine know no surface by name: whatever differs, a surface tells of itself."""

import re
from pathlib import Path

import pytest

import chathakase

ROOT = Path(chathakase.__file__).parent
OF_ONE_SURFACE = re.compile(r"slack|bolt\b|mrkdwn|xox[a-z]|xapp|files:read|conversations\.\w|chat\.\w", re.IGNORECASE)
"""Its name, and what only it has."""


@pytest.mark.parametrize("package", ["core", "engine"])
def test_no_surface_is_named_where_any_may_be_meant(package: str) -> None:
    modules = sorted((ROOT / package).rglob("*.py"))
    assert modules
    found = [
        f"{module.relative_to(ROOT)}:{number}: {line.strip()}"
        for module in modules
        for number, line in enumerate(module.read_text("utf-8").splitlines(), 1)
        if OF_ONE_SURFACE.search(line)
    ]
    assert not found
    assert not [module for module in modules if OF_ONE_SURFACE.search(str(module.relative_to(ROOT)))]


def test_a_surface_that_is_named_would_be_found() -> None:
    assert OF_ONE_SURFACE.search("class SLACKReply:")
    assert OF_ONE_SURFACE.search((ROOT / "slack" / "slack_traits.py").read_text("utf-8"))
