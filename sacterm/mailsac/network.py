"""What both halves of the wire share: whom to trust, when to pass a proxy by, what went wrong."""

from __future__ import annotations

import errno
import ssl
from collections.abc import Iterator
from ipaddress import ip_address
from socket import gaierror
from urllib.parse import urlsplit

SCHEMES = frozenset({"https", "http", "wss", "ws"})
BAD_PROXY = "the proxy of the environment cannot be used"
NO_NETWORK = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN})


def trust(url: str) -> ssl.SSLContext:
    """A TLS context that trusts the system's authorities and the ones that certifi knows.

    One store for both halves, because httpx asks certifi alone and websockets the system alone:
    a company's own authority would pass one and fail the other, and the installers of some
    platforms leave the system's store empty. Costs about 40 ms, but for a URL without TLS,
    whose context trusts nobody.
    """
    if is_plain(url):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def is_plain(url: str) -> bool:
    """Whether the URL goes without TLS."""
    return url.lower().startswith(("http:", "ws:"))


def is_usable(url: str) -> bool:
    """Whether the URL can be asked at all: its scheme, host and port are possible ones."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").encode("idna"), parts.port
    except ValueError:
        return False
    return parts.scheme in SCHEMES and host != b"" and port != 0


def is_loopback(url: str) -> bool:
    """Whether the URL names this machine: no proxy of the environment stands in between."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it was raised from, outermost first."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def certificate_refused(error: BaseException) -> bool:
    """Whether the error comes from a server certificate that does not hold."""
    return any(isinstance(one, ssl.SSLCertVerificationError) for one in chain(error))


def why(error: BaseException) -> str:
    """A few words for a person on why there is no connection; without any URL."""
    for one in chain(error):
        match one:
            case ssl.SSLCertVerificationError():
                return "the server's certificate is not valid"
            case ssl.SSLError():
                return "the encrypted connection failed"
            case gaierror():
                return "the service's name was not found"
            case ConnectionRefusedError():
                return "the connection was refused"
            case ConnectionError():
                return "the connection was cut"
            case TimeoutError():
                return "no answer in time"
            case OSError(errno=code) if code in NO_NETWORK:
                return "the network is unreachable"
    return "no connection to the service"
