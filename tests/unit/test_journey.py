"""The servers on a message's way, and what they say of its sender."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sacterm.reading.journey import Hop, Journey, Verdict, read_journey, summary

DATE = "Fri, 20 Nov 2026 08:13:41 +0000"
AT = datetime(2026, 11, 20, 8, 13, 41, tzinfo=UTC)


def journey(*fields: str) -> Journey:
    return read_journey("\r\n".join((*fields, "", "text")).encode())


def hop(received: str) -> Hop:
    [only] = journey(f"Received: {received}").hops
    return only


def at(date: str) -> datetime | None:
    return hop(f"from a by b with SMTP id c; {date}").at


# Hops.


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        pytest.param(
            "from mail.x.example (mail.x.example [192.0.2.238])\r\n\tby mx.y.example (Postfix) "
            "with ESMTPS id 013b\r\n\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384)\r\n\t"
            "for <a@y.example>; Fri, 20 Nov 2026 08:13:41 +0000",
            Hop("mx.y.example", "mail.x.example", "192.0.2.238", "ESMTPS", True, AT),
            id="Postfix",
        ),
        pytest.param(
            "from [192.0.2.7] (helo=by.x.example) by mx.y.example with esmtpsa (TLS1.3) tls "
            "TLS_AES_256_GCM_SHA384 (Exim 4.96) id 1r; Fri, 20 Nov 2026 08:13:41 +0000",
            Hop("mx.y.example", "[192.0.2.7]", "192.0.2.7", "ESMTPSA", True, AT),
            id="Exim",
        ),
        pytest.param(
            "by 2002:a05:6a10:b0:1 with SMTP id x1csp1; Fri, 20 Nov 2026 00:13:41 -0800 (PST)",
            Hop("2002:a05:6a10:b0:1", protocol="SMTP", tls=False, at=AT),
            id="Gmail inside",
        ),
        pytest.param(
            "from A.PROD.example (2603:10a6:20b:3e::9) by B.PROD.example ([IPv6:2603::1]) with"
            "\r\n Microsoft SMTP Server(version=TLS1_2, cipher=TLS_X) id 15.20.1; "
            "Fri, 20 Nov 2026 08:13:41 +0000",
            Hop(
                "B.PROD.example",
                "A.PROD.example",
                "2603:10a6:20b:3e::9",
                "Microsoft SMTP Server",
                True,
                AT,
            ),
            id="Exchange",
        ),
        pytest.param(
            "(qmail 123 invoked by uid 89); 20 Nov 2026 08:13:41 -0000", Hop("", at=AT), id="qmail"
        ),
        pytest.param(
            "from x ([IPv6:2001:db8::1]) by y with LMTP",
            Hop("y", "x", "2001:db8::1", "LMTP", False),
        ),
        ("from x ([999.0.2.1] [10.0.0.1]) by y", Hop("y", "x", "10.0.0.1")),
        (
            "from tls.example (using.example) by y with SMTP",
            Hop("y", "tls.example", "", "SMTP", False),
        ),
        ("from x by y with ESMTP (using TLSv1.2)", Hop("y", "x", "", "ESMTP", True)),
        ("from x by y with HTTPS", Hop("y", "x", "", "HTTPS", True)),
        ("from x by y with local (by z; with ESMTPS)", Hop("y", "x", "", "local")),
        ("from x ((nested) by z) by y (never ended with ESMTPS", Hop("y", "x")),
        ("", Hop("")),
        (";;;", Hop("")),
    ],
)
def test_a_hop_says_who_gave_it_to_whom_and_how(received: str, expected: Hop) -> None:
    assert hop(received) == expected


def test_hops_are_in_the_order_of_travel_with_their_delays() -> None:
    way = journey(
        "Received: from c by d; Fri, 20 Nov 2026 08:13:45 +0000",
        "Received: from b2 by c",
        "Received: from b by c; Fri, 20 Nov 2026 10:13:44.5 +0200",
        "Received: from a by b; Fri, 20 Nov 2026 08:13:46 GMT",
    )
    assert [hop.by for hop in way.hops] == ["b", "c", "c", "d"]
    assert [hop.delay for hop in way.hops] == [None, -1.5, None, None]
    assert way.total == -1


def test_one_hop_has_no_delay() -> None:
    way = journey(f"Received: from a by b; {DATE}")
    assert (way.hops[0].delay, way.total) == (None, None)


@pytest.mark.parametrize("month", range(1, 13))
def test_dates_are_read_as_they_are_written(month: int) -> None:
    zone = timezone(timedelta(hours=5, minutes=30))
    then = datetime(2026, month, 9, 23, 59, 1, tzinfo=zone)
    assert at(f"{then:%a, %d %b %Y %H:%M:%S %z}") == at(f"{then:%d %B %Y %H:%M:%S %z}") == then


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Fri, 20 Nov 26 08:13:41 GMT", AT),
        ("20 Nov 126 08:13:41 UT", AT),
        ("20  nov 2026  8:13:41 Z", AT),
        ("20 Nov 2026 04:13:41 EDT", AT.replace(hour=8)),
        ("20 Nov 2026 00:13:41 -0800 (PST)", AT),
        ("20 Nov 2026 08:13:41 XYZ", AT),
        ("20 Nov 2026 08:13:41", AT),
        ("20 Nov 2026 08:13 +0000", AT.replace(second=0)),
        ("20 Nov 2026 08:13:60 +0000", AT.replace(second=59)),
        ("20 Nov 2026 08:13:41.1234567 +0000", AT.replace(microsecond=123456)),
        ("20 Nov 70 08:13:41 +0000", AT.replace(year=1970)),
        ("31 Nov 2026 08:13:41 +0000", None),
        ("20 Nov 2026 24:13:41 +0000", None),
        ("20 Nov 2026 08:13:41 +9999", None),
        ("01 Jan 0001 00:00:00 +2300", None),
        ("20 Nov 0000 08:13:41 +0000", None),
        ("20 Nov 99999999999999999999 08:13:41 +0000", None),
        ("٢٠ Nov 2026 08:13:41 +0000", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_old_and_impossible_dates(date: str, expected: datetime | None) -> None:
    assert at(date) == expected


# Verdicts.


def test_authentication_results_are_read() -> None:
    found = journey(
        "Authentication-Results: mx.y.example 1;\r\n\tspf=pass smtp.mailfrom=bounce@x.example;\r\n"
        '\tdkim=fail (body hash; did "not" verify) header.d=x.example header.s=s1;\r\n'
        '\tDMARC/1 = Fail (p=(REJECT)) reason="no; alignment" header.from=x.example;\r\n'
        "\tdkim=pass header.i=@news.x.example; iprev=pass policy.iprev=192.0.2.1",
        "Authentication-Results: other.example; none",
        "Authentication-Results: forged.example; spf=pass",
    )
    mx = "mx.y.example"
    assert found.verdicts == (
        Verdict("spf", "pass", "x.example", mx),
        Verdict("dkim", "fail", 'x.example · s1 · body hash; did "not" verify', mx),
        Verdict("dmarc", "fail", "x.example · no; alignment", mx),
        Verdict("dkim", "pass", "news.x.example", mx),
        Verdict("iprev", "pass", "", mx),
        Verdict("spf", "pass", "", "forged.example"),
    )
    assert found.trusted == found.verdicts[:5]


def test_a_server_may_leave_out_its_name() -> None:
    assert journey("Authentication-Results: spf=none; dkim=none (not signed)").verdicts == (
        Verdict("spf", "none"),
        Verdict("dkim", "none", "not signed"),
    )


RECEIVED_SPF = (
    "Received-SPF: SoftFail (mx.y.example: domain of x) receiver=mx.y.example; "
    'client-ip=192.0.2.1; envelope-from="a@x.example"; helo=h;'
)
SIGNATURE = "DKIM-Signature: v=1; a=rsa-sha256; d=x.example; s=s1;\r\n\tbh=abc=; b=d=s=f"


def test_other_fields_speak_where_there_are_no_results() -> None:
    assert journey(RECEIVED_SPF, SIGNATURE).verdicts == (
        Verdict("spf", "softfail", "x.example · mx.y.example: domain of x", "mx.y.example"),
        Verdict("dkim", "unchecked", "x.example · s1"),
    )
    results = "Authentication-Results: mx; spf=pass; dkim=pass"
    assert len(journey(results, RECEIVED_SPF, SIGNATURE).verdicts) == 2


def test_what_spam_filters_wrote_is_kept_short() -> None:
    assert journey("Subject: s").spam == ""
    assert (
        journey(
            "X-Spam-Status: No, score=-1.9 required=5.0 tests=[DKIM_SIGNED=0.1]",
            "x-spamd-result: default: False [2.40 / 15.00]; ARC_NA(0.00)[]; DMARC(0.00)[]",
        ).spam
        == "X-Spam-Status: No, score=-1.9 required=5.0 · x-spamd-result: default: False "
        "[2.40 / 15.00]"
    )


# In a few words.


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ([], ""),
        ([SIGNATURE], ""),
        (["Received: from a by b with ESMTPS"], "TLS"),
        (["Received: from a by b with SMTP"], "no TLS"),
        (["Received: from b by c with SMTP", "Received: from a by b with ESMTPS"], "no TLS"),
        (["Received: by c with SMTP", "Received: from a by b with ESMTPS"], "TLS"),
        (["Received: from a by b with magic"], ""),
        (["Authentication-Results: m; spf=pass; dkim=pass; dmarc=pass"], "spf dkim dmarc pass"),
        (["Authentication-Results: m; spf=fail; dkim=pass"], "spf fail · dkim pass"),
        (["Authentication-Results: m; dkim=fail; dkim=pass; dkim=none"], "dkim pass"),
        (["Authentication-Results: m; iprev=pass; spf=none"], "spf none"),
        (
            ["Authentication-Results: m; spf=fail", "Authentication-Results: m; dmarc=fail"],
            "spf dmarc fail",
        ),
        (
            ["Authentication-Results: m; spf=fail", "Authentication-Results: evil; spf=pass"],
            "spf fail",
        ),
        (
            ["Received: from a by b with ESMTPS", "Authentication-Results: m; spf=pass"],
            "TLS · spf pass",
        ),
    ],
)
def test_the_summary_tells_what_the_receiving_server_says(fields: list[str], said: str) -> None:
    assert summary(journey(*fields)) == said


# Whatever comes.


pieces = st.sampled_from(
    b"Received: |Authentication-Results: |Received-SPF: |DKIM-Signature: |X-Spam-Status: |\r\n| |"
    b'from |by |with |ESMTPS |; |=|(|)|\\|"|[1.2.3.4]|spf=pass|d=x|reason=|20 Nov 2026 |08:13:41 |'
    b"+0000|+9999|\x00|\xff|\r\n ".split(b"|")
)


@settings(deadline=None, max_examples=75)
@given(st.lists(pieces, max_size=40).map(b"".join))
def test_any_header_can_be_read(header: bytes) -> None:
    assert isinstance(summary(read_journey(header)), str)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"Received: from " + b"(" * 2_500_000, id="comments"),
        pytest.param(b"Received: " + b'"\\' * 1_250_000, id="quotes"),
        pytest.param(b"Received: x\n" * 200_000, id="hops"),
        pytest.param(b"Received: " + b"from by " * 300_000, id="clauses"),
        pytest.param(b"Received: from " + b"[1.1.1.1" * 300_000, id="addresses"),
        pytest.param(b"Received: ;" + b"20 Nov " * 300_000, id="dates"),
        pytest.param(b"Authentication-Results: x" + b";a=b c.d=e" * 250_000, id="results"),
        pytest.param(b"Authentication-Results: x;a=b " + b"a" * 2_500_000, id="property"),
        pytest.param(b"Authentication-Results: x;a=b" + b" " * 2_500_000, id="spaces"),
        pytest.param(b"Authentication-Results: x;a=b;a=b\n" * 80_000, id="verdicts"),
    ],
)
@pytest.mark.thorough
def test_a_hostile_header_takes_no_time(raw: bytes) -> None:
    begin = time.process_time()
    read_journey(raw)
    assert time.process_time() - begin < 10
