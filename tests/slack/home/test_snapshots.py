"""Views look as they did when they were looked at last, and Slack takes them."""

import pytest

from tests.slack.home.snapshots import FOLDER, path_of, views, written
from tests.slack.home.view_judge import judge


@pytest.mark.parametrize("name", views())
def test_a_view_looks_as_it_did(name: str) -> None:
    assert written(judge(views()[name])) == path_of(name).read_text(encoding="utf-8")


def test_each_snapshot_is_of_a_view() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(views())
