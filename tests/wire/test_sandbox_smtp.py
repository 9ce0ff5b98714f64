"""Mail into the sandbox, by ``smtplib`` and by hand."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import time
import tracemalloc
from itertools import product

import pytest

from sacterm.sandbox.records import SIZE_LIMIT, Forwarding, Mail
from sacterm.sandbox.server import ACCOUNT, Sandbox
from tests.wire.independent import PATIENCE, Rest, Smtp, bulk, dialled, letter, listening, segment

BOX = "box@mailsac.com"
HELLO = (b"EHLO client.example\r\n", b"MAIL FROM:<a@example.com>\r\n")
TO_BOX = b"RCPT TO:<box@mailsac.com>\r\n"
BREAKS = (b"\r\n", b"\n", b"\r")
LOOK_ALIKES = [before + b"." + after for before, after in list(product(BREAKS, BREAKS))[1:]]


async def inbox(rest: Rest, email: str) -> list[dict[str, object]]:
    listed = await rest("GET", f"/addresses/{segment(email)}/messages")
    assert isinstance(listed.json, list)
    return listed.json


def stored(sandbox: Sandbox) -> int:
    """How many mails there are, in any inbox."""
    return sum(isinstance(record, Mail) for record in sandbox.mailroom.records())


async def test_any_recipient_is_accepted_and_listed(rest: Rest, smtp: Smtp) -> None:
    await smtp.send(letter("hello"), BOX, "other@wherever.example", "é@exämple.com")
    for email in (BOX, "other@wherever.example", "é@exämple.com"):
        (told,) = await inbox(rest, email)
        assert told["subject"] == "hello"
        assert told["originalInbox"] == email
        assert (told["ip"], told["via"], told["rtls"]) == ("127.0.0.1", "client.example", False)


async def test_raw_survives_8_bit_controls_dots_and_the_longest_line(
    rest: Rest, smtp: Smtp
) -> None:
    longest = b"." + b"x" * 997 + b"\r\n"
    raw = b"Subject: x\r\n\r\n.\xff leading dot\r\n..two\r\n\0.\r\n" + longest
    await smtp.send(raw, BOX)
    (told,) = await inbox(rest, BOX)
    assert (await rest("GET", f"/raw/{BOX}/{told['_id']}")).content == raw


async def test_a_bounce_has_no_sender(rest: Rest, smtp: Smtp) -> None:
    end = b"Subject: x\r\n\r\n\r\n.\r\n"
    statuses = await smtp.talk(HELLO[0], b"MAIL FROM:<>\r\n", TO_BOX, b"DATA\r\n", end)
    assert statuses == [220, 250, 250, 250, 354, 250]
    (told,) = await inbox(rest, BOX)
    assert told["from"] == []


async def test_250_means_stored_and_pushed(sandbox: Sandbox, rest: Rest, smtp: Smtp) -> None:
    sandbox.mailroom.reserve(ACCOUNT, [BOX], Forwarding(enablews=True))
    async with listening(sandbox.socket_url, sandbox.key, BOX) as ear:
        await ear.json()
        await smtp.send(letter("now"), BOX)
        said = time.perf_counter()
        assert await ear.subjects(1) == ["now"]
        assert time.perf_counter() - said < 2
    assert len(await inbox(rest, BOX)) == 1


async def test_what_cannot_be_kept_is_not_acknowledged(
    sandbox: Sandbox, rest: Rest, smtp: Smtp
) -> None:
    def full_disk(_: object) -> None:
        raise OSError("no space left")

    kept, sandbox.mailroom.keep = sandbox.mailroom.keep, full_disk
    with pytest.raises(smtplib.SMTPDataError) as refused:
        await smtp.send(letter(), BOX)
    assert refused.value.smtp_code == 451
    sandbox.mailroom.keep = kept
    assert await inbox(rest, BOX) == []


class TestSize:
    def test_is_the_services(self) -> None:
        assert SIZE_LIMIT == 2_500_000

    async def test_is_announced(self, smtp: Smtp) -> None:
        def ask() -> str:
            with smtplib.SMTP(smtp.host, smtp.port, "client", timeout=PATIENCE) as client:
                client.ehlo()
                return client.esmtp_features["size"]

        assert await asyncio.to_thread(ask) == str(SIZE_LIMIT)

    async def test_the_largest_mail_is_taken_and_one_byte_more_is_not(
        self, rest: Rest, smtp: Smtp
    ) -> None:
        largest = bulk(SIZE_LIMIT)
        assert len(largest) == SIZE_LIMIT
        await smtp.send(largest, BOX)
        (told,) = await inbox(rest, BOX)
        assert told["size"] == SIZE_LIMIT
        with pytest.raises(smtplib.SMTPSenderRefused) as announced:
            await smtp.send(largest + b"\r\n", BOX)
        assert announced.value.smtp_code == 552

    async def test_is_enforced_on_those_who_announce_nothing(self, rest: Rest, smtp: Smtp) -> None:
        data = (b"x" * 998 + b"\r\n") * 2501 + b".\r\n"
        assert (await smtp.talk(*HELLO, TO_BOX, b"DATA\r\n", data))[-1] == 552
        assert await inbox(rest, BOX) == []

    async def test_a_mail_without_end_takes_no_memory(self, smtp: Smtp) -> None:
        flood = (b"x" * 998 + b"\r\n") * 1000
        async with dialled(smtp.host, smtp.port) as line:
            await line.say(*HELLO, TO_BOX, b"DATA\r\n")
            tracemalloc.start()
            try:
                for _ in range(40):
                    await line.say(flood)
                assert tracemalloc.get_traced_memory()[1] < 6 * SIZE_LIMIT
            finally:
                tracemalloc.stop()
            await line.say(b".\r\nQUIT\r\n")
            assert (await line.until_hung_up()).splitlines()[-2].startswith(b"552")

    async def test_a_line_has_a_thousand_bytes_at_most(self, sandbox: Sandbox, smtp: Smtp) -> None:
        for end in (b"\r\n", b"\nx\r\n", b"\rx\r\n"):
            data = b"first\r\n" * 300 + b"x" * (1001 - len(end)) + end + b"last\r\n.\r\n"
            assert (await smtp.talk(*HELLO, TO_BOX, b"DATA\r\n", data))[-1] == 500
        assert stored(sandbox) == 0

    async def test_commands_sent_without_waiting_are_answered(self, rest: Rest, smtp: Smtp) -> None:
        data = b"DATA\r\n" + letter("first") + b".\r\n"
        again = HELLO[1] + TO_BOX + b"DATA\r\n" + letter("second") + b".\r\nQUIT\r\n"

        def pipeline() -> bytes:
            with socket.create_connection((smtp.host, smtp.port), timeout=PATIENCE) as client:
                client.sendall(b"".join(HELLO) + TO_BOX + data + again)
                return client.makefile("rb").read()

        assert (await asyncio.to_thread(pipeline)).endswith(b"221 Bye\r\n")
        assert [told["subject"] for told in await inbox(rest, BOX)] == ["second", "first"]


class TestEnvelope:
    @pytest.mark.parametrize(
        "odd", [*map(bytes, zip(b"\0\r\n\t\x0b\x1b\x7f\xff")), "\x85".encode(), "\u202e".encode()]
    )
    async def test_control_characters_are_refused(self, smtp: Smtp, odd: bytes) -> None:
        hello, mail = HELLO
        address = b"<a" + odd + b"b@example.com>"
        assert await smtp.talk(hello, b"MAIL FROM:" + address + b"\r\n") == [220, 250, 500]
        refused = await smtp.talk(hello, mail, b"RCPT TO:" + address + b"\r\n")
        assert refused == [220, 250, 250, 500]
        assert await smtp.talk(b"EHLO a" + odd + b"b\r\n") == [220, 500]

    @pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\r", b"\n\r"])
    async def test_only_crlf_ends_a_command(self, sandbox: Sandbox, smtp: Smtp, end: bytes) -> None:
        twice = TO_BOX[:-2] + end + b"RCPT TO:<victim@example.com>\r\n"
        statuses = await smtp.talk(*HELLO, twice, b"DATA\r\n", TO_BOX, b"QUIT\r\n")
        assert statuses == [220, 250, 250, 500, 503, 250, 221]

    async def test_a_line_too_long_is_refused_whole(self, smtp: Smtp) -> None:
        for size in (515, 1001, 100_000):
            line = b"NOOP " + b"x" * (size - 7) + b"\r\n"
            assert await smtp.talk(line, b"NOOP\r\n") == [220, 500, 250]
        hidden = b"NOOP " + b"x" * 2000 + b"\nRCPT TO:<victim@example.com>\r\n"
        statuses = await smtp.talk(*HELLO, hidden, b"DATA\r\n", b"QUIT\r\n")
        assert statuses == [220, 250, 250, 500, 503, 221]

    @pytest.mark.parametrize("address", [b"<", b"<<>>", b"<@>", b"(" * 400])
    async def test_nonsense_is_refused_and_the_session_goes_on(
        self, rest: Rest, smtp: Smtp, address: bytes
    ) -> None:
        nonsense = b"RCPT TO:" + address + b"\r\n"
        statuses = await smtp.talk(*HELLO, nonsense, TO_BOX, b"DATA\r\n", b"\r\n.\r\n")
        assert 500 <= statuses[3] < 560
        assert statuses[4:] == [250, 354, 250]
        assert len(await inbox(rest, BOX)) == 1

    async def test_a_hundred_recipients_are_enough(self, smtp: Smtp) -> None:
        recipients = [b"RCPT TO:<r%d@example.com>\r\n" % n for n in range(101)]
        assert (await smtp.talk(*HELLO, *recipients))[-2:] == [250, 452]


class TestSmuggling:
    """A second mail hidden behind line ends that only some servers take for the end of DATA."""

    @pytest.mark.parametrize("look_alike", LOOK_ALIKES)
    @pytest.mark.parametrize("text", [b"Subject: outer\r\n\r\ntext", b""])
    async def test_what_looks_like_the_end_is_refused_after_the_end(
        self, sandbox: Sandbox, smtp: Smtp, text: bytes, look_alike: bytes
    ) -> None:
        hidden = b"MAIL FROM:<evil@example.com>\r\nRCPT TO:<victim@example.com>\r\nDATA\r\nbad"
        data = text + look_alike + hidden + b"\r\n.\r\n"
        statuses = await smtp.talk(*HELLO, TO_BOX, b"DATA\r\n", data, b"NOOP\r\n", b"DATA\r\n")
        assert statuses[-4:] == [354, 554, 250, 503]
        assert stored(sandbox) == 0

    @pytest.mark.parametrize("end", [b".\n\r\n.\r\n", b"\n.\r\n.\r\n", b"\r\n.\r\r\n.\r\n"])
    async def test_right_before_the_end_too(self, sandbox: Sandbox, smtp: Smtp, end: bytes) -> None:
        statuses = await smtp.talk(*HELLO, TO_BOX, b"DATA\r\n", end, b"NOOP\r\n")
        assert statuses[-3:] == [354, 554, 250]
        assert stored(sandbox) == 0

    async def test_what_a_browser_posts_is_not_read_to_its_body(
        self, sandbox: Sandbox, smtp: Smtp
    ) -> None:
        """A page of another site can have it sent to any port of this machine."""
        head = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: b\r\nAccept: c\r\nOrigin: d\r\n\r\n"
        body = b"".join(HELLO) + TO_BOX + b"DATA\r\n" + letter() + b".\r\n"
        async with dialled(smtp.host, smtp.port) as line:
            await line.say(head + body)
            assert b"354" not in await line.until_hung_up()
        assert stored(sandbox) == 0


class TestHostileMail:
    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"\0" * 998,
            b"no header at all",
            b"\xff\xfe: \xff\r\n\r\n\xff",
            b"Subject: =?utf-7?q?+2AA-?=\r\n\r\nlone surrogate",
            b"Content-Type: text/plain; charset=nonsense\r\n\r\nx",
            b'Content-Type: multipart/mixed; boundary="\r\n\r\nx',
            b"Content-Transfer-Encoding: base64\r\n\r\n%",
            b"From: " + (b"(" * 900 + b"\r\n ") * 6 + b"\r\n\r\nx",
        ],
    )
    async def test_is_stored_listed_and_pushed(
        self, sandbox: Sandbox, rest: Rest, smtp: Smtp, raw: bytes
    ) -> None:
        sandbox.mailroom.reserve(ACCOUNT, [BOX], Forwarding(enablews=True))
        async with listening(sandbox.socket_url, sandbox.key, BOX) as ear:
            await ear.json()
            await smtp.send(raw, BOX)
            pushed = (await ear.json())["email"]
        (told,) = await inbox(rest, BOX)
        assert pushed["_id"] == told["_id"]
        for route in ("text", "body", "dirty", "raw"):
            assert (await rest("GET", f"/{route}/{BOX}/{told['_id']}")).status == 200

    @pytest.mark.parametrize(
        ("head", "unit"),
        [
            (b"Subject: x\r\n\r\n", b"x\r\n"),
            (b"Subject: ", b"=?utf-8?q?a?=\r\n "),
            (b"To: ", b"a@example.com,\r\n "),
            (b"To: ", b"(\r\n "),
            (b"Content-Type: text/html\r\n\r\n", b"<!\r\n"),
            (b"Content-Type: text/html\r\n\r\n", b"<a <a <a\r\n"),
            (b"", b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"),
        ],
    )
    async def test_of_full_size_holds_up_nobody(
        self, rest: Rest, smtp: Smtp, head: bytes, unit: bytes
    ) -> None:
        raw = head + unit * ((SIZE_LIMIT - 100) // len(unit)) + b"\r\n"
        slow = asyncio.create_task(smtp.send(raw, BOX))
        answers = []
        while not slow.done():
            asked = time.perf_counter()
            assert (await rest("GET", "/me")).status == 200
            answers.append(time.perf_counter() - asked)
        await slow
        assert max(answers) < 1.0
        assert len(await inbox(rest, BOX)) == 1

    async def test_the_spam_test_string_is_spam(self, rest: Rest, smtp: Smtp) -> None:
        gtube = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
        await smtp.send(letter(text=gtube), BOX)
        (told,) = await inbox(rest, BOX)
        assert (told["folder"], told["spam"]) == ("spam", 1.0)
