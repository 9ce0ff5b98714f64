from __future__ import annotations

from sacterm.mailbox.coverage import Coverage
from sacterm.model import Address, Domain, Liveness

LIVE, OFF, DOMAIN = "a@mailsac.com", "b@mailsac.com", "shop.example"


def account() -> Coverage:
    coverage = Coverage()
    addresses = [Address(email=LIVE, websocket=True), Address(email=OFF)]
    coverage.take(addresses, [Domain(name=DOMAIN, websocket=True)])
    return coverage


def test_only_what_is_confirmed_is_called_live() -> None:
    coverage = account()
    assert coverage.liveness(LIVE) is Liveness.WAITING
    coverage.confirm([LIVE, OFF, "stranger@mailsac.com"])
    assert coverage.confirmed == {LIVE}
    assert coverage.liveness(LIVE) is Liveness.LIVE
    assert coverage.liveness(OFF) is Liveness.OFF
    assert coverage.liveness("stranger@mailsac.com") is Liveness.CANNOT


def test_an_inbox_of_ones_own_domain_is_as_live_as_the_domain() -> None:
    coverage = account()
    assert coverage.liveness(f"any@{DOMAIN}") is Liveness.WAITING
    coverage.confirm([DOMAIN])
    assert coverage.liveness(f"any@{DOMAIN}") is Liveness.LIVE


def test_what_is_no_longer_wanted_is_no_longer_confirmed() -> None:
    coverage = account()
    coverage.confirm([LIVE, DOMAIN])
    coverage.take([Address(email=LIVE)], [])
    assert coverage.confirmed == frozenset()
    assert coverage.liveness(LIVE) is Liveness.OFF
