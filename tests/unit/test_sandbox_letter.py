"""What the sandbox reads out of mail: the right thing of good mail, something of any."""

from __future__ import annotations

import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sacterm.sandbox.letter import read_letter, split
from sacterm.sandbox.markup import sanitised, text_of
from sacterm.sandbox.records import SIZE_LIMIT

HELLO_MD5 = "5d41402abc4b2a76b9719d911017c592"
LIMIT = 2.0  # seconds for the worst of mails; measured: 0.7


def filled(head: bytes, unit: bytes, size: int = SIZE_LIMIT) -> bytes:
    return head + unit * ((size - len(head)) // len(unit))


class TestHeaders:
    def test_are_unfolded_and_keep_their_order(self) -> None:
        letter = read_letter(b"B: 1\r\nA: 2\r\n  3\r\nB: 4\r\nnonsense\r\n\r\nbody: no header")
        assert letter.headers == (("B", "1"), ("A", "2 3"), ("B", "4"))

    @pytest.mark.parametrize(
        ("field", "subject"),
        [
            ("=?utf-8?q?Gr=C3=BC=C3=9Fe?= and =?iso-8859-1?b?/A==?=", "Grüße and ü"),
            ("=?utf-8?q?a_?=\r\n =?utf-8?q?b?=", "a b"),
            ("=?nonsense?q?a?=", "a"),
            ("=?utf-8?b?%?=", ""),
            ("plain =? text ?=", "plain =? text ?="),
            ("raw ü", "raw ü"),
        ],
    )
    def test_encoded_words(self, field: str, subject: str) -> None:
        assert read_letter(f"Subject: {field}\r\n\r\n".encode()).subject == subject

    def test_recipients(self) -> None:
        letter = read_letter(
            b'To: "Last, First" <a@x.example>, b@x.example,\r\n'
            b" =?utf-8?q?=C3=BC?= <c@x.example>\r\n"
            b"Cc: d@x.example\r\nFrom: nobody\r\n\r\n"
        )
        to = [(one.name, one.address) for one in letter.to]
        assert to == [("Last, First", "a@x.example"), ("", "b@x.example"), ("ü", "c@x.example")]
        assert [one.address for one in letter.cc] == ["d@x.example"]
        assert letter.bcc == ()

    @pytest.mark.parametrize("raw", [b"no header", b"\r\nSubject: no\r\n\r\n", b""])
    def test_a_mail_without_any_is_all_body(self, raw: bytes) -> None:
        assert split(raw)[0] == b""
        assert read_letter(raw).headers == ()
        assert read_letter(raw).text.strip() == raw.decode().strip()


class TestBody:
    @pytest.mark.parametrize(
        ("charset", "data", "text"),
        [
            ("iso-8859-1", b"\xe9", "é"),
            ("us-ascii", "é".encode(), "é"),
            ("nonsense", "é".encode(), "é"),
            ("punycode", b"bcher-kva", "bcher-kva"),
            ("utf-8", b"\xe9", "é"),
            ("utf-7", b"+2AA-", "?"),
        ],
    )
    def test_charsets(self, charset: str, data: bytes, text: str) -> None:
        head = f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode()
        assert read_letter(head + data).text == text

    @pytest.mark.parametrize(
        ("encoding", "data"),
        [("base64", b"aGVs\r\nbG8"), ("quoted-printable", b"hel=6C=\r\no"), ("8bit", b"hello")],
    )
    def test_transfer_encodings(self, encoding: str, data: bytes) -> None:
        head = f"Content-Transfer-Encoding: {encoding}\r\n\r\n".encode()
        assert read_letter(head + data).text == "hello"

    def test_html_alone_is_text_too(self) -> None:
        letter = read_letter(
            b"Content-Type: text/html\r\n\r\n"
            b"<title>no</title><p>one&nbsp;<b>two</b></p><p>three</p>"
        )
        assert letter.text == "one two\nthree"

    def test_parts(self) -> None:
        letter = read_letter(
            b"Content-Type: multipart/mixed; boundary=x\n\npreamble\n--x\n\ntext\n--x\n"
            b"Content-Type: text/html\n\n<p>html</p>\n--x\n"
            b"Content-Disposition: attachment; filename*=utf-8''%C3%BC.txt\n"
            b"Content-ID: <id@x>\n\nhello\n--x--\nepilogue"
        )
        assert (letter.text, letter.html) == ("text", "<p>html</p>")
        (attachment,) = letter.attachments
        assert (attachment.name, attachment.content_id) == ("ü.txt", "id@x")
        assert (attachment.content, attachment.checksum) == (b"hello", HELLO_MD5)

    @pytest.mark.parametrize(
        "head",
        [
            b"Content-Type: multipart/mixed\r\n\r\n",
            b"Content-Type: multipart/mixed; boundary=other\r\n\r\n",
        ],
    )
    def test_a_multipart_without_parts_is_text(self, head: bytes) -> None:
        assert read_letter(head + b"--x\r\n\r\nhello").text.endswith("hello")

    def test_links_are_found_once_in_text_and_html(self) -> None:
        letter = read_letter(
            b"Content-Type: text/html\r\n\r\n"
            b'<a href="https://a.example/?x=1&amp;y=2">https://b.example/.</a> https://b.example/'
        )
        assert letter.links == ("https://b.example/", "https://a.example/?x=1&y=2")


class TestSanitised:
    @pytest.mark.parametrize(
        ("source", "harmless"),
        [
            ("<p onclick=x>a</p>", "<p>a</p>"),
            ("<script>x</script>a", "a"),
            ("<SCRIPT >x</script\n>a", "a"),
            ("<script>x", ""),
            ("<!-- <b> -->a<!-- x", "a"),
            ("<img src=x onerror=y>a", "a"),
            (
                '<a href="https://x.example/?a&amp;b">a</a>',
                '<a href="https://x.example/?a&amp;b" rel="noopener noreferrer">a</a>',
            ),
            ("<a href=javascript:x>a</a>", "<a>a</a>"),
            ('<a href=" &#106;avascript:x">a</a>', "<a>a</a>"),
            ('<a title=">" href="javascript:x">a', '<a>" href="javascript:x"&gt;a'),
            ("<scr<script></script>ipt>x", "&lt;script&gt;x"),
            ("a < b > c <", "a &lt; b &gt; c &lt;"),
            ("<style>x</style><b>b</b><svg><b>x</b></svg>", "<b>b</b>"),
        ],
    )
    def test_keeps_what_is_harmless(self, source: str, harmless: str) -> None:
        assert sanitised(source) == harmless

    @given(st.text(alphabet="<>/!-abscriptonx=\"' &;:", max_size=200))
    def test_lets_no_other_tag_and_no_attribute_through(self, source: str) -> None:
        for tag in sanitised(source).split("<")[1:]:
            name = tag.partition(">")[0].lstrip("/")
            assert name.isalnum() or name.startswith('a href="')
            assert name not in ("script", "img", "style", "svg")


class TestHostileMail:
    @pytest.mark.parametrize(
        ("head", "unit"),
        [
            (b"", b"\0"),
            (b"", b"X: y\r\n"),
            (b"Subject: ", b"=?utf-8?q?abc?= "),
            (b"Subject: ", b"a\r\n "),
            (b"To: ", b"a@x,"),
            (b"To: ", b"("),
            (b"To: ", b'"'),
            (b"Content-Type: text/plain; ", b'a="b;'),
            (b"Content-Type: text/plain; charset=punycode\r\n\r\n", b"a-9"),
            (b"Content-Type: text/plain; charset=idna\r\n\r\n", b"xn--a"),
            (b"", b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'),
            (b"Content-Type: multipart/mixed; boundary=b\r\n\r\n", b"--b\r\n\r\nx\r\n"),
            (b"Content-Type: text/html\r\n\r\n", b"<"),
            (b"Content-Type: text/html\r\n\r\n<", b"a"),
            (b"Content-Type: text/html\r\n\r\n", b"<!--"),
            (b"Content-Type: text/html\r\n\r\n", b"<script>"),
            (b"Content-Type: text/html\r\n\r\n", b"<!"),
            (b"Content-Type: text/html\r\n\r\n<a ", b"href "),
            (b"\r\n", b"http://x"),
        ],
    )
    @pytest.mark.thorough
    def test_of_full_size_is_read_in_bounded_time(self, head: bytes, unit: bytes) -> None:
        began = time.process_time()
        letter = read_letter(filled(head, unit))
        sanitised(letter.html)
        assert time.process_time() - began < 2 * LIMIT

    def test_nested_a_thousand_deep(self) -> None:
        nested = b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (depth, depth)
            for depth in range(1000)
        )
        assert "b999" in read_letter(nested).text

    @given(st.binary(max_size=400))
    def test_anything_can_be_read_and_told_as_json(self, raw: bytes) -> None:
        msgspec.json.encode(read_letter(raw))

    @given(
        st.sampled_from(["Content-Type", "Content-Disposition", "Subject", "From", "Content-ID"]),
        st.text(max_size=60),
        st.text(max_size=60),
    )
    def test_any_header_can_be_read(self, name: str, value: str, body: str) -> None:
        raw = f"{name}: {value}\r\n\r\n{body}".encode("utf-8", "surrogatepass")
        msgspec.json.encode(read_letter(raw))


def test_text_of_nothing_is_nothing() -> None:
    assert text_of("") == text_of("<p> </p>") == ""
