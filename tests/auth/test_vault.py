"""Sealed secrets: only with the key, only for the one they belong to."""

from collections.abc import Callable

import pytest

from app.auth.vault import SealBrokenError, seal, unseal
from app.settings import Settings

MakeSettings = Callable[..., Settings]
SECRET = b'{"urls": ["https://example.com/secret.ics"]}'


def test_what_is_sealed_is_unsealed(make_settings: MakeSettings) -> None:
    """Twice the same secret gives two texts, and none shows it."""
    settings = make_settings()
    key_id, sealed = seal(settings, SECRET, "ann")
    assert unseal(settings, key_id, sealed, "ann") == SECRET
    assert seal(settings, SECRET, "ann")[1] != sealed
    assert "secret" not in sealed


def test_a_seal_belongs_to_its_owner_and_its_key(make_settings: MakeSettings) -> None:
    settings = make_settings()
    key_id, sealed = seal(settings, SECRET, "ann")
    with pytest.raises(SealBrokenError):
        unseal(settings, key_id, sealed, "bob")
    with pytest.raises(SealBrokenError):
        unseal(settings, key_id, sealed[:-8] + "AAAAAAA=", "ann")
    with pytest.raises(SealBrokenError):
        unseal(make_settings(calendso_encryption_key="another"), key_id, sealed, "ann")


def test_a_former_key_still_opens(make_settings: MakeSettings) -> None:
    """After a change of the key what is sealed anew has the new key's id."""
    old = make_settings(calendso_encryption_key="old")
    key_id, sealed = seal(old, SECRET, "ann")
    new = make_settings(calendso_encryption_key="new", old_encryption_keys=("old",))
    assert unseal(new, key_id, sealed, "ann") == SECRET
    assert seal(new, SECRET, "ann")[0] != key_id
