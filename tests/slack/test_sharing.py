"""Files that somebody asked for: there once, however often the job is tried."""

import pytest

from chathakase.core.errors import DeliveryError
from chathakase.core.jobs import Command, Job
from chathakase.playground.server import Workspace
from chathakase.playground.world.values import Message
from chathakase.slack.surface import SlackSurface
from tests.places import slack_place

GENERAL, ALICE_DM, ALICE = "C0GENERAL1", "D0ALICE001", "U0ALICE001"


@pytest.fixture
async def job(workspace: Workspace) -> Job:
    """Alice asked for an export."""
    ref = workspace.world.post(GENERAL, ALICE, "export session").ts
    return Job(Command(slack_place(GENERAL, ref), ref, ALICE, "export session"))


def again(job: Job) -> Job:
    return Job(job.task, attempt=2)


def shared(workspace: Workspace, channel: str) -> list[Message]:
    return [message for message in workspace.world.timeline(channel).messages() if message.files]


async def test_a_file_is_shared_in_its_thread(surface: SlackSurface, workspace: Workspace, job: Job) -> None:
    await surface.share(job.task.place, job, "session.md", b"# Session", comment="Here it is.")
    (message,) = shared(workspace, GENERAL)
    assert (message.text, message.thread_ts) == ("Here it is.", job.task.place.thread)
    file = workspace.world.files.get(message.files[0])
    assert file is not None
    assert (file.name, workspace.world.files.content(file.id)) == ("session.md", b"# Session")


async def test_a_second_try_finds_what_the_first_has_shared(
    surface: SlackSurface, workspace: Workspace, job: Job
) -> None:
    for tried in (job, again(job)):
        await surface.share(job.task.place, tried, "session.md", b"one", comment="")
        await surface.share(job.task.place, tried, "session.json", b"{}", comment="")
    assert len(shared(workspace, GENERAL)) == 2


async def test_an_older_file_of_the_same_name_is_another(surface: SlackSurface, workspace: Workspace, job: Job) -> None:
    place = job.task.place
    await surface.share(place, job, "session.md", b"old", comment="")
    ref = workspace.world.post(GENERAL, ALICE, "export session", thread_ts=place.thread).ts
    later = Job(Command(place, ref, ALICE, "export session"), attempt=2)
    await surface.share(place, later, "session.md", b"new", comment="")
    await surface.share(place, later, "session.md", b"new", comment="")
    assert len(shared(workspace, GENERAL)) == 2


async def test_an_answer_that_was_lost_makes_no_second_file(
    surface: SlackSurface, workspace: Workspace, job: Job
) -> None:
    workspace.faults.lose_answer("files.completeUploadExternal")
    await surface.share(job.task.place, job, "session.md", b"one", comment="")
    assert len(shared(workspace, GENERAL)) == 1


async def test_a_private_file_stands_in_the_direct_message(
    surface: SlackSurface, workspace: Workspace, job: Job
) -> None:
    for tried in (job, again(job)):
        await surface.share_privately(job.task.place, ALICE, tried, "memory.md", b"all", comment="Only for you.")
    (message,) = shared(workspace, ALICE_DM)
    assert (message.text, message.thread_ts) == ("Only for you.", None)
    assert shared(workspace, GENERAL) == []


async def test_a_picture_is_described(surface: SlackSurface, workspace: Workspace, job: Job) -> None:
    place = job.task.place
    for words in ("Three bars, <!channel>.", "long " * 300):
        await surface.share_privately(place, ALICE, job, "a.png", b"\x89PNG", comment="Look.", description=words)
    files = [workspace.world.files.get(message.files[0]) for message in shared(workspace, ALICE_DM)]
    assert [len(file.alt_text) for file in files if file] == [len("Three bars, <!channel>.") + 1, 1_000]


async def test_without_the_scope_a_greeting_opens_the_direct_message(
    surface: SlackSurface, workspace: Workspace, job: Job
) -> None:
    workspace.faults.slack_error("conversations.open", "missing_scope")
    await surface.share_privately(job.task.place, ALICE, job, "memory.md", b"all", comment="Only for you.")
    assert len(shared(workspace, ALICE_DM)) == 1


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
async def test_a_refusal_is_told(method: str, surface: SlackSurface, workspace: Workspace, job: Job) -> None:
    workspace.faults.slack_error(method, "missing_scope")
    with pytest.raises(DeliveryError, match="missing_scope"):
        await surface.share(job.task.place, job, "session.md", b"one", comment="")
    workspace.faults.slack_error("conversations.open", "user_disabled")
    with pytest.raises(DeliveryError, match="user_disabled"):
        await surface.share_privately(job.task.place, ALICE, job, "memory.md", b"all", comment="")
