"""What both halves of the wire share."""

from __future__ import annotations

import errno
import socket
import ssl

import pytest

from sacterm.mailsac.network import certificate_refused, is_loopback, is_usable, trust, why

REFUSED = ConnectionRefusedError(errno.ECONNREFUSED, "http://x.test/?key=k_canary")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ssl.SSLCertVerificationError(1, "x"), "the server's certificate is not valid"),
        (ssl.SSLError(1, "x"), "the encrypted connection failed"),
        (socket.gaierror(-2, "x"), "the service's name was not found"),
        (REFUSED, "the connection was refused"),
        (ConnectionResetError(), "the connection was cut"),
        (TimeoutError(), "no answer in time"),
        (OSError(errno.ENETUNREACH, "x"), "the network is unreachable"),
        (OSError(errno.EHOSTUNREACH, "x"), "the network is unreachable"),
        (OSError("k_canary"), "no connection to the service"),
    ],
)
def test_the_reason_is_found_at_the_bottom_and_told_in_words(error: OSError, words: str) -> None:
    outer = RuntimeError("k_canary")
    outer.__cause__ = RuntimeError()
    outer.__cause__.__context__ = error
    assert why(outer) == why(error) == words
    assert certificate_refused(outer) is isinstance(error, ssl.SSLCertVerificationError)


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1:8/api", True),
        ("ws://[::1]:8", True),
        ("http://LOCALHOST", True),
        ("https://mailsac.com/api", False),
        ("http://127.0.0.1.x.test", False),
        ("http://127.0.0.1@x.test", False),
        ("", False),
        ("http://[", False),
    ],
)
def test_this_machine_is_told_from_all_others(url: str, loopback: bool) -> None:
    assert is_loopback(url) is loopback


@pytest.mark.parametrize(
    ("url", "usable"),
    [
        ("https://mailsac.com/api", True),
        ("WSS://sock.mailsac.com/x", True),
        ("http://[::1]:8", True),
        ("http://é.test", True),
        ("ftp://x.test", False),
        ("mailsac.com", False),
        ("http://", False),
        ("http://x:0", False),
        ("http://x:65536", False),
        ("http://x:-1", False),
        ("http://[", False),
        ("http://a..b", False),
        ("http://" + "a" * 64, False),
    ],
)
def test_urls_that_cannot_be_asked(url: str, usable: bool) -> None:
    assert is_usable(url) is usable


@pytest.mark.parametrize("url", ["https://x.test", "HTTPS://x.test", "wss://x.test", "x.test"])
def test_certificates_are_checked(url: str) -> None:
    context = trust(url)
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.cert_store_stats()["x509_ca"] > 50


@pytest.mark.parametrize("url", ["http://x.test", "ws://x.test"])
def test_a_plain_url_has_a_context_that_trusts_nobody(url: str) -> None:
    context = trust(url)
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.cert_store_stats()["x509_ca"] == 0
