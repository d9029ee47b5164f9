"""Secrets of other systems at rest: AES-256-GCM under a key of the environment, bound to what they belong to."""

import base64
import hashlib
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.settings import Settings

_NONCE: Final = 12


class SealBrokenError(Exception):
    """Sealed with a key that is not known any more, for something else, or damaged."""


def seal(settings: Settings, secret: bytes, owner: str) -> tuple[str, str]:
    """The id of the key and the sealed text; `owner` says what it belongs to and must be the same when unsealing."""
    key_id, key = _keys(settings)[0]
    nonce = os.urandom(_NONCE)
    return key_id, base64.b64encode(nonce + AESGCM(key).encrypt(nonce, secret, owner.encode())).decode()


def unseal(settings: Settings, key_id: str, sealed: str, owner: str) -> bytes:
    """What was sealed; raises SealBrokenError."""
    key = dict(_keys(settings)).get(key_id)
    if key is None:
        raise SealBrokenError("The key is not known any more.")
    data = base64.b64decode(sealed)
    try:
        return AESGCM(key).decrypt(data[:_NONCE], data[_NONCE:], owner.encode())
    except InvalidTag as error:
        raise SealBrokenError("The sealed text was changed.") from error


def _keys(settings: Settings) -> list[tuple[str, bytes]]:
    """Keys with their ids, the one to seal with first; `SECRET_KEY` serves where no key of its own is set."""
    given = settings.calendso_encryption_key or settings.secret_key
    keys = [hashlib.sha256(f"credentials:{text}".encode()).digest() for text in (given, *settings.old_encryption_keys)]
    return [(hashlib.sha256(key).hexdigest()[:16], key) for key in keys]
