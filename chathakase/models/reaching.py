"""Why a model's server cannot be reached, as far as its library tells."""

import ssl
from collections.abc import Iterator

import httpx2

UNREACHABLE = "unreachable"
UNTRUSTED, EXPIRED, OTHER_NAME = "certificate", "certificate_expired", "certificate_name"
NO_TLS, NEEDS_TLS, NO_HTTP, NO_PROXY = "no_tls", "needs_tls", "no_http", "no_proxy"

BY_VERIFICATION = {10: EXPIRED, 62: OTHER_NAME, 63: OTHER_NAME, 64: OTHER_NAME}
"""OpenSSL's codes (https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/)."""


def why_unreached(error: BaseException) -> str:
    """A code for why there was no connection, or none that HTTP was spoken on."""
    return next(filter(None, map(_code, _causes(error))), UNREACHABLE)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _code(error: BaseException) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return BY_VERIFICATION.get(error.verify_code, UNTRUSTED)
        case ssl.SSLError() | httpx2.ConnectError(__cause__=ConnectionResetError()):
            # A connection that is closed before anything is asked is closed in the handshake.
            return NO_TLS
        case httpx2.ProxyError():
            return NO_PROXY
        case httpx2.RemoteProtocolError():
            return NO_HTTP
        case _:
            return ""
