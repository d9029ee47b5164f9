"""Reading one answer by the kind of its field (BK-30, BK-31)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final
from urllib.parse import urlsplit

from app.domain.booking_fields import CHOICE_TYPES, BookingField, FieldType, NameVariant

DEFAULT_TEXTAREA_LENGTH: Final = 1000
# What the booker adds to the chosen location: stored location type -> kind of the extra answer.
LOCATION_INPUTS: Final[Mapping[str, FieldType]] = {
    "attendeeInPerson": FieldType.ADDRESS,
    "somewhereElse": FieldType.TEXT,
    "phone": FieldType.PHONE,
}


class InvalidAnswerError(ValueError):
    """An answer its field does not take; `code` as documented (BK-31)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class AnswerChecks:
    """Syntax checks that need libraries the core does not know; both get a stripped text."""

    is_email: Callable[[str], bool]
    is_phone: Callable[[str], bool]


def read_answer(field: BookingField, answer: object, checks: AnswerChecks) -> object:
    """Return a non-blank answer as it is stored, or raise InvalidAnswerError."""
    return _READERS[field.type](field, answer, checks)


def _name(field: BookingField, answer: object, _checks: AnswerChecks) -> object:
    """Fit one string, or first and last name, to the variant the form asks for."""
    if isinstance(answer, Mapping):
        first, last = (_text_or_nothing(answer.get(part)) for part in ("firstName", "lastName"))
    else:
        first, _, last = _string(answer).strip().partition(" ")
    if field.name_variant is NameVariant.FULL_NAME:
        return f"{first} {last}".strip() if isinstance(answer, Mapping) else _string(answer)
    if not first:
        raise InvalidAnswerError("error_required_field")
    return {"firstName": first, "lastName": last.strip()}


def _email(field: BookingField, answer: object, checks: AnswerChecks) -> str:
    address = _string(answer).strip()
    if not checks.is_email(address):
        raise InvalidAnswerError("email_validation_error")
    folded = address.casefold()
    if any(entry.casefold() in folded for entry in field.exclude_emails):
        raise InvalidAnswerError("exclude_emails_match_found_error_message")
    if field.require_emails and not any(entry.casefold() in folded for entry in field.require_emails):
        raise InvalidAnswerError("require_emails_no_match_found_error_message")
    return address


def _phone(_field: BookingField, answer: object, checks: AnswerChecks) -> str:
    number = _string(answer).strip()
    if not checks.is_phone(number):
        raise InvalidAnswerError("invalid_number")
    return number


def _multiemail(_field: BookingField, answer: object, checks: AnswerChecks) -> list[str]:
    addresses = [address.strip() for address in _strings(answer)]
    if not all(checks.is_email(address) for address in addresses):
        raise InvalidAnswerError("email_validation_error")
    if len({address.casefold() for address in addresses}) < len(addresses):
        raise InvalidAnswerError("duplicate_email")
    return addresses


def _text(field: BookingField, answer: object, _checks: AnswerChecks) -> str:
    """Read a text; a JSON number is refused (BK-30), lengths count characters."""
    text = _string(answer)
    longest = field.max_length
    if longest is None and field.type is FieldType.TEXTAREA:
        longest = DEFAULT_TEXTAREA_LENGTH
    if longest is not None and len(text) > longest:
        raise InvalidAnswerError(f"Max. {longest} characters allowed")
    if field.min_length is not None and len(text) < field.min_length:
        raise InvalidAnswerError(f"Min. {field.min_length} characters required")
    return text


def _number(_field: BookingField, answer: object, _checks: AnswerChecks) -> str:
    text = _string(answer)
    try:
        finite = Decimal(text.strip()).is_finite()
    except InvalidOperation:
        finite = False
    if not finite:
        raise InvalidAnswerError("Invalid number")
    return text


def _url(_field: BookingField, answer: object, _checks: AnswerChecks) -> str:
    text = _string(answer).strip()
    if not is_url(text):
        raise InvalidAnswerError("url_validation_error")
    return text


def _choice(field: BookingField, answer: object, _checks: AnswerChecks) -> str:
    _require_options(field, [_string(answer)])
    return _string(answer)


def _choices(field: BookingField, answer: object, _checks: AnswerChecks) -> list[str]:
    chosen = _strings(answer)
    _require_options(field, chosen)
    return chosen


def _boolean(field: BookingField, answer: object, _checks: AnswerChecks) -> bool:
    if answer is True or answer == "true":
        return True
    if answer is not False and answer != "false":
        raise InvalidAnswerError("Invalid Boolean")
    if field.required and not field.hidden:
        raise InvalidAnswerError("error_required_field")
    return False


def _radio_input(field: BookingField, answer: object, checks: AnswerChecks) -> dict[str, str]:
    """Read a chosen location with the text it asks the booker for, `{value, optionValue}`."""
    chosen = answer if isinstance(answer, Mapping) else {"value": answer}
    value, extra = _string(chosen.get("value")), _text_or_nothing(chosen.get("optionValue")).strip()
    wanted = LOCATION_INPUTS.get(value)
    if wanted is not None and not extra:
        raise InvalidAnswerError("error_required_field")
    if wanted is FieldType.PHONE:
        extra = _phone(field, extra, checks)
    return {"value": value, "optionValue": extra}


def is_url(text: str) -> bool:
    """Tell whether a text is an absolute URL with a host."""
    try:
        parts = urlsplit(text)
        return bool(parts.scheme and parts.hostname) and not any(letter.isspace() for letter in text)
    except ValueError:
        return False


def _string(answer: object) -> str:
    if not isinstance(answer, str):
        raise InvalidAnswerError("Invalid string")
    return answer


def _text_or_nothing(answer: object) -> str:
    return "" if answer is None else _string(answer)


def _strings(answer: object) -> list[str]:
    """Read an array of strings; a single string is wrapped (BK-30)."""
    items: Sequence[object] = answer if isinstance(answer, list | tuple) else [answer]
    texts = [item for item in items if isinstance(item, str)]
    if len(texts) < len(items):
        raise InvalidAnswerError("Invalid array of strings")
    return texts


def _require_options(field: BookingField, chosen: Sequence[str]) -> None:
    offered = {option.value for option in field.options}
    if field.type in CHOICE_TYPES and offered and not offered.issuperset(chosen):
        raise InvalidAnswerError("Invalid option")


_Reader = Callable[[BookingField, object, AnswerChecks], object]
_READERS: Final[Mapping[FieldType, _Reader]] = {
    FieldType.NAME: _name,
    FieldType.EMAIL: _email,
    FieldType.PHONE: _phone,
    FieldType.ADDRESS: _text,
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.TEXTAREA: _text,
    FieldType.SELECT: _choice,
    FieldType.MULTISELECT: _choices,
    FieldType.MULTIEMAIL: _multiemail,
    FieldType.CHECKBOX: _choices,
    FieldType.RADIO: _choice,
    FieldType.BOOLEAN: _boolean,
    FieldType.URL: _url,
    FieldType.RADIO_INPUT: _radio_input,
}
