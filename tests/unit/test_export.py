"""Messages as files: whole, in order, private; and nothing at all where it went wrong."""

from __future__ import annotations

import asyncio
import json
import mailbox
import os
import re
import resource
import stat
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sacterm.errors import NotFound, StoreFailed
from sacterm.mailbox.export import (
    Exported,
    ExportFailed,
    Format,
    Source,
    export,
)
from sacterm.mailbox.store import Store
from sacterm.model import Message, Recipient
from tests.unit.fakes import mail, raw
from tests.waiting import until


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    store = Store(None)
    yield store
    await store.close()


def source(store: Store) -> Source:
    return Source(store.row, store.message, store.raw)


async def exported(
    store: Store, messages: Sequence[Message], target: Path, format: Format
) -> Exported:
    await store.upsert(messages, owned=True)
    ids = [message.id for message in messages]
    return await export(ids, source(store), target, format, lambda done, total: None)


def numbered(count: int) -> list[Message]:
    return [mail(number, raw=raw(number)) for number in range(1, count + 1)]


async def test_each_message_is_a_file_as_it_was_sent(store: Store, tmp_path: Path) -> None:
    odd = mail(3, raw=b"\xff\x00 no mail\r\n", subject="../../50% off / now: \x1b[2J\u202e?")
    target = tmp_path / "mail"
    done = await exported(store, [*numbered(2), odd], target, Format.EML)
    assert done == Exported(3, (), target)
    first, second, third = sorted(target.iterdir())
    assert first.name == "2026-01-16 08.00.01 Subject 1.eml"
    assert first.read_bytes() == raw(1)
    assert second.read_bytes() == raw(2)
    assert third.read_bytes() == odd.raw
    assert third.name.startswith("2026-01-16 08.00.03 .._.._50% off _ now_")
    assert re.fullmatch(r"[\w .%‹›␛\[-]+\.eml", third.name)


async def test_messages_with_one_name_are_all_there(store: Store, tmp_path: Path) -> None:
    moment = mail(1).received
    messages = [
        mail(number, raw=raw(number), subject="It's here", received=moment) for number in range(5)
    ]
    await exported(store, messages, tmp_path / "mail", Format.EML)
    assert {file.read_bytes() for file in (tmp_path / "mail").iterdir()} == set(map(raw, range(5)))


async def test_a_mail_without_a_subject_has_a_name(store: Store, tmp_path: Path) -> None:
    await exported(store, [mail(1, raw=raw(1), subject=None)], tmp_path / "mail", Format.EML)
    assert [file.name for file in (tmp_path / "mail").iterdir()] == [
        "2026-01-16 08.00.01 no subject.eml"
    ]


def read_mbox(path: Path) -> list[bytes]:
    """The messages as Python's own reader finds them, with the quoting of mboxrd undone."""
    box = mailbox.mbox(path, create=False)
    try:
        return [re.sub(rb"(?m)^>(>*From )", rb"\1", box.get_bytes(key)) for key in box.iterkeys()]
    finally:
        box.close()


async def test_an_mbox_is_read_back_by_others(store: Store, tmp_path: Path) -> None:
    tricky = (
        "From here on\r\n>From there\r\n>>From both\r\n\r\nFrom a@b Fri Jan 16 08:00:00 2026\r\nx"
    )
    messages = [*numbered(2), mail(3, raw=raw(3, tricky)), mail(4, raw=b"X: y")]
    target = tmp_path / "mail.mbox"
    assert (await exported(store, messages, target, Format.MBOX)).count == 4
    sent = [(message.raw or b"").replace(b"\r\n", b"\n") for message in messages]
    assert read_mbox(target) == [data.removesuffix(b"\n") + b"\n" for data in sent]
    assert target.read_bytes().startswith(
        b"From no-reply@acme.example Fri Jan 16 08:00:01 2026\nFrom: Acme"
    )


async def test_no_sender_breaks_the_separator_of_an_mbox(store: Store, tmp_path: Path) -> None:
    senders = ["a b@x", "a\nFrom b", "", "é@a.example", "x" * 1_000]
    messages = [
        mail(number, raw=raw(number), sender=(Recipient("", address),))
        for number, address in enumerate(senders)
    ]
    target = tmp_path / "mail.mbox"
    await exported(store, [*messages, mail(9, raw=raw(9), sender=())], target, Format.MBOX)
    assert len(read_mbox(target)) == 6
    assert target.read_bytes().count(b"From MAILER-DAEMON Fri Jan 16") == 6


@settings(deadline=None, max_examples=50)
@given(st.lists(st.lists(st.sampled_from([b"From ", b">From ", b">", b"\n", b"x", b"\n\n"]))))
def test_any_text_comes_back_out_of_an_mbox(
    tmp_path_factory: pytest.TempPathFactory, texts: list[list[bytes]]
) -> None:
    raws = [b"X: y\n\n" + b"".join(text).removesuffix(b"\n") + b"\n" for text in texts]
    target = tmp_path_factory.mktemp("any") / "mail.mbox"

    async def there_and_back() -> None:
        store = Store(None)
        messages = [mail(number, raw=data) for number, data in enumerate(raws)]
        await exported(store, messages, target, Format.MBOX)
        await store.close()

    if raws:
        asyncio.run(there_and_back())
        assert read_mbox(target) == raws


async def test_json_has_all_that_a_script_asks_for(store: Store, tmp_path: Path) -> None:
    sent = (
        b"From: Acme <no-reply@acme.example>\r\nSubject: Your code\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\n"
        b"Your verification code is 482913.\r\nConfirm: https://acme.example/confirm?t=1\r\n"
        b"--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\nPDF\r\n--b--\r\n"
    )
    message = mail(
        1, raw=sent, subject="Your code", labels=("qa",), folder="spam", starred=True, read=True
    )
    target = tmp_path / "mail.json"
    await exported(store, [message, *numbered(3)[1:]], target, Format.JSON)
    first, *others = json.loads(target.read_text("utf-8"))
    assert [other["id"] for other in others] == ["m2", "m3"]
    text = first.pop("text")
    assert text.startswith("Your verification code is 482913.\n")
    assert first == {
        "id": "m1",
        "inbox": "a@mailsac.com",
        "received": "2026-01-16T08:00:01+00:00",
        "from": [{"name": "Acme", "address": "no-reply@acme.example"}],
        "to": [{"name": "", "address": "a@mailsac.com"}],
        "subject": "Your code",
        "labels": ["qa"],
        "folder": "spam",
        "read": True,
        "starred": True,
        "code": "482913",
        "links": ["https://acme.example/confirm?t=1"],
        "html": "",
        "headers": [
            ["From", "Acme <no-reply@acme.example>"],
            ["Subject", "Your code"],
            ["Content-Type", "multipart/mixed; boundary=b"],
        ],
        "attachments": [{"name": "a.pdf", "content_type": "application/pdf", "size": 3}],
    }


async def test_json_is_whole_whatever_the_mail_holds(store: Store, tmp_path: Path) -> None:
    hostile = raw(1, '"\\ \x00\x1b\x9b') + b"\xff\xfe"
    utf7 = b"Content-Type: text/plain; charset=utf-7\r\n\r\n+2AA-"  # half of a character
    messages = [mail(1, raw=hostile), mail(2, raw=utf7)]
    await exported(store, messages, tmp_path / "mail.json", Format.JSON)
    assert len(json.loads((tmp_path / "mail.json").read_text("utf-8"))) == 2


@pytest.mark.parametrize("format", Format)
async def test_what_is_exported_is_private(store: Store, tmp_path: Path, format: Format) -> None:
    target = tmp_path / "new" / "mail"
    before = os.umask(0)
    try:
        await exported(store, numbered(2), target, format)
    finally:
        os.umask(before)
    assert list(target.parent.iterdir()) == [target]
    folder = format is Format.EML
    assert stat.S_IMODE(target.stat().st_mode) == (0o700 if folder else 0o600)
    for file in target.iterdir() if folder else ():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("format", Format)
async def test_what_is_not_here_is_skipped_with_a_reason(
    store: Store, tmp_path: Path, format: Format
) -> None:
    await store.upsert([mail(1, raw=raw(1)), mail(2), mail(3), mail(4, raw=raw(4))], owned=True)

    async def fetched(id: str) -> bytes | None:
        if id == "m3":
            raise NotFound("Mailsac no longer has this message")
        return await store.raw(id)

    told: list[tuple[int, int]] = []
    done = await export(
        ["m1", "m2", "m3", "m4", "m5"],
        Source(store.row, store.message, fetched),
        tmp_path / "mail",
        format,
        lambda *progress: told.append(progress),
    )
    assert done.count == 2
    assert done.skipped == (
        ("m2", "it was not read yet"),
        ("m3", "Mailsac no longer has this message"),
        ("m5", "it is gone"),
    )
    assert told == [(0, 5), (1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]


@pytest.mark.parametrize("format", Format)
@pytest.mark.parametrize("ids", [[], ["m1", "m2"]])
async def test_where_there_is_nothing_to_write_nothing_is_left(
    store: Store, tmp_path: Path, format: Format, ids: list[str]
) -> None:
    await store.upsert([mail(1), mail(2)], owned=True)
    done = await export(ids, source(store), tmp_path / "mail", format, lambda *_: None)
    assert done == Exported(0, tuple((id, "it was not read yet") for id in ids), None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format", Format)
async def test_nothing_is_overwritten(store: Store, tmp_path: Path, format: Format) -> None:
    target = tmp_path / "mail"
    target.write_text("mine")
    with pytest.raises(ExportFailed, match=r"cannot export to .*mail: File exists") as failed:
        await exported(store, numbered(2), target, format)
    assert failed.value.remedy
    assert target.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("format", Format)
async def test_a_cancelled_export_leaves_nothing(
    store: Store, tmp_path: Path, format: Format
) -> None:
    await store.upsert(numbered(3), owned=True)
    reached = asyncio.Event()

    async def stuck(id: str) -> bytes | None:
        if id == "m3":
            reached.set()
            await asyncio.Event().wait()
        return await store.raw(id)

    task = asyncio.create_task(
        export(
            ["m1", "m2", "m3"],
            Source(store.row, store.message, stuck),
            tmp_path / "mail",
            format,
            lambda *_: None,
        )
    )
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format", Format)
async def test_an_export_cancelled_while_it_writes_leaves_nothing(
    store: Store, tmp_path: Path, format: Format
) -> None:
    big = raw(1, "x <b> y\r\n" * 200_000)
    await store.upsert([mail(1)], owned=True)

    async def at_once(id: str) -> bytes | None:
        return big

    asked = Source(store.row, store.message, at_once)
    task = asyncio.create_task(
        export(["m1"] * 30, asked, tmp_path / "mail", format, lambda *_: None)
    )
    await until(lambda: list(tmp_path.glob(".sacterm-*")))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format", Format)
async def test_a_full_disk_leaves_nothing(store: Store, tmp_path: Path, format: Format) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        with pytest.raises(ExportFailed, match="File too large"):
            await exported(
                store, [*numbered(2), mail(3, raw=raw(3, "x" * 99_999))], tmp_path / "mail", format
            )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


async def test_a_store_that_fails_leaves_nothing(store: Store, tmp_path: Path) -> None:
    async def broken(id: str) -> bytes | None:
        raise StoreFailed("the cache cannot be read")

    await store.upsert(numbered(1), owned=True)
    with pytest.raises(StoreFailed):
        await export(
            ["m1"],
            Source(store.row, store.message, broken),
            tmp_path / "mail",
            Format.MBOX,
            lambda *_: None,
        )
    assert list(tmp_path.iterdir()) == []


async def test_the_screen_goes_on_while_messages_are_written(store: Store, tmp_path: Path) -> None:
    big = raw(1, "<p>x</p>\r\n" * 200_000)
    await store.upsert([mail(1)], owned=True)

    async def at_once(id: str) -> bytes | None:
        return big

    asked = Source(store.row, store.message, at_once)
    task = asyncio.create_task(
        export(["m1"] * 3, asked, tmp_path / "mail", Format.JSON, lambda *_: None)
    )
    turns = 0
    while not task.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 100
    assert (await task).count == 3
