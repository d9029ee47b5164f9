"""Attendee rows, guests and addresses."""

import pytest

from app.domain.attendees import (
    Person,
    attendee_rows,
    base_address,
    email_for_phone,
    gets_mail,
    is_blacklisted,
    keep_guests,
)


def test_bk_22_order_of_attendee_rows() -> None:
    booker = Person("Ann", "ann@x.org", "Europe/Rome", "it")
    co_host = Person("Olga", "olga@x.org", "UTC", "lv")

    assert attendee_rows(booker, ["g@x.org"], [co_host]) == (
        booker,
        Person("", "g@x.org", "Europe/Rome", "en"),
        co_host,
    )


def test_bk_23_guests() -> None:
    guests = ["a@x.org", "Spam+1@x.org", "HOST@x.org", "b@x.org"]

    assert keep_guests(guests, blacklist=["spam@x.org"], host_emails=["host@x.org"]) == ("a@x.org", "b@x.org")
    assert keep_guests(guests) == tuple(guests)


@pytest.mark.parametrize(
    ("address", "base"),
    [
        pytest.param("Ann+tag@X.org", "ann@x.org", id="BK-27 tag and case"),
        pytest.param("ann@x.org", "ann@x.org", id="BK-27 plain"),
        pytest.param('"a@b+c"@x.org', '"a@b@x.org', id="BK-27 last at sign"),
    ],
)
def test_base_address(address: str, base: str) -> None:
    assert base_address(address) == base


def test_bk_27_blacklist() -> None:
    assert is_blacklisted("SPAM+x@x.org", ["spam+y@x.org"])
    assert not is_blacklisted("ham@x.org", ["spam@x.org"])


def test_bk_25_stand_in_address() -> None:
    address = email_for_phone("+371 2099-3151")

    assert address == "37120993151@sms.cal.com"
    assert not gets_mail(address)
    assert gets_mail("ann@x.org")
