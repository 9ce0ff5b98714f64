"""Which addresses and domains are the account's, which should be live, and which are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sacterm.model import Address, Domain, Liveness


class Coverage:
    """What may honestly be claimed of a name.

    Attributes:
        wanted: addresses and domains with forwarding on.
        confirmed: those of them that the feed confirmed last.
    """

    def __init__(self) -> None:
        self.wanted: frozenset[str] = frozenset()
        self.confirmed: frozenset[str] = frozenset()
        self._mine: frozenset[str] = frozenset()

    def take(self, addresses: Sequence[Address], domains: Sequence[Domain]) -> None:
        """Take over what the account has now."""
        self._mine = frozenset(a.email for a in addresses) | frozenset(d.name for d in domains)
        names = [address.email for address in addresses if address.websocket]
        self.wanted = frozenset(names + [domain.name for domain in domains if domain.websocket])
        self.confirmed &= self.wanted

    def confirm(self, names: Iterable[str]) -> None:
        """Take over what the feed confirms now."""
        self.confirmed = frozenset(names) & self.wanted

    @property
    def is_whole(self) -> bool:
        """Whether all that should be live is."""
        return self.confirmed == self.wanted

    def liveness(self, name: str) -> Liveness:
        """What may be said of an address or domain."""
        if name in self.confirmed:
            return Liveness.LIVE
        if name in self.wanted:
            return Liveness.WAITING
        if name in self._mine:
            return Liveness.OFF
        # an inbox that is not reserved, but in a domain of the account
        domain = name.rpartition("@")[2]
        return self.liveness(domain) if domain != name else Liveness.CANNOT
