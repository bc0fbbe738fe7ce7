"""Which authorities' certificates are trusted: the system's, and those that the usual variables name."""

import os
import re
import ssl
from collections.abc import Iterator
from pathlib import Path

FILE, FOLDERS = "SSL_CERT_FILE", "SSL_CERT_DIR"
"""What OpenSSL goes by itself, in silence where that is of no use."""
VARIABLES = (FILE, FOLDERS, "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Those of Python's requests and of curl besides; each may name a file or a folder here."""
PROTOCOL = "http/1.1"
"""What is spoken over TLS, as https://www.rfc-editor.org/rfc/rfc7301 has it said."""
HASHED = re.compile(r"[0-9a-f]{8}\.[0-9]+")
"""What OpenSSL looks for in a folder."""
PEM = (".pem", ".crt", ".cer")


def trusted() -> ssl.SSLContext:
    """What servers' certificates are held against. Raises OSError where ``certificate_problems`` tells of one."""
    context = ssl.create_default_context()
    # Some servers refuse whoever does not say so: https://github.com/aio-libs/aiohttp/issues/10152.
    context.set_alpn_protocols([PROTOCOL])
    for path in _beyond_openssl():
        _load(context, path)
    return context


def is_more_than_default() -> bool:
    """Whether more is trusted than by every library that uses OpenSSL."""
    return any(_beyond_openssl())


def certificate_problems() -> Iterator[str]:
    """What is wrong with what the variables name, a plain sentence each."""
    for name in VARIABLES:
        for path in _paths(name):
            try:
                _load(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), path)
            except ssl.SSLError:
                yield f"{name} names a file without certificates in PEM format"
            except OSError as error:
                yield f"{name} names something that cannot be read ({error.strerror or 'it holds no certificates'})"


def _beyond_openssl() -> Iterator[Path]:
    taken = {path for path in _paths(FILE) if path.is_file()} | set(filter(_is_hashed, _paths(FOLDERS)))
    return (path for name in VARIABLES for path in _paths(name) if path not in taken)


def _paths(name: str) -> Iterator[Path]:
    # OpenSSL takes several folders with colons between.
    several = os.environ.get(name, "").split(os.pathsep if name == FOLDERS else "\0")
    return (Path(path) for path in several if path.strip())


def _is_hashed(folder: Path) -> bool:
    return folder.is_dir() and any(HASHED.fullmatch(each.name) for each in folder.iterdir())


def _load(context: ssl.SSLContext, path: Path) -> None:
    if not path.is_dir():
        context.load_verify_locations(cafile=path)
    elif _is_hashed(path):
        context.load_verify_locations(capath=path)
    else:
        _load_each(context, path)


def _load_each(context: ssl.SSLContext, folder: Path) -> None:
    files = sorted(each for each in folder.iterdir() if each.name.endswith(PEM))
    if not files:
        raise FileNotFoundError
    for file in files:
        context.load_verify_locations(cafile=file)
