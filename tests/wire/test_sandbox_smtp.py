"""Mail into the sandbox, by ``smtplib`` and by hand."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import time
import tracemalloc

import pytest

from sacterm.sandbox.records import SIZE_LIMIT, Forwarding
from sacterm.sandbox.server import ACCOUNT, Sandbox
from tests.wire.independent import PATIENCE, Rest, Smtp, letter, listening, segment

BOX = "box@mailsac.com"
HELLO = (b"EHLO client.example\r\n", b"MAIL FROM:<a@example.com>\r\n")
TO_BOX = b"RCPT TO:<box@mailsac.com>\r\n"


async def inbox(rest: Rest, email: str) -> list[dict[str, object]]:
    listed = await rest("GET", f"/addresses/{segment(email)}/messages")
    assert isinstance(listed.json, list)
    return listed.json


async def test_any_recipient_is_accepted_and_listed(rest: Rest, smtp: Smtp) -> None:
    await smtp.send(letter("hello"), BOX, "other@wherever.example", "é@exämple.com")
    for email in (BOX, "other@wherever.example", "é@exämple.com"):
        (told,) = await inbox(rest, email)
        assert told["subject"] == "hello"
        assert told["originalInbox"] == email
        assert (told["ip"], told["via"], told["rtls"]) == ("127.0.0.1", "client.example", False)


async def test_raw_survives_8_bit_dots_and_long_lines(rest: Rest, smtp: Smtp) -> None:
    raw = b"Subject: x\r\n\r\n.\xff leading dot\r\n..two\r\n" + b"<p>" * 100_000 + b"\r\n"
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
        head = b"Subject: x\r\n\r\n"
        lines = (b"x" * 998 + b"\r\n") * 3000
        largest = head + lines[: SIZE_LIMIT - len(head) - 2] + b"\r\n"
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
        tracemalloc.start()
        try:
            lines = [*HELLO, TO_BOX, b"DATA\r\n", flood * 40 + b".\r\n"]
            assert (await smtp.talk(*lines))[-1] == 552
            # The client's own copy is 80 MB; what the server keeps comes on top.
            assert tracemalloc.get_traced_memory()[1] < 80_000_000 + 6 * SIZE_LIMIT
        finally:
            tracemalloc.stop()

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
    @pytest.mark.parametrize("odd", [b"\0", b"\x0b", b"\x7f", b"\t", b"\xff", b"\xc2\x85"])
    async def test_control_characters_are_refused(self, smtp: Smtp, odd: bytes) -> None:
        hello, mail = HELLO
        address = b"<a" + odd + b"b@example.com>"
        assert await smtp.talk(hello, b"MAIL FROM:" + address + b"\r\n") == [220, 250, 501]
        refused = await smtp.talk(hello, mail, b"RCPT TO:" + address + b"\r\n")
        assert refused == [220, 250, 250, 501]
        assert await smtp.talk(b"EHLO a" + odd + b"b\r\n") == [220, 501]

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

    @pytest.mark.parametrize(
        "end",
        [b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n", b"\r\n.\r", b"\r.\r\n", b"\r\n\0.\r\n"],
    )
    async def test_only_crlf_dot_crlf_ends_a_mail(self, rest: Rest, smtp: Smtp, end: bytes) -> None:
        hidden = b"MAIL FROM:<evil@example.com>\r\nRCPT TO:<victim@example.com>\r\nDATA\r\nbad"
        data = b"Subject: outer\r\n\r\ntext" + end + hidden
        statuses = await smtp.talk(*HELLO, TO_BOX, b"DATA\r\n", data + b"\r\n.\r\n", b"NOOP\r\n")
        assert statuses[-3:] == [354, 250, 250]
        assert await inbox(rest, "victim@example.com") == []
        (told,) = await inbox(rest, BOX)
        raw = (await rest("GET", f"/raw/{BOX}/{told['_id']}")).content
        assert hidden in raw


class TestHostileMail:
    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"\0" * 1000,
            b"no header at all",
            b"\xff\xfe: \xff\r\n\r\n\xff",
            b"Subject: =?utf-7?q?+2AA-?=\r\n\r\nlone surrogate",
            b"Content-Type: text/plain; charset=nonsense\r\n\r\nx",
            b'Content-Type: multipart/mixed; boundary="\r\n\r\nx',
            b"Content-Transfer-Encoding: base64\r\n\r\n%",
            b"From: " + b"(" * 5000 + b"\r\n\r\nx",
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
