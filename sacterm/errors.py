"""What can go wrong, as one small tree.

::

    SactermError
    ├── ServiceError            the service, or the way to it
    │   ├── KeyRefused          401 or 403 for the account as a whole
    │   ├── OwnedByAnother      401 or 403 for one address or domain
    │   ├── NotFound            404: gone, recycled, or not there yet
    │   ├── Rejected            other 4xx: the request as such, e.g. no credits left
    │   ├── RateLimited         418, 420, 429: slow down, or the month's ops are spent
    │   ├── ServerTrouble       5xx
    │   ├── Unreachable         no connection: DNS, refused, offline
    │   │   ├── Cut                 it ended before the answer: an op may be spent
    │   │   └── CertificateRefused
    │   ├── TimedOut            connected, no answer in time
    │   └── Unexpected          an answer that is not what the service documents
    ├── OpsLimitReached         what this run may spend by itself is spent
    ├── StoreFailed             the cache on this disk cannot be read or written
    ├── KeyringUnavailable      the keyring is missing, locked, silent or forgetful
    └── SettingsInvalid         a line of settings.toml or of the environment

Every message is one readable line that says what happened; ``remedy`` says what to do now.
No message ever holds a key: texts of the service go through :mod:`sacterm.redact` first.
"""

from __future__ import annotations


class SactermError(Exception):
    """Anything sacterm itself reports. ``str()`` is one line for a person."""

    remedy: str = ""


class ServiceError(SactermError):
    """The service, or the way to it, did not give what was asked for.

    Attributes:
        status: the HTTP status, or None where no answer came.
    """

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status

    @property
    def passing(self) -> bool:
        """True where the same request may well succeed later, unchanged."""
        return False


class KeyRefused(ServiceError):
    """The key is wrong, withdrawn, or its account is disabled."""

    remedy = "set a valid key: sacterm key set, or MAILSAC_KEY"


class OwnedByAnother(ServiceError):
    """The address or domain belongs to another account."""

    remedy = "choose another address"


class NotFound(ServiceError):
    """Nothing there: deleted, recycled, or not stored yet."""


class Rejected(ServiceError):
    """The request itself is refused: already yours, no credits left, a bad value."""


class RateLimited(ServiceError):
    """Too many requests, or the month's operations are spent.

    Attributes:
        retry_after: seconds to wait, or None where the service does not say.
    """

    remedy = "waits and tries again by itself"

    def __init__(
        self, message: str, *, status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message, status=status)
        self.retry_after = retry_after

    @property
    def passing(self) -> bool:
        return True


class ServerTrouble(ServiceError):
    """The service failed (5xx).

    Attributes:
        retry_after: seconds to wait, or None where the service does not say.
    """

    remedy = "tries again by itself"

    def __init__(
        self, message: str, *, status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message, status=status)
        self.retry_after = retry_after

    @property
    def passing(self) -> bool:
        return True


class Unreachable(ServiceError):
    """No connection to the service."""

    remedy = "tries again by itself; check the network"

    @property
    def passing(self) -> bool:
        return True


class Cut(Unreachable):
    """The connection ended before the answer was here: nobody knows whether it was heard."""


class CertificateRefused(Unreachable):
    """The server's certificate is not valid for its name."""

    remedy = "check the api and socket URLs, the clock, or a proxy in between"

    @property
    def passing(self) -> bool:
        return False


class TimedOut(ServiceError):
    """Connected, but no answer in time."""

    remedy = "tries again by itself"

    @property
    def passing(self) -> bool:
        return True


class Unexpected(ServiceError):
    """An answer that is not what the service documents: a redirect, no JSON, another shape."""

    remedy = "check the api URL"


class OpsLimitReached(SactermError):
    """What this run may spend by itself is spent: not asked."""

    remedy = "ask for new mail to go on"


class StoreFailed(SactermError):
    """The cache on this disk cannot be read or written."""

    remedy = "check the disk, or start with --no-cache"


class KeyringUnavailable(SactermError):
    """The OS keyring is missing, locked, silent or forgetful."""

    remedy = "set MAILSAC_KEY in the environment, or enter the key for this run only"


class SettingsInvalid(SactermError):
    """A setting that cannot be used; the message names its file, line and what is allowed."""
