"""What comes to a port that is open to others: other protocols, broken HTTP, and half of a request."""

import asyncio

SECRET = "swordfish"
_WORD = SECRET.encode()
_POST = b"POST /live HTTP/1.1\r\nHost: x\r\n"
_GET = b"GET /live HTTP/1.1\r\nHost: x\r\n"

JUNK = {
    "TLS": bytes.fromhex("16030100f1010000ed0303") + _WORD * 20,
    "another protocol": b"SSH-2.0-" + _WORD + b"\r\n\r\n",
    "null bytes": b"\0\0\0" + _WORD + b"\0\r\n\r\n",
    "another version": b"GET /live?" + _WORD + b" HTTP/9.9\r\nHost: x\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + _WORD,
    "HTTP/0.9": b"GET /" + _WORD + b"\r\n\r\n",
    "no header": _GET + _WORD + b"\r\n\r\n",
    "a broken header": _GET + b"\xff" + _WORD + b"\0: x\r\n\r\n",
    "a huge header": _GET + b"A: " + _WORD * 5_000 + b"\r\n\r\n",
    "a huge line": b"GET /" + _WORD * 5_000 + b" HTTP/1.1\r\n\r\n",
    "many headers": _GET + (_WORD + b": b\r\n") * 1_000 + b"\r\n",
    "a broken chunk": _POST + b"Transfer-Encoding: chunked\r\n\r\n" + _WORD + b"\r\n",
    "a longer chunk": _POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\n" + _WORD,
    "two lengths": _POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n" + _WORD,
    "a length and chunks": _POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n" + _WORD,
    "a negative length": _POST + b"Content-Length: -5\r\n\r\n" + _WORD,
    "broken gzip": _POST + b"Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\n" + _WORD,
    "brotli": _POST + b"Content-Encoding: br\r\nContent-Length: 9\r\n\r\n" + _WORD,
    "an upgrade": _GET + b"Connection: upgrade\r\nUpgrade: websocket\r\n\r\n" + _WORD * 10,
    "a proxy's request": b"CONNECT " + _WORD + b":443 HTTP/1.1\r\nHost: x\r\n\r\n",
    "a broken address": b"GET http://[" + _WORD + b"/ HTTP/1.1\r\nHost: x\r\n\r\n",
    "an absurd port": b"GET http://" + _WORD + b":99999999/live HTTP/1.1\r\nHost: x\r\n\r\n",
    "junk after a request": _GET + b"\r\n\x16\x03" + _WORD + b"\r\n\r\n",
    "more than was said": _POST + b"Content-Length: 1\r\n\r\n" + _WORD + b"\r\n\r\n",
    "an expectation": _GET + b"Expect: " + _WORD + b"\r\n\r\n",
    "half a request": b"GET /" + _WORD,
    "nothing": b"",
}


async def send(port: int, data: bytes, *, wait: float = 0.01) -> bytes:
    """Send something to a port, and give what is answered in time."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    try:
        async with asyncio.timeout(wait):
            return await reader.read(2**16)
    except (TimeoutError, ConnectionError):
        return b""
    finally:
        writer.close()
