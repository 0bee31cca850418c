"""Encryption of stored addresses and waiting messages."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken


class Unreadable(Exception):
    """Encrypted with another key, or damaged."""


def _fernet(key: bytes) -> Fernet:
    derived = hmac.new(key, b"whichpath seal v1", hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(derived))


class Cipher:
    """Encrypts JSON values with Fernet (AES-CBC and HMAC), under a key derived from the project's key."""

    def __init__(self, key: bytes, before: bytes | None = None) -> None:
        """``before``: the previous key, used for decryption only."""
        self._fernet = _fernet(key)
        self._before = _fernet(before) if before else None
        self._digest_key = hmac.new(key, b"whichpath digest v1", hashlib.sha256).digest()

    def encrypt(self, value: Any) -> str:
        """``value`` as text that only :meth:`decrypt` can read."""
        return self._fernet.encrypt(json.dumps(value).encode()).decode()

    def decrypt(self, encrypted: str) -> Any:
        """The value.

        Raises:
            Unreadable: another key encrypted it.
        """
        for fernet in filter(None, (self._fernet, self._before)):
            try:
                return json.loads(fernet.decrypt(encrypted.encode()))
            except InvalidToken:
                continue
        raise Unreadable

    def digest(self, value: str) -> str:
        """A keyed hash of ``value``, to look it up."""
        return hmac.new(self._digest_key, value.encode(), hashlib.sha256).hexdigest()
