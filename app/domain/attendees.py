"""Who takes part in a booking besides its organizer, and their addresses (BK-22, BK-23, BK-25, BK-27)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from app.domain.languages import DEFAULT_LANGUAGE

PHONE_DOMAIN: Final = "@sms.cal.com"


@dataclass(frozen=True, slots=True)
class Person:
    """One attendee row of a booking."""

    name: str
    email: str
    zone: str
    language: str = DEFAULT_LANGUAGE
    phone: str | None = None


def attendee_rows(booker: Person, guests: Iterable[str], co_hosts: Iterable[Person]) -> tuple[Person, ...]:
    """List the attendee rows in their order: booker, guests (nameless, English, booker's zone), co-hosts (BK-22)."""
    invited = (Person("", address, booker.zone) for address in guests)
    return (booker, *invited, *co_hosts)


def keep_guests(
    guests: Sequence[str], *, blacklist: Collection[str] = (), host_emails: Collection[str] = ()
) -> tuple[str, ...]:
    """Drop blacklisted guests and, in team events, guests who host the booking (BK-23)."""
    blocked = {base_address(address) for address in blacklist}
    hosts = {address.casefold() for address in host_emails}
    return tuple(
        guest for guest in guests if base_address(guest) not in blocked and guest.strip().casefold() not in hosts
    )


def is_blacklisted(address: str, blacklist: Collection[str]) -> bool:
    """Tell whether an address is blocked, whatever tag or case it is written with (BK-27)."""
    return base_address(address) in {base_address(entry) for entry in blacklist}


def base_address(address: str) -> str:
    """Strip a `+tag` and the case of an address: `Ann+x@Ex.org` is `ann@ex.org` (BK-27)."""
    local, at, domain = address.strip().casefold().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def email_for_phone(phone: str) -> str:
    """Make the stand-in address of a booker who only gave a phone number (BK-25)."""
    return f"{''.join(letter for letter in phone if letter.isdigit())}{PHONE_DOMAIN}"


def gets_mail(address: str) -> bool:
    """Tell whether mails go to an address; stand-ins for phone numbers get none (BK-25, EM-2)."""
    return not address.casefold().endswith(PHONE_DOMAIN)
