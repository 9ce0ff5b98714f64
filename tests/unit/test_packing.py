"""What is kept of a message is what was given, and small."""

from __future__ import annotations

import zlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sacterm.mailbox.packing import pack, pack_document, unpack, unpack_document
from tests.unit.fakes import raw


@given(st.binary(max_size=100_000))
def test_a_message_comes_back_as_it_was(message: bytes) -> None:
    assert unpack(pack(message)) == message


@given(st.lists(st.text()), st.none() | st.binary())
def test_a_document_comes_back_as_it_was(fields: list[str], message: bytes | None) -> None:
    fields = [field.encode("utf-8", "replace").decode() for field in fields]
    packed = None if message is None else pack(message)
    assert unpack_document(pack_document(fields, packed), packed) == fields


def test_what_an_earlier_version_packed_is_read() -> None:
    assert unpack(zlib.compress(raw(1))) == raw(1)
    document = zlib.compress(msgspec.json.encode(["a", "b"]))
    assert unpack_document(document, zlib.compress(raw(1))) == ["a", "b"]


def test_what_a_message_says_is_not_kept_twice() -> None:
    text = "\r\n".join(f"line {number * 7919 % 1000} says {number}" for number in range(200))
    packed = pack(b"Subject: x\r\n\r\n" + text.encode())
    assert len(pack_document(["", text.replace("\r", "")], packed)) < 0.2 * len(
        pack_document(["", text], None)
    )


def test_the_usual_of_a_message_takes_little_room() -> None:
    assert len(pack(raw(1))) < 0.8 * len(zlib.compress(raw(1)))


@pytest.mark.parametrize("cut", [0, 1, 10, -1])
def test_damage_is_told(cut: int) -> None:
    with pytest.raises(zlib.error):
        unpack(pack(raw(1))[:cut])
