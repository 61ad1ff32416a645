"""Sealed boxes, opened: the half of GitHub's secrets that only GitHub has.

Whoever writes a secret seals it with a public key (libsodium's sealed box); the private key never
leaves the server. The local GitHub keeps only the box, and opens it to check that it can be opened.
"""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox
from pydantic import BaseModel, ConfigDict


class KeyPair(BaseModel):
    """A key pair for sealed boxes.

    Attributes:
        id: GitHub's name for the key, a decimal number of 18 digits.
        private: the private key in base64; kept, never served.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    id: str
    private: str

    @classmethod
    def new(cls) -> KeyPair:
        """A fresh pair."""
        number = secrets.randbelow(9 * 10**17) + 10**17
        return cls(id=str(number), private=b64encode(bytes(PrivateKey.generate())).decode())

    @property
    def public(self) -> str:
        """The public key in base64, as GitHub serves it."""
        return b64encode(bytes(self._key.public_key)).decode()

    def open(self, sealed: str) -> bytes | None:
        """What is in a box, None where this key does not open it.

        Args:
            sealed: the box in base64.
        """
        try:
            return SealedBox(self._key).decrypt(b64decode(sealed, validate=True))
        except (CryptoError, ValueError, TypeError):
            # PyNaCl says TypeError for a box that is too short to hold its own header.
            return None

    @property
    def _key(self) -> PrivateKey:
        return PrivateKey(b64decode(self.private))
