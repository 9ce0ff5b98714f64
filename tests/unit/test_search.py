from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sacterm.mailbox.changes import Wish
from sacterm.mailbox.search import OPERATORS, parse, server_words
from sacterm.mailbox.store import Store
from sacterm.model import Recipient
from tests.unit.fakes import mail, raw

LISBON = timezone(timedelta(hours=1))
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=LISBON)  # a Friday
JANE = (Recipient("Jane Doe", "jane@acme.example"),)
YAMADA = (Recipient("山田 太郎", "taro@yamada.example"),)

MAIL = (
    mail(1, received=NOW, sender=JANE, subject="Your verification code", size=500, raw=raw(1)),
    mail(
        2,
        "signup@shop.example",
        original_inbox="Signup+Run42@shop.example",
        subject="Invoice 77 is ready",
        received=NOW - timedelta(hours=3),
        attachments=("d41d8cd98f00b204e9800998ecf8427e",),
        labels=("To Do", "paid"),
        starred=True,
        size=12_000,
    ),
    mail(
        3,
        sender=YAMADA,
        subject="ご登録ありがとうございます",
        received=NOW - timedelta(days=2),
        folder="spam",
        read=True,
        size=None,
        raw=raw(3, "Käse in C++, 100% off: a_b"),
    ),
    mail(
        4,
        sender=(),
        cc=(Recipient("", "boss@acme.example"),),
        subject=None,
        received=datetime(2026, 10, 31, 23, 59, tzinfo=LISBON),
        labels=('quo"ted', "x"),
        folder="trash",
        read=None,
        starred=None,
        size=1_500_000,
    ),
)


async def fill(path: Path) -> None:
    store = Store(path)
    await store.upsert(MAIL, owned=True)
    await store.wish([Wish("m4", "read", True)])
    await store.set_gone("m4")
    await store._db.write(
        lambda db: db.execute("UPDATE messages SET code = '493021', link = '' WHERE id = 'm1'")
    )
    await store.close()


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("search") / "a.db"
    asyncio.run(fill(path))
    connection = sqlite3.connect(path)
    yield connection
    connection.close()


def found(
    mailbox: sqlite3.Connection, text: str, live: Collection[str] = (), now: datetime = NOW
) -> str:
    """The numbers of the messages that fit."""
    query = parse(text, now=now, live=live)
    rows = mailbox.execute(f"SELECT id FROM messages WHERE {query.where} ORDER BY id", query.values)
    return "".join(id[1:] for (id,) in rows)


def problems(text: str) -> tuple[str, ...]:
    return parse(text, now=NOW).problems


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "1234"),
        ("   ", "1234"),
        # words
        ("jane", "1"),
        ("JANE", "1"),
        ("verification code", "1"),
        ("code verification", "1"),
        ("verif", "1"),
        ("erification", ""),
        ('"verification code"', "1"),
        ('"code verification"', ""),
        ('"verification co"', ""),
        ('"verification co', "1"),
        ("kase", "3"),
        ("boss", "4"),
        ("signup", "2"),
        ("jane code invoice", ""),
        # what is one word to a person and several to the index
        ("jane@acme.example", "1"),
        ("jane@acme.e", "1"),
        ("acme@jane.example", ""),
        ("c++", "3"),
        ("#77", "2"),
        ("jane@", "1"),
        ("ja@", ""),
        ("!!! jane", "1"),
        ("!!!", "1234"),
        ("(jane)", "1"),
        ("jane or (", "1"),
        # a single letter is a word of its own, or the beginning of what is being typed
        ("c ", "3"),
        ('"c"', "3"),
        ("v ", ""),
        ("v", "1234"),
        ("jane v", "1"),
        ('"jane d', "1"),
        ("from:j", "1234"),
        ("jane 7", ""),
        # negation and alternatives
        ("-jane", "234"),
        ("-verification -invoice", "34"),
        ('acme -"verification code"', "24"),
        ("-", "1234"),
        ("- jane", "1"),
        ("jane or invoice", "12"),
        ("jane OR invoice", "12"),
        ("jane verification or invoice kase", "1"),
        ("jane or invoice -ready", "1"),
        ("jane or is:spam", "13"),
        ("jane is:unread or is:spam or in:trash", "134"),
        ("or jane or", "1"),
        ("jane or from:", "1"),
        ('"or"', ""),
        ("-or", "1234"),
        # fields
        ("from:jane", "1"),
        ("FROM:Jane", "1"),
        ('from:"Jane Doe"', "1"),
        ("from:acme", "12"),
        ("from:invoice", ""),
        ("-from:jane", "234"),
        ("to:signup", "2"),
        ("to:boss", ""),
        ("cc:boss", "4"),
        ("subject:invoice", "2"),
        ("subject:jane", ""),
        ("body:kase", "3"),
        ("body:invoice", ""),
        ("from:", "1234"),
        ("from: jane", "1"),
        ("inbox:signup", "2"),
        ("inbox:ignu", "2"),
        ("inbox:signup+run42", "2"),
        ("inbox:SIGNUP@shop", "2"),
        ("inbox:a_m", ""),
        ("inbox:%", ""),
        ("-inbox:signup", "134"),
        ("label:paid", "2"),
        ('label:"to do"', "2"),
        ("label:to", "2"),
        ('label:"to"', ""),
        ("label:ted", ""),
        ("-label:paid", "134"),
        # what is known of it
        ("has:attachment", "2"),
        ("has:code", "1"),
        ("has:link", ""),
        ("-has:code", "234"),
        ("is:unread", "12"),
        ("is:read", "34"),
        ("-is:unread", "34"),
        ("is:starred", "2"),
        ("-is:starred", "134"),
        ("is:spam", "3"),
        ("is:gone", "4"),
        ("is:waiting", "4"),
        ("in:trash", "4"),
        ("folder:inbox", "12"),
        ("larger:10k", "24"),
        ("larger:1.5M", ""),
        ("larger:1.4MB", "4"),
        ("smaller:501", "1"),
        ("smaller:500b", ""),
        ("-smaller:10k", "234"),
        # scripts without spaces
        ("登録", "3"),
        ("subject:ありがとう", "3"),
        ("-登録", "124"),
        ("山田", "3"),
        ("from:太", "3"),
        ("body:登録", ""),
        # times
        ("newer:1h", "1"),
        ("newer:3h", "12"),
        ("older:3h", "34"),
        ("older:1d newer:1w", "3"),
        ("newer:180m", "12"),
        ("newer:2mo", "1234"),
        ("older:99999y", ""),
        ("after:today", "12"),
        ("before:yesterday", "34"),
        ("after:wednesday", "123"),
        ("after:friday", "12"),
        ("before:2026-11", "4"),
        ("after:2026-11-18 before:2026-11-19", "3"),
        ("after:2026-10-31", "1234"),
        # no operators
        ("re:", ""),
        ("12:30", ""),
        ("https://acme.example", ""),
        ("form:jane", ""),
    ],
)
def test_what_finds_what(mailbox: sqlite3.Connection, text: str, wanted: str) -> None:
    assert found(mailbox, text) == wanted


def test_a_word_is_found_while_it_is_typed(mailbox: sqlite3.Connection) -> None:
    typed = 'from:jane "verification code" or is:spam'
    for end in range(len("from:ja"), len('from:jane "verification code"') + 1):
        assert found(mailbox, typed[:end]) == "1", typed[:end]
    assert found(mailbox, typed) == "13"


def test_what_is_live_is_an_inbox_or_a_whole_domain(mailbox: sqlite3.Connection) -> None:
    assert found(mailbox, "is:live") == ""
    assert found(mailbox, "is:live", {"a@mailsac.com"}) == "134"
    assert found(mailbox, "is:live", {"shop.example"}) == "2"
    assert found(mailbox, "-is:live", {"shop.example", "\ud800"}) == "134"


def test_a_day_begins_at_midnight_where_the_user_is(mailbox: sqlite3.Connection) -> None:
    midnight_there = NOW.astimezone(timezone(timedelta(hours=-11)))  # message 3 came at 11:00 UTC
    hour_to_midnight = NOW.astimezone(timezone(timedelta(hours=-12)))
    assert found(mailbox, "after:2026-11-18", now=midnight_there) == "123"
    assert found(mailbox, "before:2026-11-18", now=midnight_there) == "4"
    assert found(mailbox, "after:2026-11-18", now=hour_to_midnight) == "12"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("from:", "from: takes a name or an address"),
        ("subject:!!!", "“!!!”? subject: takes words of the subject"),
        ("(a or b)", "( ) AND NOT mean nothing here"),
        ("NOT this", "( ) AND NOT mean nothing here"),
        ("has:hope", "“hope”? has: takes attachment, code or link"),
        ("is:un", "is: takes unread, read"),
        ("label:", "label: takes a label or its beginning"),
        ("in:attic", "in: takes inbox, all"),
        ("before:soon", "before: takes a day"),
        ("after:2026-13", "after: takes a day"),
        ("after:0000-01", "after: takes a day"),
        ("newer:3", "newer: takes an age"),
        ("older:week", "older: takes an age"),
        ("larger:big", "larger: takes a size"),
        ("form:jane", "form: is searched as a word; did you mean from:?"),
        ("sender:jane", "did you mean from:?"),
        ("foo:bar", "did you mean from:?"),
        ("x " * 60, "only the first 50 words are looked for"),
        ("x" * 1001, "only the first 1,000 characters are looked at"),
    ],
)
def test_what_is_wrong_is_explained(text: str, says: str) -> None:
    (problem,) = problems(text)
    assert says in problem


@pytest.mark.parametrize(
    "text",
    ["re: hello", "12:30", "https://x.example", "c:/temp", "a or", 'from:"Jane', "error:", "C++"],
)
def test_what_only_looks_like_an_operator_is_no_problem(text: str) -> None:
    assert problems(text) == ()


def test_words_still_search_beside_what_is_wrong(mailbox: sqlite3.Connection) -> None:
    assert found(mailbox, "jane has:hope before:soon from:") == "1"
    assert found(mailbox, "jane or has:hope") == "1"


def test_the_words_are_those_that_mail_must_hold() -> None:
    query = parse(
        'Code, -spam "Verify  Me" from:Jane -to:x subject:Hi body:b inbox:SignUp', now=NOW
    )
    assert query.words == ("code", "verify me")
    assert query.fields == ("jane", "hi", "signup")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("verification code", "verification"),
        ('"verification code" now', "verification code"),
        ("verification from:jane", "jane"),
        ("-verification is:unread", ""),
        ("body:text cc:boss", ""),
        ("", ""),
    ],
)
def test_the_service_is_asked_for_one_thing_that_all_wanted_mail_holds(
    text: str, asked: str
) -> None:
    assert server_words(parse(text, now=NOW)) == asked


def test_nothing_that_was_typed_is_part_of_the_sql() -> None:
    marked = [f'{name}:"7zz\' OR 1"' for name in OPERATORS]
    marked += ["登7zz", "7zz", "-7zz", "after:2077-07-07", "newer:77h", "larger:77k", "in:trash"]
    for text in marked:
        query = parse(text, now=NOW, live=["7zz"])
        assert "7" not in query.where.replace("q7", "")
        assert "trash" not in query.where
        assert set(query.values) == {"match", *(f"q{n}" for n in range(len(query.values) - 1))}


WORDS = st.sampled_from(
    [
        *("jane", "verification", "code", "ve", "c", "acme", "77", "nothing", "登録", "山田"),
        *('"your verification"', '"verification y"', "jane@acme.example", "C++"),
        *("from:jane", "to:a", "cc:boss", "subject:invoice", "subject:登録", "body:body"),
        *("inbox:signup", "label:paid", 'label:"to do"', "has:attachment", "has:code", "has:link"),
        *(
            f"is:{word}"
            for word in ("unread", "read", "starred", "live", "spam", "gone", "waiting")
        ),
        *("in:spam", "after:today", "before:2026-11", "newer:3h", "older:1d"),
        *("larger:10k", "smaller:10k"),
    ]
)
TERMS = st.builds("{}{}".format, st.sampled_from(["", "-"]), WORDS)
GROUPS = st.lists(TERMS, min_size=1, max_size=4).map(" ".join)
QUERIES = st.lists(GROUPS, min_size=1, max_size=3).map(" or ".join)


@settings(max_examples=75, deadline=None)
@given(WORDS, GROUPS, QUERIES)
def test_negation_parts_and_or_unites(
    mailbox: sqlite3.Connection, word: str, group: str, query: str
) -> None:
    everything = set("1234")

    def fits(text: str) -> set[str]:
        return set(found(mailbox, f"{text} ", ["shop.example"]))

    assert fits(f"-{word}") == everything - fits(word)
    assert fits(f"{word} {group}") == fits(word) & fits(group)
    assert fits(f"{query} or {group}") == fits(query) | fits(group)
    whole = parse(f"{query} ", now=NOW, live=["shop.example"])
    rest = mailbox.execute(f"SELECT id FROM messages WHERE NOT ({whole.where})", whole.values)
    assert {id[1:] for (id,) in rest} == everything - fits(query)


PIECES = st.one_of(
    st.sampled_from(
        [*(f"{name}:" for name in OPERATORS), *'"-:()*^+{}\\%_\0', " ", " or ", "\ud800", "NEAR"]
    ),
    WORDS,
    st.text(max_size=6),
)


@settings(max_examples=75, deadline=None)
@given(st.lists(PIECES, max_size=20).map("".join), st.integers(-23, 23))
@example("\0", 0)
@example("after:0001-01-01 before:9999-12-31", -23)
@example("after:0001-01-01 before:9999-12-31", 23)
@example('"' * 50, 0)
@example("\U0001e900 -\U00016fe4", 0)  # letters that are younger than the tokenizer
def test_any_text_can_be_searched_for(mailbox: sqlite3.Connection, text: str, hours: int) -> None:
    now = NOW.astimezone(timezone(timedelta(hours=hours)))
    assert set(found(mailbox, text, live=[text], now=now)) <= set("1234")
    query = parse(text, now=now)
    assert query.text == text
    assert bool(server_words(query)) == bool(query.words or query.fields)
