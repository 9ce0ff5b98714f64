"""The demo's mail: dealt out as a tester's inboxes look, and readable by any mail parser."""

from __future__ import annotations

import re
import struct
import zlib
from collections import Counter
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import parsedate_to_datetime
from itertools import count, islice, pairwise
from random import Random
from urllib.parse import urlsplit

import pytest

from sacterm.sandbox.catalogue import Catalogue, load
from sacterm.sandbox.composer import chart, pdf, write
from sacterm.sandbox.samples import ADDRESSES, DOMAIN, PUBLIC_INBOX, Sample, fresh, samples

NOW = datetime(2026, 11, 20, 8, 14, 2, tzinfo=UTC)
HOUR, DAY = 3_600, 86_400
LARGEST = 2_500_000  # what the service accepts


@pytest.fixture(scope="module")
def mail() -> list[Sample]:
    return samples(now=NOW)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def head(sample: Sample) -> Message:
    return message_from_bytes(sample.raw)


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def is_odd(sample: Sample) -> bool:
    return b"fuzz@" in sample.raw


def one(catalogue: Catalogue, key: str, *, seed: int = 1, name: str = "Ada Moss") -> EmailMessage:
    raw = write(
        catalogue, catalogue.mail[key], Random(seed), name=name, to="ada@shop.msdc.co", when=NOW
    )
    return parsed(raw)


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content()).replace("\r\n", "\n")


def inbox(sample: Sample) -> str:
    local, _, domain = sample.to.partition("@")
    return DOMAIN if domain == DOMAIN else f"{local.partition('+')[0]}@{domain}"


def test_the_same_arguments_give_the_same_mail(mail: list[Sample]) -> None:
    assert samples(now=NOW) == mail


@pytest.mark.parametrize(
    ("seed", "now"), [(2, NOW), (1, NOW + timedelta(days=1))], ids=["other seed", "other time"]
)
def test_other_arguments_give_other_mail(seed: int, now: datetime) -> None:
    ours = {sample.raw for sample in samples(40, now=NOW)}
    assert ours.isdisjoint(sample.raw for sample in samples(40, seed=seed, now=now))


@pytest.mark.parametrize("wanted", [0, 1, 13, 20, 60, 450])
def test_any_number_can_be_had(wanted: int) -> None:
    got = samples(wanted, now=NOW)
    assert len(got) == wanted
    assert len({sample.raw for sample in got}) == wanted


def test_ages_rise_from_now_to_two_months(mail: list[Sample]) -> None:
    ages = [sample.age for sample in mail]
    assert all(newer < older for newer, older in pairwise(ages))
    assert 0 < ages[0] < 60
    assert ages[19] < HOUR <= ages[20]
    assert sum(age < 7 * DAY for age in ages) > 100
    assert 30 * DAY < ages[-1] <= 60 * DAY


def test_states_are_spread_as_in_a_used_mailbox(mail: list[Sample]) -> None:
    assert sum(not sample.read for sample in mail) == 30
    assert not mail[0].read
    assert sum(sample.starred for sample in mail) == 4
    assert {label for sample in mail for label in sample.labels} == {
        "checkout",
        "regression",
        "flaky",
    }


def test_what_the_filter_calls_spam_lies_in_spam_and_nothing_else(mail: list[Sample]) -> None:
    spam = [sample for sample in mail if sample.folder == "spam"]
    assert len(spam) == 3
    assert all(0.8 < sample.spam <= 1 for sample in spam)
    assert all(0 <= s.spam < 0.5 and s.folder == "inbox" for s in mail if s not in spam)


def test_every_inbox_gets_mail_and_no_other_does(mail: list[Sample]) -> None:
    assert {inbox(sample) for sample in mail} == {
        *(address.email for address in ADDRESSES),
        DOMAIN,
        PUBLIC_INBOX,
    }
    assert any("+" in sample.to for sample in mail)
    assert len({sample.to for sample in mail if inbox(sample) == DOMAIN}) > 10


def test_the_public_inbox_holds_no_more_than_the_service_keeps(mail: list[Sample]) -> None:
    public = [sample for sample in mail if sample.to == PUBLIC_INBOX]
    assert len(public) == 5
    assert all(sample.age < 4 * DAY for sample in public)


def test_every_kind_of_mail_is_there(mail: list[Sample], catalogue: Catalogue) -> None:
    subjects = [str(parsed(s.raw)["Subject"]) for s in mail if not is_odd(s)]
    assert len(catalogue.mail) > 25
    assert len({str(head(sample)["From"]) for sample in mail}) > 30
    for template in catalogue.mail.values():
        shape = re.sub(r"\\\{\w+\\\}", ".+", re.escape(template.subject))
        assert template.shape == "raw" or any(re.fullmatch(shape, s) for s in subjects)


def test_nine_languages_are_spoken_english_most(mail: list[Sample]) -> None:
    spoken = Counter(head(s)["Content-Language"] for s in mail if head(s)["Content-Language"])
    assert spoken.most_common(1)[0][0] == "en"
    assert {"de", "fr", "es", "pt", "it", "pl", "ja", "zh", "ar", "uk"} <= set(spoken)


def test_every_mail_tells_who_where_when(mail: list[Sample]) -> None:
    for sample in mail:
        message = head(sample)
        assert "@" in str(message["From"])
        assert sample.to in str(message["To"])
        assert len(message.get_all("Received", [])) == 2
        sent = parsedate_to_datetime(str(message["Date"]))
        assert abs(sent - (NOW - timedelta(seconds=sample.age))) < timedelta(seconds=1)


def test_one_mail_alone_has_no_subject(mail: list[Sample]) -> None:
    assert sum(head(sample)["Subject"] is None for sample in mail) == 1


def test_message_ids_are_unique(mail: list[Sample]) -> None:
    assert len({head(sample)["Message-ID"] for sample in mail}) == len(mail)


def test_most_mail_was_authenticated(mail: list[Sample]) -> None:
    results = [str(head(sample)["Authentication-Results"]) for sample in mail]
    assert sum("dkim=pass" in result for result in results) > 150
    assert sum("dkim=fail" in result for result in results) == 3


def test_raw_mail_fits_smtp(mail: list[Sample]) -> None:
    for sample in mail:
        assert len(sample.raw) < LARGEST
        assert not re.search(rb"(?<!\r)\n|\r(?!\n)", sample.raw)
        assert max(map(len, sample.raw.split(b"\r\n"))) <= 998


def test_two_mails_are_large(mail: list[Sample]) -> None:
    sizes = [len(sample.raw) for sample in mail]
    assert sum(size > 900_000 for size in sizes) == 1
    assert sum(90_000 < size < 900_000 for size in sizes) == 1


def test_all_but_the_odd_mail_is_without_defects(mail: list[Sample]) -> None:
    for sample in mail:
        if not is_odd(sample):
            message = parsed(sample.raw)
            assert message["Subject"] and message["From"].addresses
            assert not [part.defects for part in message.walk() if part.defects]


def test_no_text_is_left_to_fill_in(mail: list[Sample]) -> None:
    for sample in mail:
        for part in parsed(sample.raw).walk() if not is_odd(sample) else ():
            if part.get_content_type() in ("text/plain", "text/calendar"):
                assert not re.search(r"\{\w*\}", part.get_content())


def test_every_form_a_mail_can_take_is_there(mail: list[Sample]) -> None:
    outer = {head(sample).get_content_type() for sample in mail}
    inner = {part.get_content_type() for sample in mail for part in head(sample).walk()}
    assert outer == {
        "text/plain",
        "text/html",
        "multipart/alternative",
        "multipart/mixed",
        "multipart/report",
    }
    assert inner >= {
        "multipart/related",
        "message/rfc822",
        "message/delivery-status",
        "text/rfc822-headers",
        "text/calendar",
        "text/csv",
        "application/pdf",
        "application/ics",
        "application/gzip",
        "image/png",
    }


def test_charsets_of_the_old_world_are_used_and_can_be_read(mail: list[Sample]) -> None:
    charsets = {charset for s in mail for charset in head(s).get_charsets() if charset}
    assert charsets >= {"utf-8", "iso-2022-jp", "iso-8859-1", "iso-8859-2", "koi8-u", "gb18030"}


def test_a_japanese_mail_is_japanese_after_decoding(catalogue: Catalogue) -> None:
    message = one(catalogue, "ja-code", name="山田 太郎")
    assert message["Subject"] == "ご登録ありがとうございます"
    assert body(message, "plain").startswith("山田 太郎 様\n")


def test_no_host_outside_of_examples_is_named(mail: list[Sample]) -> None:
    known = re.compile(r"(.+\.)?example|mailsac\.com|shop\.msdc\.co|\d+\.\d+\.\d+\.\d+")
    for sample in mail:
        message = parsed(sample.raw) if not is_odd(sample) else head(sample)
        for part in message.walk():
            text = part.get_payload(decode=True)
            if part.get_content_maintype() == "text" and isinstance(text, bytes):
                shown = text.decode("latin-1")
                hosts = [urlsplit(url).hostname for url in re.findall(r'https?://[^\s"<>]+', shown)]
                hosts += re.findall(r"@([\w-]+\.[\w.-]*\w)", shown)
                assert [host for host in hosts if not known.fullmatch(host or "")] == []


@pytest.mark.parametrize(
    ("key", "shape"),
    [
        ("code-grouped", r"\b\d{3} \d{3}\b"),
        ("code-digits", r"\b\d{6}\b"),
        ("code-mixed", r"\b[A-Z]-[A-Z0-9]{6}\b"),
        ("de-code", r"\b\d{6}\b"),
        ("pl-code", r"\b\d{3} \d{3}\b"),
    ],
)
def test_a_code_in_the_subject_is_the_code_in_the_body(
    catalogue: Catalogue, key: str, shape: str
) -> None:
    codes = set()
    for seed in range(5):
        message = one(catalogue, key, seed=seed)
        found = re.search(shape, message["Subject"])
        assert found
        assert found.group() in body(message, "plain")
        codes.add(found.group())
    assert len(codes) == 5


def test_an_order_adds_up_alike_in_text_and_html(catalogue: Catalogue) -> None:
    for seed in range(5):
        message = one(catalogue, "order", seed=seed)
        text, html = body(message, "plain"), body(message, "html")
        amounts = re.findall(r"(?m)\$([\d,]+\.\d\d)$", text)
        *items, subtotal, shipping, total = (int(re.sub(r"\D", "", a)) for a in amounts)
        assert sum(items) == subtotal
        assert subtotal + shipping == total
        assert html.count('<tr><td style="text-align:start">') == len(items) + 3
        assert all(f">${amount}</td>" in html for amount in amounts)


def test_html_takes_names_as_text(catalogue: Catalogue) -> None:
    html = body(one(catalogue, "order", name="<b>A&B</b> C"), "html")
    assert "&lt;b&gt;A&amp;B&lt;/b&gt;" in html
    assert "<b>" not in html


def test_a_newsletter_hides_its_preheader(catalogue: Catalogue) -> None:
    html = body(one(catalogue, "newsletter"), "html")
    assert re.search(r'<div style="display:none[^"]*">Saved baskets', html)
    assert "Saved baskets, quicker" not in body(one(catalogue, "newsletter"), "plain")


def test_a_picture_in_the_page_is_found_by_its_content_id(catalogue: Catalogue) -> None:
    message = one(catalogue, "usage")
    picture = next(p for p in message.walk() if p.get_content_type() == "image/png")
    assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in body(message, "html")


def test_an_invitation_can_be_answered(catalogue: Catalogue) -> None:
    message = one(catalogue, "calendar")
    event = next(p for p in message.walk() if p.get_content_type() == "text/calendar")
    assert event.get_param("method") == "REQUEST"
    assert "DTSTART:20261123T140000Z\r\n" in event.get_content()
    attached = next(message.iter_attachments())
    assert attached.get_filename() == "invite.ics"
    assert b"mailto:ada@shop.msdc.co\r\n" in attached.get_content()


def test_a_bounce_says_who_could_not_be_reached(catalogue: Catalogue) -> None:
    message = one(catalogue, "bounce")
    assert message.get_param("report-type") == "delivery-status"
    kinds = [part.get_content_type() for part in message.iter_parts()]
    assert kinds == ["text/plain", "message/delivery-status", "text/rfc822-headers"]
    recipient = list(message.walk())[4]
    assert recipient["Status"] == "5.1.1"
    assert recipient["Final-Recipient"].removeprefix("rfc822; ") in body(message, "plain")


def test_a_forwarded_mail_is_whole(catalogue: Catalogue) -> None:
    (original,) = one(catalogue, "forwarded").iter_attachments()
    inner = original.get_content()
    assert "confirmed" in inner["Subject"]
    assert "Total" in body(inner, "plain")


def test_attachments_keep_their_foreign_names(catalogue: Catalogue) -> None:
    (invoice,) = one(catalogue, "de-invoice").iter_attachments()
    assert re.fullmatch(
        r"Rechnung 2026-\d{4} für Ihre Bestellung\.pdf", invoice.get_filename() or ""
    )


def test_a_pdf_points_at_its_objects() -> None:
    file = pdf(["Total (net)", r"back\slash", "12,50 €"])
    start = int(file.rsplit(b"startxref\n", 1)[1].split()[0])
    assert file[start:].startswith(b"xref\n0 6\n")
    for number, offset in enumerate(re.findall(rb"(\d{10}) 00000 n", file), 1):
        assert file[int(offset) :].startswith(b"%d 0 obj" % number)
    length = int(re.findall(rb"/Length (\d+)", file)[0])
    stream = file.split(b"stream\n", 1)[1][:length]
    assert stream.endswith(b"ET\n")
    assert rb"(Total \(net\))" in stream
    assert rb"(back\\slash)" in stream
    assert "12,50 €".encode("cp1252") in stream


def test_a_chart_is_a_png_of_its_colour() -> None:
    file = chart(Random(1), "#0f766e", height=16)
    assert file.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, at = {}, 8
    while at < len(file):
        length, kind = struct.unpack(">I4s", file[at : at + 8])
        data = file[at + 8 : at + 8 + length]
        (check,) = struct.unpack(">I", file[at + 8 + length : at + 12 + length])
        assert check == zlib.crc32(kind + data)
        chunks[kind], at = data, at + 12 + length
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    pixels = zlib.decompress(chunks[b"IDAT"])
    assert (width, height, len(pixels)) == (224, 16, 16 * (1 + 3 * 224))
    assert pixels[-3 * 224 :].startswith(b"\x0f\x76\x6e")


@pytest.mark.parametrize(
    "mark",
    [
        pytest.param(b"\x1b]52;c;", id="escape sequences in the subject"),
        pytest.param(b"invoice_%E2%80%AEfdp.exe", id="file name with a bidi override"),
        pytest.param(b"Subject: [/b] and [@click=app.quit]", id="markup in the subject"),
        pytest.param("\u036b\u0343\u036a\u0302".encode(), id="a flood of combining marks"),
        pytest.param("\U0001f469\u200d\U0001f467\u200d".encode(), id="joined emoji"),
        pytest.param(b"Subject: \xdcberf\xe4llige", id="raw 8-bit subject"),
        pytest.param(b"charset=x-initech-7", id="unknown charset"),
        pytest.param(b"<fuzz@@initech..example>", id="malformed From"),
        pytest.param(b"the NUL.\x00After", id="NUL in the body"),
    ],
)
def test_hostile_mail_is_there(mail: list[Sample], mark: bytes) -> None:
    assert sum(mark in sample.raw for sample in mail) == 1


def test_one_subject_has_three_hundred_characters(mail: list[Sample]) -> None:
    assert max(len(str(head(s)["Subject"])) for s in mail if is_odd(s)) == 300


def test_one_mail_announces_a_boundary_it_does_not_use(mail: list[Sample]) -> None:
    (broken,) = (s for s in mail if b'boundary="announced-' in s.raw)
    assert parsed(broken.raw).defects


def test_hostile_mail_is_rare_and_not_on_the_first_screen(mail: list[Sample]) -> None:
    places = [place for place, sample in enumerate(mail) if is_odd(sample)]
    assert len(places) == 11
    assert places[0] >= 12


def test_fresh_mail_differs_and_is_dated_when_asked_for() -> None:
    clock = (NOW + timedelta(seconds=5 * tick) for tick in count())
    got = list(islice(fresh(now=lambda: next(clock)), 60))
    dates = [parsedate_to_datetime(str(head(sample)["Date"])) for sample in got]
    assert dates == [NOW + timedelta(seconds=5 * tick) for tick in range(60)]
    assert len({sample.raw for sample in got}) == 60
    assert len({head(sample)["Message-ID"] for sample in got}) == 60
    assert len({str(head(sample)["From"]) for sample in got}) > 10


def test_fresh_mail_is_new_small_and_harmless() -> None:
    for sample in islice(fresh(now=lambda: NOW), 300):
        assert (sample.age, sample.read, sample.starred, sample.labels) == (0, False, False, ())
        assert sample.folder == "inbox"
        assert len(sample.raw) < 50_000
        assert not is_odd(sample)
        assert sample.to != PUBLIC_INBOX


def test_fresh_mail_repeats_with_its_seed_and_none_of_the_samples(mail: list[Sample]) -> None:
    first = list(islice(fresh(seed=1, now=lambda: NOW), 20))
    assert first == list(islice(fresh(seed=1, now=lambda: NOW), 20))
    assert first != list(islice(fresh(seed=2, now=lambda: NOW), 20))
    ids = {head(sample)["Message-ID"] for sample in mail}
    assert ids.isdisjoint(head(sample)["Message-ID"] for sample in first)
