"""What stands where there is nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sacterm.mailbox.needs import Problem
from sacterm.mailbox.status import Status
from sacterm.mailbox.views import ALL, STARRED, View
from sacterm.model import Liveness
from sacterm.tui import empty

ONLINE = Status(online=True, contact=datetime(2026, 11, 20, tzinfo=UTC))
OFFLINE = Status(problem=Problem("the network is unreachable", offline=True))
INBOX = View.inbox("qa@mailsac.com")


def key(id: str) -> str:
    return f"<{id}>"


@pytest.mark.parametrize(
    ("view", "status", "public", "asked", "liveness", "so", "helps"),
    [
        (ALL, ONLINE, False, False, Liveness.CANNOT, "No mail yet", "new-address"),
        (STARRED, OFFLINE, False, False, Liveness.CANNOT, "Nothing is starred", "toggle-star"),
        (View.folder("spam"), ONLINE, False, False, Liveness.CANNOT, "Nothing in spam", "move"),
        (INBOX, ONLINE, False, False, Liveness.OFF, "for qa@mailsac.com", "toggle-live"),
        (INBOX, ONLINE, False, False, Liveness.LIVE, "for qa@mailsac.com", "refresh"),
        (INBOX, ONLINE, True, False, Liveness.CANNOT, "No mail seen yet for qa@", "refresh"),
        (INBOX, ONLINE, True, True, Liveness.CANNOT, "No mail yet for qa@", "refresh"),
        (View.domain("a.example"), ONLINE, False, False, Liveness.OFF, "a.example", "refresh"),
        (ALL, OFFLINE, False, False, Liveness.CANNOT, "nothing is kept here", "refresh"),
        (INBOX, OFFLINE, False, False, Liveness.OFF, "nothing is kept here", "refresh"),
    ],
)
def test_each_says_what_is_so_and_teaches_one_key(
    view: View,
    status: Status,
    public: bool,
    asked: bool,
    liveness: Liveness,
    so: str,
    helps: str,
) -> None:
    lines = empty.mail(key, view, status, public=public, asked=asked, liveness=liveness)
    assert so in lines[0]
    assert lines[1].startswith(f"<{helps}> ")
    assert len(lines) == 2
    assert "".join(lines).count("<") == 1


def test_before_anything_is_known_it_promises_nothing() -> None:
    lines = empty.mail(key, ALL, Status(), public=False, asked=False, liveness=Liveness.CANNOT)
    assert lines == ("Asking Mailsac for your mail…",)


@pytest.mark.parametrize(
    ("online", "by_hand", "helps"),
    [
        (True, True, "find-at-mailsac"),
        (True, False, "find-at-mailsac"),
        (False, True, "back"),
        (False, False, "refresh"),
    ],
)
def test_a_search_without_a_find_leads_on(online: bool, by_hand: bool, helps: str) -> None:
    so, does = empty.found(key, online=online, by_hand=by_hand)
    assert so.startswith("Nothing found")
    assert does.startswith(f"<{helps}> ")
