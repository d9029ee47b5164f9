"""Syntax of e-mail addresses."""

import re
from functools import lru_cache
from typing import Final

from email_validator import validate_email

# Such a local part is right whatever the domain, and its own normal form.
_PLAIN: Final = re.compile(r"([a-z0-9]+(?:[._+-][a-z0-9]+)*)@([A-Za-z0-9.-]+)", re.ASCII)
_MAX_LOCAL: Final = 64
_MAX_PLAIN: Final = 200


def normal_address(address: str, *, reserved: bool = False) -> str:
    """The address in its normal form; raises EmailNotValidError. `reserved` lets domains for tests through.

    Checking is slow and mostly about the domain, so domains of plain addresses are remembered.
    """
    plain = _PLAIN.fullmatch(address) if len(address) <= _MAX_PLAIN else None
    if plain is None or len(plain[1]) > _MAX_LOCAL:
        return _checked(address, reserved)
    try:
        return f"{plain[1]}@{_domain(plain[2], reserved)}"
    except ValueError:
        return _checked(address, reserved)  # whose message speaks of the whole address


@lru_cache(maxsize=1024)
def _domain(domain: str, reserved: bool) -> str:
    return _checked(f"a@{domain}", reserved).removeprefix("a@")


def _checked(address: str, reserved: bool) -> str:
    return validate_email(address, check_deliverability=False, test_environment=reserved).normalized
