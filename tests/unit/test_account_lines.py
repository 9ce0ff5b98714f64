"""What the account's page says, without a screen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len

from sacterm.mailbox.views import Arrived
from sacterm.model import Account, AccountStats
from sacterm.reading.styled import Look
from sacterm.tui import charts
from sacterm.tui.account import Figures, hours_shown, lines

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NOON = int(NOW.timestamp()) // 3600  # the hour that has begun
ASCII = charts.SIGNS["ascii"]
FULL = Figures(
    now=NOW,
    account=Account(
        id="jeff", ops_used=1000, ops_limit=1500, message_limit=5000, address_credits=3
    ),
    account_told=NOW - timedelta(hours=2),
    stats=AccountStats(stored=4000, starred=12, inbox_bytes=84_400_000, last_month_ops=1201),
    stats_told=NOW - timedelta(hours=2),
    used=1025,
    asked_today=14,
    kept=195,
    starred=4,
    reserved=5,
    domains=1,
    labels=("flaky", "qa"),
    arrived=[
        Arrived(NOON - 23, "a@x.test", 4),  # yesterday
        Arrived(NOON - 12, "a@x.test", 2),
        Arrived(NOON - 12, "b@x.test", 1),
        Arrived(NOON, "b@x.test", 8),
    ],
    run={"raw": 2, "list": 1},
    month={"raw": 20, "list": 41, "later": 1},
)


def shown(figures: Figures, width: int = 70) -> list[str]:
    return [line.text for line in lines(figures, width, ASCII)]


def row(figures: Figures, label: str, nth: int = 0) -> str:
    return " ".join([text for text in shown(figures) if text.startswith(label)][nth].split())


class TestOps:
    def test_this_month_with_its_pace_and_where_that_leads(self) -> None:
        text = shown(FULL)
        assert text[0] == "OPS THIS MONTH" + "begins anew on 1 Dec, UTC".rjust(70 - 14)
        assert text[1] == "#" * 43 + "." * 20 + "   68 %"
        assert row(FULL, "used") == "used 1,025 of 1,500 · 475 left"
        assert row(FULL, "pace") == "pace 50 a day this month · lasts: 1,500 by the end"
        assert row(FULL, "today") == "today 25 11 mails came, 14 asked in this run"
        assert row(FULL, "last month") == "last month 1,201"

    def test_the_two_paces_are_told_apart(self) -> None:
        busy = replace(FULL, used=1230, asked_today=239)  # 250 in half a day
        assert row(busy, "pace", 0) == "pace 60 a day this month · runs out on 26 Nov"
        assert row(busy, "pace", 1) == "pace 500 a day as today · runs out on 22 Nov"
        slow = replace(FULL, used=410, asked_today=0, arrived=())
        assert row(slow, "pace", 0) == "pace 20 a day this month · lasts: 600 by the end"
        assert row(slow, "pace", 1) == "pace 0 a day as today · lasts: 410 by the end"

    def test_none_left(self) -> None:
        spent = replace(FULL, used=2000)
        assert shown(spent)[1] == "#" * 63 + "  133 %"
        assert row(spent, "used") == "used 2,000 of 1,500 · none are left"
        assert row(spent, "pace").endswith("a day this month")

    def test_before_this_run_was_told_what_an_earlier_run_was_told_holds_for_its_month(
        self,
    ) -> None:
        earlier = replace(FULL, used=None)
        assert row(earlier, "used") == "used 1,000 of 1,500 · 500 left"
        old = replace(earlier, account_told=datetime(2026, 10, 31, 23, 59, tzinfo=UTC))
        assert row(old, "used") == "used not told for this month yet · the limit is 1,500"
        assert row(replace(old, account_told=None), "used").startswith("used not told")

    def test_a_limit_that_is_not_told_makes_no_gauge(self) -> None:
        for limit in (None, 0, -1):
            unlimited = replace(FULL, account=Account(id="jeff", ops_limit=limit), used=7)
            assert "#" not in shown(unlimited)[1]
            assert row(unlimited, "used") == "used 7 without a limit that Mailsac tells"


class TestStored:
    def test_of_the_limit_and_since_when(self) -> None:
        told = FULL.stats_told
        assert told is not None
        here = f"{told.astimezone():%H:%M}"
        assert row(FULL, "STORED") == f"STORED told at {here}"
        assert row(FULL, "messages") == f"messages 4,000 of 5,000 {'#' * 16}.... 80 %"
        assert row(FULL, "starred").startswith("starred 12")
        assert row(FULL, "size") == "size 84.4 MB"

    def test_what_is_known_here_stands_in_for_what_was_not_told(self) -> None:
        fresh = replace(FULL, stats=None, stats_told=None)
        assert row(fresh, "STORED") == "STORED known here: Mailsac has not told"
        assert row(fresh, "messages") == "messages 195 of 5,000"
        assert row(fresh, "starred") == "starred 4"


def test_credits_addresses_and_labels() -> None:
    assert row(FULL, "credits") == "credits 3 more addresses can be reserved"
    assert row(FULL, "addresses") == "addresses 5 and 1 domain"
    assert row(FULL, "labels") == "labels 2 flaky, qa"


@pytest.mark.parametrize(
    ("account", "text"),
    [
        (Account(id="j", disabled="yes"), "! The account is disabled · see mailsac.com"),
        (
            Account(id="j", billing_hold="card\x1b[31m\nexpired"),
            "! The account is on hold for its bill: card␛[31m expired · see mailsac.com",
        ),
    ],
)
def test_what_is_wrong_with_the_account_comes_first(account: Account, text: str) -> None:
    first, *_ = lines(replace(FULL, account=account), 80, ASCII)
    assert (first.text, first.spans[0].look) == (text, Look.ALERT)
    assert not any("!" in line for line in shown(FULL))


class TestArrivals:
    def test_by_hour_and_by_inbox(self) -> None:
        text = shown(FULL, 72)
        at = next(n for n, line in enumerate(text) if line.startswith("ARRIVALS"))
        assert text[at].endswith("15 messages in 24 h, 8 in the busiest hour")
        assert text[at + 1] == "===" + " " * 30 + "---" + " " * 33 + "@@@"  # 4, 3, 8 of 8
        assert text[at + 2].split() == ["24", "h", "ago", "12", "h", "ago", "now"]
        assert len(text[at + 2]) == 72
        bars = [line.split() for line in text[at + 3 : at + 5]]
        assert [(name, count) for name, count, _ in bars] == [("b@x.test", "9"), ("a@x.test", "6")]
        assert len(bars[0][2]) == 72 - len("b@x.test") - 12
        assert len(bars[1][2]) == len(bars[0][2]) * 6 // 9

    def test_many_inboxes_end_with_what_the_others_got(self) -> None:
        many = replace(FULL, arrived=[Arrived(NOON, f"{n}@x.test", n) for n in range(1, 10)])
        assert row(many, "9@x.test").startswith("9@x.test 9 ")
        assert row(many, "3 other inboxes").startswith("3 other inboxes 6 ")
        assert not any(line.startswith("3@") for line in shown(many))

    def test_none(self) -> None:
        assert "no mail of the account came in that time" in shown(replace(FULL, arrived=()))

    def test_the_hours_shown_end_with_the_one_that_has_begun(self) -> None:
        assert hours_shown(NOW) == (NOON - 23, NOON + 1)


def test_ops_by_kind_of_this_run_and_this_month() -> None:
    text = shown(FULL)
    at = next(n for n, line in enumerate(text) if line.startswith("OPS SPENT"))
    assert [line.split() for line in text[at + 1 :]] == [
        ["listings", "1", "41"],
        ["messages", "read", "2", "20"],
        ["later", "·", "1"],
        ["ops", "in", "all", "3", "62"],
    ]
    assert {len(line) for line in text[at:]} == {70}, "aligned on the right"


def test_of_an_account_that_was_never_told_it_says_so() -> None:
    text = shown(Figures(now=NOW))
    assert " ".join(text[1].split()) == "used not told for this month yet"
    assert row(Figures(now=NOW), "credits").startswith("credits not told")


@given(
    st.integers(-(2**63), 2**63),
    st.text(max_size=30),
    st.integers(1, 200),
    st.sampled_from(list(charts.SIGNS.values())),
)
def test_no_line_is_too_wide_whatever_is_told(
    number: int, text: str, width: int, signs: charts.Signs
) -> None:
    figures = replace(
        FULL,
        account=Account(
            id=text, ops_used=number, ops_limit=number, message_limit=number,
            address_credits=number, billing_hold=text, disabled=text,
        ),
        stats=AccountStats(
            stored=number, starred=number, inbox_bytes=number, last_month_ops=number
        ),
        used=number,
        labels=(text, text),
        arrived=[Arrived(NOON, text, abs(number) + 1)],
        month={text: number},
    )  # fmt: skip
    assert all(cell_len(line.text) <= max(width, 60) for line in lines(figures, width, signs))
