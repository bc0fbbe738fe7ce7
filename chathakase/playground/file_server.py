"""Files over HTTP: an app's uploads, a page's uploads, and downloads for both."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence

from aiohttp import BodyPartReader, web

from chathakase.playground.content.mrkdwn import composed
from chathakase.playground.faults import UPLOAD, Faults
from chathakase.playground.journal import ApiCall, Journal
from chathakase.playground.page_server.guard import Guard
from chathakase.playground.web_api.api_answers import ApiAnswer, lost, meet, response_to
from chathakase.playground.web_api.app_tokens import Caller, Tokens
from chathakase.playground.web_api.arguments import Arguments
from chathakase.playground.web_api.methods.call import Call
from chathakase.playground.web_api.methods.conversation_access import joined
from chathakase.playground.web_api.methods.file_methods import may_read, share
from chathakase.playground.web_api_error import SlackError
from chathakase.playground.world.values import Json
from chathakase.playground.world.workspace_files import File, new_file_id
from chathakase.playground.world.world import World

CHUNK = 2**16
FIELD_MOST = 2**18
"""Bytes of one field of a form that is no file."""
INLINE = ("image/png", "image/jpeg", "image/gif", "image/webp")
"""Types that a browser may show; everything else is downloaded."""

_LOGIN = "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in to Slack</body></html>"
_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, max-age=3600",
}
"""A file is somebody's content and must run nothing in the page's origin."""


class FileServer:
    """Serves and takes the bytes of files."""

    def __init__(self, world: World, tokens: Tokens, faults: Faults, journal: Journal, guard: Guard) -> None:
        self._world = world
        self._tokens = tokens
        self._faults = faults
        self._journal = journal
        self._guard = guard

    def routes(self) -> Sequence[web.RouteDef]:
        """Where files come and go."""
        return [
            web.get("/files/{file_id}/{name}", self.download),
            web.post("/upload/v1/{ticket}", self.receive),
            web.post("/page/upload", self.upload),
        ]

    async def download(self, request: web.Request) -> web.StreamResponse:
        """A file's bytes; as measured, Slack answers wrong authorization with a login page and status 200."""
        file = self._world.files.get(request.match_info["file_id"])
        if not self._may_download(request, file):
            return web.Response(text=_LOGIN, content_type="text/html")
        if file is None:
            return web.Response(status=404, text="There is no such file.\n")
        how = "inline" if file.mimetype in INLINE else "attachment"
        headers = _HEADERS | {"Content-Type": file.mimetype, "Content-Disposition": how}
        return web.Response(body=self._world.files.content(file.id), headers=headers)

    def _may_download(self, request: web.Request, file: File | None) -> bool:
        """An app by its token, and the page without one."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return _is_page(request) and not self._guard.problem(request)
        caller = self._tokens.identify(token.strip())
        if caller is None or (caller.type == "bot" and "files:read" not in caller.scopes):
            return False
        return file is None or may_read(Call(self._world, caller, Arguments({})), file)

    async def receive(self, request: web.Request) -> web.StreamResponse:
        """The bytes of an upload, bare or as the first file of a form; an app's meets faults and is noted."""
        began, file = time.perf_counter(), self._world.files.expected(request.match_info["ticket"])
        if file is None or not self._world.users[file.user].is_bot:
            return await self._received(request)
        fault = self._faults.next_for(UPLOAD)
        reply, response = await meet(fault), None
        if reply is None:
            response = await self._received(request)
            reply = lost({}, fault) if fault.lose_answer else ApiAnswer({"ok": response.status == 200}, response.status)
        about = {"file": file.id, "filename": file.name, "length": file.size}
        seconds = time.perf_counter() - began
        self._journal.write(ApiCall(self._world.clock(), UPLOAD, about, file.user, reply.status, reply.body, seconds))
        return response if response is not None and reply.status else await response_to(request, reply)

    async def _received(self, request: web.Request) -> web.Response:
        """Take the bytes; whether the length fits is not looked at."""
        try:
            if request.content_type == "multipart/form-data":
                _, parts = await self._form(request)
                content = parts[0][1] if parts else b""
            else:
                content = await self._read(request.content.iter_chunked(CHUNK))
        except SlackError as error:
            return web.Response(status=413, text=error.code)
        if not self._world.files.receive(request.match_info["ticket"], content):
            return web.Response(status=404, text="unknown upload")
        return web.Response(text=f"OK - {len(content)}")

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """What a person has chosen on the page, as one message."""
        try:
            ts = self._share(*await self._form(request))
        except SlackError as error:
            return web.json_response(error.answer(), status=413 if error.code == "file_too_large" else 200)
        return web.json_response({"ok": True, "ts": ts})

    def _share(self, fields: Json, parts: Sequence[tuple[str, bytes]]) -> str:
        user = self._world.users.get(str(fields.get("as")))
        if user is None or user.is_bot:
            raise SlackError("user_not_found")
        if not parts:
            raise SlackError("no_file_data")
        if not fields.get("thread_ts"):
            fields.pop("thread_ts", None)
        call = Call(self._world, Caller("user", user.id), Arguments(fields))
        conversation = joined(call)
        created = int(self._world.clock())
        made = [File(new_file_id(), name, name, user.id, created, len(content)) for name, content in parts]
        for file, (_, content) in zip(made, parts, strict=True):
            self._world.files.put(file, content)
        return share(call, conversation, made, composed(self._world, str(fields.get("text") or ""))).ts

    async def _form(self, request: web.Request) -> tuple[Json, list[tuple[str, bytes]]]:
        """A form's fields, and its files with their names."""
        fields: Json = {}
        files: list[tuple[str, bytes]] = []
        if request.content_type != "multipart/form-data":
            raise SlackError("invalid_form_data")
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                raise SlackError("invalid_form_data")
            if part.filename is None:
                content = await self._read(_chunks(part), FIELD_MOST)
                fields[part.name or ""] = content.decode(errors="replace")
            else:
                name = part.filename.replace("\\", "/").rpartition("/")[2] or "file"
                files.append((name, await self._read(_chunks(part))))
        return fields, files

    async def _read(self, chunks: AsyncIterator[bytes], most: int | None = None) -> bytes:
        limit = self._world.files.most if most is None else most
        content = bytearray()
        async for chunk in chunks:
            content += chunk
            if len(content) > limit:
                raise SlackError("file_too_large")
        return bytes(content)


def _is_page(request: web.Request) -> bool:
    """Whether a browser asks for a page of ours: no other site can make it say so."""
    own = request.headers.get("Referer", "").startswith(f"http://{request.host}/")
    return own or request.headers.get("Sec-Fetch-Site") == "same-origin"


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(CHUNK):
        yield chunk
