"""What is kept of a message is what was given, and small."""

from __future__ import annotations

import random
import zlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sacterm.mailbox.packing import (
    Packer,
    learn,
    name_of,
    pack_document,
    unpack,
    unpack_document,
)
from tests.unit.fakes import raw


@given(st.binary(max_size=100_000))
def test_a_message_comes_back_as_it_was(message: bytes) -> None:
    assert unpack(Packer().pack(message)) == message


@given(st.lists(st.text()), st.none() | st.binary())
def test_a_document_comes_back_as_it_was(fields: list[str], message: bytes | None) -> None:
    fields = [field.encode("utf-8", "replace").decode() for field in fields]
    assert unpack_document(pack_document(fields, message), message) == fields


def test_what_an_earlier_version_packed_is_read() -> None:
    assert unpack(zlib.compress(raw(1))) == raw(1)
    document = zlib.compress(msgspec.json.encode(["a", "b"]))
    assert unpack_document(document, raw(1)) == ["a", "b"]


def test_what_a_message_says_is_not_kept_twice() -> None:
    text = "\r\n".join(f"line {number * 7919 % 1000} says {number}" for number in range(200))
    message = b"Subject: x\r\n\r\n" + text.encode()
    assert len(pack_document(["", text.replace("\r", "")], message)) < 0.2 * len(
        pack_document(["", text], None)
    )


def test_the_usual_of_a_message_takes_little_room() -> None:
    assert len(Packer().pack(raw(1))) < 0.8 * len(zlib.compress(raw(1)))


@pytest.mark.parametrize("cut", [0, 1, 10, -1])
def test_damage_is_told(cut: int) -> None:
    with pytest.raises(zlib.error):
        unpack(Packer().pack(raw(1))[:cut])


@given(st.lists(st.binary(max_size=20_000), max_size=20))
def test_whatever_is_learned_unpacks_what_it_packs(messages: list[bytes]) -> None:
    words = learn(messages)
    for message in [*messages, b"", raw(1)]:
        packed = Packer(words).pack(message)
        assert unpack(packed, words) == message
        assert packed[2:6] == name_of(words)


def test_what_a_store_was_sent_before_takes_little_room() -> None:
    letters = [_letter(kind, number) for number in range(20) for kind in range(4)]
    words = learn(letters)
    new = [_letter(kind, 99) for kind in range(4)]
    assert sum(len(Packer(words).pack(one)) for one in new) < 0.2 * sum(
        len(Packer().pack(one)) for one in new
    )


def test_one_letter_of_a_kind_is_learned() -> None:
    of_a_kind = [_letter(1, number) for number in range(50)]
    assert len(learn(of_a_kind)) < len(learn([])) + 2 * len(of_a_kind[0])


def test_no_more_is_learned_than_is_looked_back_on() -> None:
    assert len(learn(_letter(kind, 1) for kind in range(100))) <= 32_768


def _letter(kind: int, number: int) -> bytes:
    words = random.Random(kind)
    text = "\r\n".join(words.randbytes(20).hex() for _ in range(80))
    return f"Subject: mail {number}\r\n\r\n{text}\r\nNumber {number}\r\n".encode()
