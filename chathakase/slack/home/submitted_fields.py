"""What people enter in modals, or what is wrong with it, told in the field. Pure."""

from collections.abc import Mapping

from chathakase.core.jobs import NEW_CHAT, RENAME_SESSION, Command
from chathakase.core.new_chats import NewChat
from chathakase.core.title_cleaning import LONGEST_GIVEN, title_by_person
from chathakase.core.types import Place
from chathakase.slack.fields import ID, Malformed
from chathakase.slack.home.home_actions import TITLE_FIELD, WHERE_FIELD, WORDS_FIELD, HomeAction, read_renaming
from chathakase.slack.home.home_payloads import Submission, entered_in
from chathakase.slack.home.presses import place_of
from chathakase.slack.web.identity import Identity

NO_TITLE = "Please enter a title."
TOO_LONG = f"A title can have at most {LONGEST_GIVEN} characters."
NO_WORDS = "Please write what you would like to ask."


class InvalidField(Exception):
    """Something that somebody entered cannot be taken; the text is what they are told in its field."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field
        self.text = text

    @property
    def errors(self) -> Mapping[str, str]:
        """What Slack is told of it, by ``block_id``."""
        return {self.field: self.text}


def read_rename(submission: Submission, identity: Identity) -> Command:
    """Read how somebody wants a session to be called. Raises Malformed, and InvalidField."""
    renaming = read_renaming(submission.metadata)
    told_in = identity.place("", renaming.view)
    argument = f"{renaming.row.session} {_title(submission, required=True)}"
    place, ref = place_of(renaming.row, told_in), submission.ref(argument)
    return Command(place, ref, submission.by, RENAME_SESSION, argument, told_in=told_in)


def read_new_chat(submission: Submission, identity: Identity) -> tuple[Command, Place | None]:
    """Read what somebody wants to ask, and in which channel if in one. Raises Malformed, and InvalidField."""
    words = submission.entered(WORDS_FIELD)
    if not words.strip():
        raise InvalidField(WORDS_FIELD, NO_WORDS)
    channel, view = submission.entered(WHERE_FIELD), submission.metadata
    if any(each and not ID.fullmatch(each) for each in (channel, view)):
        raise Malformed("channel or view")
    chat, told_in = NewChat(words, _title(submission, required=False), channel), identity.place("", view)
    argument = chat.argument
    command = Command(told_in, submission.ref(argument), submission.by, NEW_CHAT, argument, told_in=told_in)
    return command, told_in.beside(channel) if channel else None


def read_search(submission: Submission) -> str:
    """Read what somebody looks for, whatever its block is called now."""
    return next(filter(None, (entered_in(block, HomeAction.SEARCH) for block in submission.values.values())), "")


def _title(submission: Submission, *, required: bool) -> str:
    entered = submission.entered(TITLE_FIELD)
    title = title_by_person(entered)
    if required and not title:
        raise InvalidField(TITLE_FIELD, NO_TITLE)
    if len(" ".join(entered.split())) > LONGEST_GIVEN:
        raise InvalidField(TITLE_FIELD, TOO_LONG)
    return title
