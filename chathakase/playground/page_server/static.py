"""The page's own files: index.html at `/`, everything else under `/page/`."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).resolve().parent.parent / "page"

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The Content-Security-Policy of every file: nothing inline, and nothing from elsewhere."""

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".map": "application/json; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
"""Types by ending, since those of the machine (`mimetypes`) differ and a module script needs the right one."""


class StaticFiles:
    """Serves the files below one folder, and nothing outside it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    async def index(self, _request: web.Request) -> web.StreamResponse:
        """`GET /`."""
        return self._file("index.html")

    async def file(self, request: web.Request) -> web.StreamResponse:
        """`GET /page/{path}`."""
        return self._file(request.match_info["path"])

    def _file(self, path: str) -> web.StreamResponse:
        found = (self._folder / path).resolve() if "\0" not in path else self._folder
        if not found.is_relative_to(self._folder) or not found.is_file():
            return web.Response(status=404, text="There is no such file.\n", headers=_HEADERS)
        kind = _TYPES.get(found.suffix.lower(), "text/plain; charset=utf-8")
        return web.FileResponse(found, headers=_HEADERS | {"Content-Type": kind})
