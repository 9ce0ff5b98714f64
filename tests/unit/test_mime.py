"""Raw messages, good, broken and malicious, and what is read of them."""

from __future__ import annotations

import time
from base64 import b64encode
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import md5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sacterm.model import Body
from sacterm.reading.mime import MAX_TEXT, parse, readable
from sacterm.reading.parts import MAX_DEPTH, MAX_PARTS
from tests.unit.mailcorpus import (
    READABLE,
    TEXT,
    UNREADABLE,
    encoded_words,
    forwarded,
    long_address_list,
    many_parts,
    message,
    multipart,
    nested,
    part,
)

PLAIN = b"text/plain; charset=utf-8"
HTML = b"text/html; charset=utf-8"
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")), min_size=1)


def header(raw: bytes) -> list[str]:
    return [value for _, value in parse(raw + b"\r\n\r\n").headers]


# Whole messages, as Python's own package writes them.


@settings(deadline=None)
@given(words, words, st.binary(), st.from_regex(r"[\w é日()-]{1,20}\.pdf", fullmatch=True))
def test_a_message_says_what_was_put_into_it(
    text: str, html: str, content: bytes, name: str
) -> None:
    mail = EmailMessage(SMTP)
    mail["Subject"] = "Your code"
    mail["To"] = "山田 太郎 <a@example.com>"
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    mail.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    body = parse(mail.as_bytes())
    assert body.text.strip("\n") == text
    assert body.html.strip("\r\n") == html
    [attachment] = body.attachments
    assert attachment.name == name
    assert attachment.content_type == "application/pdf"
    assert attachment.size == len(content)
    assert attachment.checksum == md5(content, usedforsecurity=False).hexdigest()
    assert attachment.disposition == "attachment"
    assert dict(body.headers)["To"] == "山田 太郎 <a@example.com>"
    assert body.problems == ()


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_can_be_read(raw: bytes) -> None:
    parse(raw)


pieces = st.sampled_from(
    b"Content-Type: |multipart/mixed|multipart/alternative|text/html|message/rfc822|; boundary=b|"
    b"; charset=|; charset*0*=|utf-8''%ff|\"|\r\n|\n|\r|\r\n\r\n|\r\n--b\r\n|\r\n--b--\r\n| |=?|?=|"
    b"=?utf-8?q?=ff?=|=?x?b?QUJD|Content-Transfer-Encoding: |base64|quoted-printable|uue|"
    b"begin 644 x\n|From |Subject: |:|\x00|\xff|QUJD|=|;|Content-Disposition: attachment|&#|<p>|"
    b"; format=flowed; delsp=yes|> ".split(b"|")
)


@settings(deadline=None)
@given(st.lists(pieces, max_size=40).map(b"".join))
def test_anything_like_mail_can_be_read(raw: bytes) -> None:
    assert readable(parse(raw)) is not None


@pytest.mark.parametrize("name", READABLE)
def test_broken_mail_is_read_as_far_as_can_be(name: str) -> None:
    assert TEXT in readable(parse(READABLE[name]()))


@pytest.mark.parametrize("name", UNREADABLE)
def test_hopeless_mail_is_survived(name: str) -> None:
    assert parse(UNREADABLE[name]()).headers is not None


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(encoded_words(150_000), id="encoded words"),
        pytest.param(long_address_list(2_500_000), id="addresses"),
        pytest.param(nested(40_000), id="nesting"),
        pytest.param(many_parts(100_000), id="parts"),
        pytest.param(forwarded(60_000), id="forwarded"),
        pytest.param(b"a:\n" * 800_000, id="fields"),
        pytest.param(b"a: b" + b"\n c" * 800_000, id="folded"),
        pytest.param(message(b"multipart/mixed; boundary=b", b"--bc\n" * 500_000), id="dashes"),
        pytest.param(message(b"text/plain; format=flowed", b"> a \n" * 500_000), id="flowed"),
        pytest.param(message(b"text/plain" + b"; a*1=b" * 350_000, b""), id="parameters"),
        pytest.param(
            b"".join(b"X: =?x%d?q?a?=\n" % number for number in range(150_000)), id="charsets"
        ),
    ],
)
@pytest.mark.thorough
def test_hostile_mail_takes_no_time(raw: bytes) -> None:
    begin = time.process_time()
    parse(raw)
    assert time.process_time() - begin < 10


# Headers.


def test_header_fields_keep_their_order_and_number() -> None:
    body = parse(b"Subject: one\r\nX-A: \r\nsubject:two\r\nSubject : three\r\n\r\n")
    assert body.headers == (
        ("Subject", "one"),
        ("X-A", ""),
        ("subject", "two"),
        ("Subject", "three"),
    )


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"S: a\r\n b\r\n\tc", "a b c"),
        (b"S: =?utf-8?q?caf=C3=A9_=26?=", "café &"),
        (b"S: =?UTF-8?B?Y2Fmw6k?=", "café"),
        (b"S: a =?utf-8?q?b?= c =?utf-8?q?d?=\r\n =?utf-8?b?ZQ==?= f", "a b c de f"),
        pytest.param(b"S: =?utf-8?q?=C3?= =?utf-8?q?=A9?=", "é", id="character split in two"),
        (b"S: =?utf-8?q?=C3?==?utf-8?q?=A9?=", "é"),
        (b"S: =?iso-8859-1?q?=E9?= =?utf-8?q?=C3=A9?=", "éé"),
        (b"S: =?utf-8*en?q?hello?=", "hello"),
        pytest.param(b"S: =?utf-8?q?two words?=", "two words", id="forbidden space"),
        (b"S: =?iso-2022-jp?b?GyRCRnxLXBsoQg==?=", "日本"),
        (b"S: =?nobody-knows?q?=C3=A9?=", "é"),
        (b"S: =?utf-8?q?unended", "=?utf-8?q?unended"),
        (b"S: caf\xc3\xa9", "café"),
        (b"S: caf\xe9", "café"),
    ],
)
def test_header_values_are_unfolded_and_decoded(raw: bytes, value: str) -> None:
    assert header(raw) == [value]


def test_a_long_header_field_is_cut_and_told() -> None:
    body = parse(encoded_words(20_000))
    assert body.text == TEXT
    assert body.problems == ("header field Subject is cut after 131072 bytes",)
    assert body.headers[0][1].startswith("wordword")


def test_fields_that_are_too_long_together_are_cut() -> None:
    body = parse(b"X: " + b"x" * 100_000 + b"\r\nY: " + b"y" * 100_000 + b"\r\n" + b"Z: z\r\n" * 5)
    assert [len(value) for _, value in body.headers] == [100_000, 100_000] + [1] * 5
    body = parse(b"".join(b"X: " + b"x" * 100_000 + b"\r\n" for _ in range(9)))
    assert sum(len(value) for _, value in body.headers) <= 512 * 1024
    assert "header field X is cut" in body.problems[0]


def test_the_envelope_line_of_a_mailbox_file_is_no_field() -> None:
    assert parse(b"From a@example.com Fri Nov 20\nSubject: s\n\n").headers == (("Subject", "s"),)


def test_a_bare_carriage_return_in_a_header_is_told() -> None:
    body = parse(b"Subject: a\rBcc: x@example.com\r\n\r\n")
    assert body.headers == (("Subject", "a\rBcc: x@example.com"),)
    assert body.problems == ("header field Subject contains a bare carriage return",)


# Which part is read, and which is an attachment.


def test_alternatives_are_text_and_html() -> None:
    body = parse(multipart(part(PLAIN, b"plain"), part(HTML, b"<p>rich"), kind=b"alternative"))
    assert (body.text, body.html, body.attachments) == ("plain", "<p>rich", ())


def test_texts_one_after_another_are_joined() -> None:
    image = part(b"image/png; name=dot.png", b"x", b"Content-ID: <dot@x>")
    body = parse(multipart(part(PLAIN, b"before\r\n"), image, part(PLAIN, b"after")))
    assert body.text == "before\n\nafter"
    assert [(a.name, a.content_type, a.content_id) for a in body.attachments] == [
        ("dot.png", "image/png", "dot@x")
    ]


def test_plain_text_after_html_is_not_taken_for_the_whole_message() -> None:
    footer = b"-- \r\nlist <footer>"
    body = parse(multipart(part(HTML, b"<p>the message</p>"), part(PLAIN, footer)))
    assert readable(body) == "the message\n\n-- \nlist <footer>"
    both = multipart(part(PLAIN, b"t"), part(HTML, b"h"), kind=b"alternative")
    inner = both.partition(b"\r\n")[2].replace(b"boundary=b", b"boundary=c").replace(b"--b", b"--c")
    assert readable(parse(multipart(inner, part(PLAIN, footer)))) == "t\n\n-- \nlist <footer>"


def test_a_text_sent_as_attachment_is_not_read() -> None:
    log = part(PLAIN, b"log", b"Content-Disposition: attachment; filename=a.log")
    inline = part(PLAIN, b"inline", b"Content-Disposition: inline; filename=b.txt")
    body = parse(multipart(part(PLAIN, b"hello"), log, inline))
    assert body.text == "hello\n\ninline"
    assert [attachment.name for attachment in body.attachments] == ["a.log"]


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        (b'filename="a b;c.txt"', "a b;c.txt"),
        (rb'filename="say \"hi\".txt"', 'say "hi".txt'),
        (b"filename*=utf-8''caf%C3%A9.txt", "café.txt"),
        (b"filename*=iso-8859-1'fr'caf%E9.txt; filename=cafe.txt", "café.txt"),
        (b"filename*1=.txt; filename*0=long", "long.txt"),
        (b"filename*0*=utf-8''%C3; filename*1*=%A9.txt", "é.txt"),
        (b'filename="=?utf-8?q?caf=C3=A9.txt?="', "café.txt"),
        (b"filename=caf\xc3\xa9.txt", "café.txt"),
        (b'filename="../../etc/passwd"', "../../etc/passwd"),
    ],
)
def test_names_of_attachments_are_decoded(parameters: bytes, name: str) -> None:
    disposition = b"Content-Disposition: attachment; " + parameters
    [attachment] = parse(message(b"application/pdf", b"x", disposition)).attachments
    assert attachment.name == name


@pytest.mark.parametrize(
    ("encoding", "sent", "content"),
    [
        (b"base64", b"aGVsbG8=", b"hello"),
        (b"BASE64", b"aGVs\r\nbG8", b"hello"),
        (b"base64", b"aGVs!bG8=", b"hello"),
        (b"quoted-printable", b"caf=C3=A9=\r\n!", "café!".encode()),
        (b"x-uuencode", b"begin 644 x\r\n%:&5L;&\\ \r\n`\r\nend", b"hello"),
        (b"8bit", b"\xc3\xa9\r\n", b"\xc3\xa9\r\n"),
        (b"", b"as it is", b"as it is"),
    ],
)
def test_attachments_are_measured_decoded(encoding: bytes, sent: bytes, content: bytes) -> None:
    field = b"Content-Transfer-Encoding: " + encoding
    [attachment] = parse(message(b"application/pdf", sent, field)).attachments
    assert attachment.size == len(content)
    assert attachment.checksum == md5(content, usedforsecurity=False).hexdigest()


def test_a_message_in_a_message_is_an_attachment_named_by_its_subject() -> None:
    inner = message(PLAIN, b"inner text").replace(b"Subject: s", b"Subject: =?utf-8?q?caf=C3=A9?=")
    body = parse(multipart(part(PLAIN, b"outer"), part(b"message/rfc822", inner)))
    assert body.text == "outer"
    assert [attachment.name for attachment in body.attachments] == ["café.eml"]
    digest = parse(multipart(b"\r\n" + inner, b"\r\nTo: x\r\n\r\n", kind=b"digest"))
    assert [attachment.name for attachment in digest.attachments] == ["café.eml", "message.eml"]


# Text.


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        (b"iso-8859-1", b"caf\xe9 \x93quoted\x94", "café “quoted”"),
        (b"windows-1251", "Привет".encode("cp1251"), "Привет"),
        (b"gb2312", "朱镕基".encode("gbk"), "朱镕基"),
        (b"Shift_JIS", "①日本".encode("cp932"), "①日本"),
        (b"ISO-2022-JP", "日本".encode("iso2022_jp"), "日本"),
        (b"ks_c_5601-1987", "똠방각하".encode("cp949"), "똠방각하"),
        (b"koi8-u", "ґанок".encode("koi8-u"), "ґанок"),
        (b"utf-7", b"caf+AOk-", "café"),
        (b"UTF8", b"caf\xc3\xa9", "café"),
        (b"", b"caf\xc3\xa9", "café"),
    ],
)
def test_text_is_decoded_by_its_charset(charset: bytes, data: bytes, text: str) -> None:
    body = parse(message(b"text/plain; charset=" + charset, data))
    assert body.text == text
    assert body.problems == ()


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        (b"us-ascii", b"caf\xc3\xa9", "café"),
        (b"utf-8", b"caf\xe9", "café"),
        (b"x-unknown", b"caf\xe9", "café"),
        (b"unicode_escape", rb"\x41", r"\x41"),
        (b"punycode", b"caf-dma", "caf-dma"),
        pytest.param(
            b"utf-8", "ñandú año ".encode() * 9 + b"\xff", "ñandú año " * 9 + "�", id="damaged"
        ),
    ],
)
def test_a_wrong_charset_is_mended_and_told(charset: bytes, data: bytes, text: str) -> None:
    body = parse(message(b"text/plain; charset=" + charset, data))
    assert body.text == text
    assert body.problems == (f"unknown or wrong charset: {charset.decode()}",)


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (b"one \r\ntwo\r\nthree", "one two\nthree"),
        (b"> one \r\n> two\r\n>> deep \r\n> shallow", "> one two\n>> deep \n> shallow"),
        (b"  stuffed\r\n From", " stuffed\nFrom"),
        (b"text \r\n-- \r\nsignature", "text \n-- \nsignature"),
    ],
)
def test_flowed_text_is_unwrapped(sent: bytes, text: str) -> None:
    assert parse(message(b"text/plain; format=flowed", sent)).text == text


def test_flowed_text_without_spaces_between_words_is_unwrapped() -> None:
    raw = message(b"text/plain; charset=utf-8; format=flowed; delsp=yes", "日 \r\n本".encode())
    assert parse(raw).text == "日本"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (Body(text="plain", html="<p>rich"), "plain"),
        (Body(html="<p>rich"), "rich"),
        (Body(text=" \n\u200b\u3164\xa0", html="<p>rich"), "rich"),
        (Body(text="\N{THUMBS UP SIGN}", html="<p>rich"), "\N{THUMBS UP SIGN}"),
        (Body(), ""),
    ],
)
def test_what_is_read_is_the_text_or_else_the_html(body: Body, text: str) -> None:
    assert readable(body) == text


# Limits, and what is told of them.


def test_deep_parts_are_not_opened() -> None:
    assert parse(nested(MAX_DEPTH)).text == TEXT
    body = parse(nested(MAX_DEPTH + 1))
    assert body.text == ""
    assert [attachment.content_type for attachment in body.attachments] == ["multipart/mixed"]
    assert "not opened" in body.problems[-1]


def test_parts_beyond_the_limit_are_cut() -> None:
    body = parse(many_parts(5_000))
    assert body.text.startswith("text 0\n\ntext 1\n\n")
    assert body.text.endswith(f"text {MAX_PARTS - 2}")
    assert body.problems == (f"more than {MAX_PARTS} parts: the rest is not shown",)


def test_long_text_is_cut() -> None:
    body = parse(message(PLAIN, b"a" * (MAX_TEXT + 1)))
    assert len(body.text) == MAX_TEXT
    assert body.problems == (f"the text is cut after {MAX_TEXT} characters",)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("boundary that does not occur", "the boundary does not occur: another one is taken"),
        ("text labelled multipart", "multipart/mixed without parts is shown as text"),
        ("last boundary missing", "the last boundary is missing: the message may be cut"),
        ("unknown encoding", "unknown transfer encoding rot13"),
        ("no header", "the message has no header"),
        (
            "header without an empty line",
            "the header ends at a line that is no field, without an empty line",
        ),
        ("many fields", "more than 500 header fields: the rest is not shown"),
    ],
)
def test_what_is_wrong_is_told(name: str, problem: str) -> None:
    assert problem in parse(READABLE[name]()).problems


def test_a_good_message_has_no_problems() -> None:
    encoded = part(PLAIN, b64encode(b"text"), b"Content-Transfer-Encoding: base64")
    assert parse(multipart(encoded, part(HTML, b"<p>"), kind=b"alternative")).problems == ()
