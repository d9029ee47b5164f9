"""Addresses are checked as `email_validator` checks them, plain ones faster."""

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from app.services.addresses import normal_address

ADDRESSES = [
    "ada@example.com",
    "ada.b+c_d-e@Example.COM",
    "Ada@example.com",
    "POSTMASTER@example.com",
    "postmaster@Example.com",
    "a..b@example.com",
    ".a@example.com",
    "a.@example.com",
    "a@localhost",
    "a@foo.test",
    "a@foo.invalid",
    "a@-b.com",
    "a@b-.com",
    "a@b..com",
    "a@b.c",
    "a@1.2.3.4",
    "a@bücher.de",
    "a@xn--bcher-kva.de",
    "a@xn--zzzzzz.de",
    "ä@example.com",
    "a b@example.com",
    '"a b"@example.com',
    "a@b@example.com",
    "@example.com",
    "a@",
    "",
    "a" * 64 + "@example.com",
    "a" * 65 + "@example.com",
    "a@" + "b" * 63 + ".com",
    "a@" + "b" * 64 + ".com",
    "a" * 60 + "@" + "b" * 60 + "." + "c" * 60 + "." + "d" * 60 + "." + "e" * 20 + ".com",
    "a@example.com\n",
    "a@example.com.",
]


def outcome(address: str, reserved: bool, *, plain: bool) -> str:
    """The normal form, or what is wrong."""
    try:
        if plain:
            return validate_email(address, check_deliverability=False, test_environment=reserved).normalized
        return normal_address(address, reserved=reserved)
    except EmailNotValidError as error:
        return f"! {error}"


@pytest.mark.parametrize("reserved", [True, False])
@pytest.mark.parametrize("address", ADDRESSES)
def test_the_answer_is_that_of_the_validator(address: str, reserved: bool) -> None:
    for _ in range(2):  # its domain may be remembered the second time
        assert outcome(address, reserved, plain=False) == outcome(address, reserved, plain=True)


WORDS = st.text("ab1.+-_Z", max_size=8)


@given(local=WORDS, domain=WORDS, end=st.sampled_from([".com", ".test", "", ".c", ".com."]))
def test_any_address_is_answered_the_same(local: str, domain: str, end: str) -> None:
    address = f"{local}@{domain}{end}"
    assert outcome(address, False, plain=False) == outcome(address, False, plain=True)
