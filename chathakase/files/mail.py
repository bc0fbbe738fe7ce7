"""What an e-mail says; run as a process of its own by ``chathakase.files.child``."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

from chathakase.files.canvas import text_of_page
from chathakase.files.child import Answer, answer
from chathakase.files.gathering import gathered

EMPTY = "it is an e-mail without text"
HEAD = ("From", "To", "Cc", "Date", "Subject")


def read(data: bytes) -> Answer:
    """Its head, its text, and the names of what is attached to it."""
    return gathered(_lines(message_from_bytes(data, policy=policy.default)), nothing=EMPTY)


def _lines(message: EmailMessage) -> Iterator[str]:
    for name in HEAD:
        if told := message.get(name):
            yield f"{name}: {told}"
    body = message.get_body(("plain", "html"))
    if isinstance(body, EmailMessage):
        text = body.get_content()
        yield f"\n{text_of_page(text) if body.get_content_subtype() == 'html' else text}"
    for attached in message.iter_attachments():
        yield f"[attached to this e-mail: {attached.get_filename() or attached.get_content_type()}]"


if __name__ == "__main__":
    answer(read)
