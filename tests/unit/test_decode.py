"""Untrusted JSON to the model."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sacterm.errors import Unexpected
from sacterm.mailsac import decode
from sacterm.mailsac.decode import Confirmed, Failed, Frame, Garbled, Mail, Said
from sacterm.mailsac.values import plain
from sacterm.model import Address, Attachment, DomainDetail, Message, Recipient

FULL = {
    "_id": "m1",
    "inbox": "A@X.test",
    "originalInbox": "A+tag@X.test",
    "domain": "x.test",
    "subject": "Hi \x1b[31m\u202e",
    "from": [{"name": "F", "address": "f@x.test"}],
    "to": [{"name": "", "address": "a@x.test"}, {"address": "b@x.test"}],
    "cc": None,
    "received": "2026-01-02T03:04:05.678Z",
    "size": 1234,
    "attachments": ["d41d8cd98f00b204e9800998ecf8427e"],
    "links": ["https://x.test/"],
    "labels": ["l"],
    "folder": "inbox",
    "read": None,
    "savedBy": None,
    "spam": 0.25,
    "rtls": True,
    "ip": "192.0.2.1",
    "via": "smtp",
    "someNewField": {"a": 1},
}
MINIMAL = {"_id": "m1", "inbox": "a@x.test"}


def listing(*entries: object) -> bytes:
    return json.dumps(entries).encode()


def message(**fields: object) -> Message:
    (found,) = decode.messages(listing({**MINIMAL, **fields}))
    return found


def frame(said: object) -> Frame:
    return decode.frame(json.dumps(said).encode())


# A message


def test_every_field_of_a_message() -> None:
    assert decode.messages(listing(FULL)) == (
        Message(
            id="m1",
            inbox="a@x.test",
            original_inbox="A+tag@X.test",
            domain="x.test",
            subject="Hi \x1b[31m\u202e",
            sender=(Recipient("F", "f@x.test"),),
            to=(Recipient("", "a@x.test"), Recipient("", "b@x.test")),
            cc=(),
            bcc=None,
            received=datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC),
            size=1234,
            attachments=("d41d8cd98f00b204e9800998ecf8427e",),
            links=("https://x.test/",),
            labels=("l",),
            folder="inbox",
            read=False,
            starred=False,
            spam=0.25,
            tls=True,
            ip="192.0.2.1",
            via="smtp",
        ),
    )


def test_what_is_not_said_is_unknown() -> None:
    assert message() == Message(id="m1", inbox="a@x.test")


ODD: list[object] = [
    None,
    True,
    0,
    -1.5,
    10**30,
    "",
    "x",
    "\x00",
    [],
    [None, [], {}],
    {},
    {"a": [1]},
]


@pytest.mark.parametrize("field", sorted({*FULL, "bcc", "raw", "text", "html", "body"} - {"_id"}))
@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_one_odd_field_loses_neither_the_message_nor_the_others(field: str, odd: object) -> None:
    entries = listing(FULL, {**FULL, "_id": "odd", field: odd}, {**FULL, "_id": "m2"})
    first, second, third = decode.messages(entries)
    assert second.id == "odd"
    assert (first.subject, third.subject) == (FULL["subject"], FULL["subject"])
    assert second.size == 1234 or field == "size"


@pytest.mark.parametrize(
    ("value", "known"), [(["l", 1, None, {}], ("l", "1")), ("l", ("l",)), (None, ()), ({}, None)]
)
def test_lists_are_taken_however_they_come(value: object, known: object) -> None:
    assert message(labels=value).labels == known
    assert message(attachments=value).attachments == known


@pytest.mark.parametrize(
    ("value", "sender"),
    [
        ([], ()),
        (None, ()),
        ({"name": "N", "address": "n@x.test"}, (Recipient("N", "n@x.test"),)),
        ("n@x.test", (Recipient("", "n@x.test"),)),
        ([{"name": None}], (Recipient(),)),
        (7.5, (Recipient("", "7.5"),)),
        (True, None),
    ],
)
def test_senders_are_taken_however_they_come(value: object, sender: object) -> None:
    assert message(**{"from": value}).sender == sender


@pytest.mark.parametrize(
    ("value", "starred"), [(None, False), ("", False), ("account", True), ({"_id": 1}, True)]
)
def test_a_star_is_an_account_in_saved_by(value: object, starred: bool) -> None:
    assert message(savedBy=value).starred is starred


@pytest.mark.parametrize(
    ("value", "read"),
    [(None, False), (False, False), (True, True), ("true", True), (1, True), ("?", None)],
)
def test_read_is_null_until_it_is_read(value: object, read: bool | None) -> None:
    assert message(read=value).read is read


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ("2048", 2048),
        (2048.9, 2048),
        (True, None),
        ("NaN", None),
        (float("inf"), None),
        (2**63, None),
        ("9" * 5000, None),
        ("much", None),
    ],
)
def test_a_size_is_a_number_that_can_be_stored(value: object, size: int | None) -> None:
    assert message(size=value).size == size


@pytest.mark.parametrize(
    ("value", "when"),
    [
        ("2026-01-02T03:04:05.678Z", datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)),
        ("2026-01-02T03:04:05Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02T03:04:05", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02T03:04:05+05:30", datetime(2026, 1, 1, 21, 34, 5, tzinfo=UTC)),
        (" 2026-01-02 03:04:05-01:00 ", datetime(2026, 1, 2, 4, 4, 5, tzinfo=UTC)),
        (1767323045678, datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)),
        ("1767323045678", datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)),
        (-1, datetime(1969, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)),
        (10**30, None),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        ("", None),
        (True, None),
        ({"$date": 1}, None),
    ],
)
def test_times_are_aware_and_in_utc(value: object, when: datetime | None) -> None:
    received = message(received=value).received
    assert received == when
    assert received is None or received.tzinfo is UTC


@pytest.mark.parametrize(
    ("fields", "inbox"),
    [
        ({"inbox": " A@x.test "}, "a@x.test"),
        ({"inbox": None, "originalInbox": "O@x.test"}, "o@x.test"),
        ({"inbox": "", "to": [{"address": ""}, {"address": "T@x.test"}]}, "t@x.test"),
    ],
)
def test_the_inbox_is_found_where_it_is_said(fields: dict[str, object], inbox: str) -> None:
    assert message(**fields).inbox == inbox


def test_a_listing_survives_what_is_no_message() -> None:
    ids: tuple[object, ...] = ("", 17, None)
    entries: list[object] = [None, 1, "x", {}, {"_id": "m0"}, {"inbox": "a@x.test"}]
    entries += [{"inbox": "a@x.test", "_id": id} for id in ids]
    assert [m.id for m in decode.messages(listing(*entries, MINIMAL))] == ["m1"]
    with pytest.raises(Unexpected):
        decode.messages(listing(*entries))


@pytest.mark.parametrize("wrap", [lambda m: [[m]], lambda m: {"messages": [m], "query": "q"}])
def test_a_listing_is_found_in_every_documented_shape(wrap: Callable[[object], object]) -> None:
    assert [m.id for m in decode.messages(json.dumps(wrap(MINIMAL)).encode())] == ["m1"]


def test_a_page_of_the_inbox() -> None:
    said = {"messages": [MINIMAL, None], "unread": "3", "limit": 1000, "skip": None}
    page = decode.inbox_page(json.dumps(said).encode())
    assert ([m.id for m in page.messages], page.unread, page.limit, page.skip) == (
        ["m1"],
        3,
        1000,
        None,
    )
    assert decode.inbox_page(b'{"messages": null}').messages == ()


@pytest.mark.parametrize("text", ["\\ud800 x", "\\udc00\\ud800", "a\\u0000b", "\x01"])
def test_strings_that_no_strict_decoder_takes(text: str) -> None:
    body = '[{"_id": "m1", "inbox": "a@x.test", "subject": "%s"}]' % text  # noqa: UP031
    (found,) = decode.messages(body.encode())
    assert found.subject == json.loads(f'"{text}"', strict=False)


def test_octets_that_are_no_utf8_lose_a_character_only() -> None:
    (found,) = decode.messages(b'[{"_id": "m1", "inbox": "a@x.test", "subject": "a\xffb"}]')
    assert found.subject == "a\ufffdb"


@pytest.mark.parametrize(
    ("raw", "octets"),
    [
        ("Subject: é\r\n\r\n", b"Subject: \xc3\xa9\r\n\r\n"),
        ("a\udcffb\x00", b"a\xffb\x00"),
        ("a\ud800b", b"a?b"),
        (None, None),
        (["x"], None),
    ],
)
def test_the_raw_message_is_octets_again(raw: object, octets: bytes | None) -> None:
    assert message(raw=raw).raw == octets


def test_a_raw_that_lost_octets_is_no_raw() -> None:
    told = message(raw="caf\ufffd", text="x")
    assert (told.raw, told.text) == (None, "x")


def test_html_comes_under_two_names() -> None:
    assert message(html="<i>").html == message(body="<i>").html == "<i>"
    assert message(html="", body="<i>").html == "<i>"


# Other things


@pytest.mark.parametrize(
    ("fields", "on"),
    [
        ({"enablews": True}, True),
        ({"enabledws": True}, True),
        ({"enablews": False, "enabledws": True}, False),
        ({"enablews": None, "enabledws": "true"}, True),
        ({"enabledws": 1}, True),
        ({}, False),
    ],
)
def test_forwarding_by_socket_has_two_spellings(fields: dict[str, object], on: bool) -> None:
    body = json.dumps({"_id": "X.test", **fields}).encode()
    assert decode.one(body, decode.address).websocket is on
    assert decode.one(body, decode.domain).websocket is on


def test_an_address_record() -> None:
    said = {
        "_id": "A@x.test",
        "owner": "me",
        "info": "note",
        "forward": None,
        "webhook": "https://x.test",
        "webhookSlack": "",
        "webhookSlackToFrom": "true",
        "encryptedInbox": "inbox-1@x.test",
        "created": "2026-01-02T03:04:05Z",
    }
    assert decode.listed(listing(said, {}, None), decode.address) == (
        Address(
            email="a@x.test",
            owner="me",
            info="note",
            webhook="https://x.test",
            webhook_slack="",
            webhook_slack_to_from=True,
            encrypted_inbox="inbox-1@x.test",
            created=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        ),
    )


def test_a_domain_with_what_belongs_to_it() -> None:
    said = {
        "domain": {"_id": "x.test", "isPrivate": True, "verifiedMx": None},
        "totalMessages": "7",
        "catchAllAddress": {"_id": "*@x.test", "enablews": True},
    }
    detail = decode.one(json.dumps(said).encode(), decode.domain_detail)
    assert (detail.domain.name, detail.domain.private, detail.total_messages) == (
        "x.test",
        True,
        7,
    )
    assert detail.catch_all == Address(email="*@x.test", websocket=True)
    bare = decode.one(b'{"_id": "x.test", "catchAllAddress": 1}', decode.domain_detail)
    assert bare == DomainDetail(decode.one(b'{"_id": "x.test"}', decode.domain))


@pytest.mark.parametrize("id_", [None, 0, 7, "", ["me"]])
def test_an_account_without_a_name_is_none(id_: object) -> None:
    body = json.dumps({"_id": id_, "moAPICount": 12}).encode()
    with pytest.raises(Unexpected):
        decode.one(body, decode.account)


def test_an_account() -> None:
    said = {"_id": "me", "moAPICount": "12", "apiMonthlyLimit": 1500, "labels": None}
    account = decode.me(json.dumps(said).encode())
    assert account is not None
    assert (account.id, account.ops_used, account.ops_limit, account.labels) == (
        "me",
        12,
        1500,
        (),
    )
    assert decode.me(b"null") is decode.me(b'{"email": "x"}') is None


@pytest.mark.parametrize(
    ("said", "reason"),
    [(True, "yes"), ("1", "yes"), ("card expired", "card expired"), ("", ""), (False, ""),
     ("false", ""), (0, ""), (None, None), ([], None)],
)  # fmt: skip
def test_what_holds_an_account_up_is_a_reason_or_a_flag(said: object, reason: str | None) -> None:
    body = {"_id": "me", "disabled": said, "billingHold": said}
    account = decode.me(json.dumps(body).encode())
    assert account is not None
    assert (account.disabled, account.billing_hold) == (reason, reason)


@pytest.mark.parametrize("wrap", [lambda a: [a, None, "x"], lambda a: a])
def test_attachments_as_a_list_or_alone(wrap: Callable[[object], object]) -> None:
    said = {"fileName": "a.pdf", "contentType": "application/pdf", "length": "9", "checksum": "c"}
    assert decode.attachments(json.dumps(wrap(said)).encode()) == (
        Attachment(name="a.pdf", content_type="application/pdf", size=9, checksum="c"),
    )


@pytest.mark.parametrize(
    "said",
    [
        [{"name": "To", "value": "a"}, {"name": "X", "value": ["1", 2]}],
        {"0": {"name": "To", "value": "a"}, "1": {"name": "X", "value": ["1", "2"]}},
        {"To": "a", "X": ["1", None, "2"], "Y": {}, "Z": None},
        [["To", "a"], ["X", ["1", "2"]], [], 5, None],
        ["To: a", "X: 1", "X: 2"],
        "To: a\r\nX:\r\n 1\r\nno header\r\nX:2",
    ],
)
def test_headers_in_every_shape(said: object) -> None:
    assert decode.headers(json.dumps(said).encode()) == (("To", "a"), ("X", "1"), ("X", "2"))


def test_headers_as_plain_text() -> None:
    assert decode.headers(b"To: a:b\r\n\tc\xff\r\nX: \r\n\r\n") == (
        ("To", "a:b c\ufffd"),
        ("X", ""),
    )


# Frames


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        (
            {"status": 200, "msg": "Listening", "addresses": ["A@x.test"], "domains": ["X.test"]},
            Confirmed(frozenset({"a@x.test", "x.test"})),
        ),
        ({"status": 200, "msg": "Listening"}, Confirmed(frozenset())),
        (
            {"msg": "Listening", "addresses": None, "domains": "x.test"},
            Confirmed(frozenset({"x.test"})),
        ),
        ({"status": 200, "email": MINIMAL}, Mail(Message(id="m1", inbox="a@x.test"))),
        (MINIMAL, Mail(Message(id="m1", inbox="a@x.test"))),
        ({"status": 200, "msg": "ok"}, Said("ok")),
        ({"status": 200}, Said("status 200")),
        ({"status": 200, "msg": "ok", "email": "a@x.test"}, Said("ok")),
        ({"message": "so\nit\x1bis"}, Said("so\nit\x1bis")),
        ({"status": 401, "msg": "no", "addresses": []}, Failed(401, "no")),
        ({"status": "429", "message": "slow"}, Failed(429, "slow")),
    ],
)
def test_frames(said: object, heard: Frame) -> None:
    assert frame(said) == heard


@pytest.mark.parametrize(
    "said",
    [
        {},
        [],
        None,
        "x",
        {"a": 1},
        {"status": 200, "email": {}},
        {"status": 200, "email": [MINIMAL]},
    ],
)
def test_frames_in_which_mail_may_be_lost(said: object) -> None:
    assert isinstance(frame(said), Garbled)


def test_a_mail_frame_has_its_body() -> None:
    heard = frame({"status": 200, "email": {**MINIMAL, "raw": "R", "text": "T", "body": "H"}})
    assert isinstance(heard, Mail)
    assert (heard.message.raw, heard.message.text, heard.message.html) == (b"R", "T", "H")


# Words of the service


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (" a\n\tb\x1b[31m\u202ec\ud800 ", "a b [31m c"),
        ("x" * 400, "x" * 300),
        ("x" * 295 + "secret", "x" * 295 + "•••"),
        ("key=abc&x", "key=•••&x"),
        ("", ""),
    ],
)
def test_words_of_the_service_are_one_bounded_line(said: str, shown: str) -> None:
    assert plain(said, "secret") == shown


# Anything


FIELDS = [*FULL, "email", "messages", "status", "msg", "addresses", "domains", "raw", "body"]
FIELDS += ["name", "address", "value", "count", "catchAllAddress", "message", "error"]
FIELDS += ["validationErrors"]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None), max_size=8)
    | st.sampled_from(["_id", "2026-01-01", "a@x.test"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(FIELDS),
            inner,
            max_size=8,
        )
    ),
    max_leaves=25,
)
BODIES = st.one_of(st.binary(), JSON.map(lambda value: json.dumps(value).encode()))
DECODERS: list[Callable[[bytes], object]] = [
    decode.messages,
    decode.inbox_page,
    decode.me,
    decode.attachments,
    lambda body: decode.listed(body, decode.address),
    lambda body: decode.listed(body, decode.domain),
    lambda body: decode.one(body, decode.message, _id="1", inbox="a@x.test"),
    lambda body: decode.one(body, decode.stats),
    lambda body: decode.one(body, decode.availability),
    lambda body: decode.one(body, decode.check),
    lambda body: decode.one(body, decode.domain_detail),
    lambda body: decode.one(body, decode.count),
]


@settings(deadline=None)
@given(BODIES)
def test_no_body_raises_anything_but_unexpected(body: bytes) -> None:
    for decoder in DECODERS:
        try:
            decoder(body)
        except Unexpected:
            continue


@settings(deadline=None)
@given(BODIES)
def test_some_decoders_never_raise(body: bytes) -> None:
    assert decode.frame(body) is not None
    assert all(isinstance(text, str) for pair in decode.headers(body) for text in pair)
    line = plain(decode.error_text(body), "k_canary")
    assert len(line) <= 300
    assert line.isprintable()
    decode.one_if_any(body, decode.labels)


@settings(deadline=None)
@given(JSON, JSON)
def test_whatever_surrounds_a_message_it_is_found(before: object, after: object) -> None:
    entries = listing(before, {"_id": "here", "inbox": "a@x.test", "subject": after}, after)
    assert "here" in [found.id for found in decode.messages(entries)]


@pytest.mark.parametrize("deep", [b"[" * 100_000, b'{"a":' * 100_000, b'{"email":[' * 100_000])
def test_what_is_nested_too_deep_is_garbled(deep: bytes) -> None:
    with pytest.raises(Unexpected):
        decode.messages(deep)
    assert isinstance(decode.frame(deep), Garbled)
