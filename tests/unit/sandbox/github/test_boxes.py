"""Sealed boxes."""

from __future__ import annotations

from base64 import b64decode, b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as some
from nacl.public import PublicKey, SealedBox

from sandbox.github.boxes import KeyPair


def seal(public: str, value: bytes) -> str:
    """What a client of GitHub sends."""
    return b64encode(SealedBox(PublicKey(b64decode(public))).encrypt(value)).decode()


@given(some.binary(max_size=200))
def test_opens_what_its_public_key_sealed(value: bytes) -> None:
    """Any value comes back whole, the empty one too."""
    pair = KeyPair.new()
    assert pair.open(seal(pair.public, value)) == value


def test_does_not_open_another_keys_box() -> None:
    """A box for another key stays shut."""
    assert KeyPair.new().open(seal(KeyPair.new().public, b"value")) is None


@pytest.mark.parametrize("sealed", ["", "AAAA", "not base64!", "é"])
def test_refuses_what_is_no_box(sealed: str) -> None:
    """Text that is too short or no base64 is refused without a fault."""
    assert KeyPair.new().open(sealed) is None


def test_keys_are_named_like_githubs() -> None:
    """A key's id has 18 digits and two pairs differ."""
    one, other = KeyPair.new(), KeyPair.new()
    assert one.id.isdecimal()
    assert len(one.id) == 18
    assert (one.id, one.private) != (other.id, other.private)
