"""The constraints of the documented API and what each says when it is broken: the one place for these texts (AU-31).

Names and texts are those of class-validator, which clients match. `$property` stands for the name of the property.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True, slots=True)
class Constraint:
    """A rule about a value."""

    name: str
    text: str

    def each(self) -> "Constraint":
        """The same about every element of a list; texts that do not begin with the property stay."""
        begins = self.text.startswith(("$property", "nested"))
        return replace(self, text=f"each value in {self.text}") if begins else self

    def about(self, property_: str) -> str:
        """The text for a property."""
        return self.text.replace("$property", property_)


@dataclass(frozen=True, slots=True)
class Told:
    """In an annotation: what a value of the wrong kind breaks, where that is not said by its type alone."""

    constraints: tuple[Constraint, ...]


STRING: Final = Constraint("isString", "$property must be a string")
INT: Final = Constraint("isInt", "$property must be an integer number")
NUMBER: Final = Constraint("isNumber", "$property must be a number conforming to the specified constraints")
BOOLEAN: Final = Constraint("isBoolean", "$property must be a boolean value")
ARRAY: Final = Constraint("isArray", "$property must be an array")
OBJECT: Final = Constraint("isObject", "$property must be an object")
NESTED: Final = Constraint("nestedValidation", "nested property $property must be either object or array")
DEFINED: Final = Constraint("isDefined", "$property should not be null or undefined")
NOT_EMPTY: Final = Constraint("isNotEmpty", "$property should not be empty")
UNIQUE: Final = Constraint("arrayUnique", "All $property's elements must be unique")
DATE_STRING: Final = Constraint("isDateString", "$property must be a valid ISO 8601 date string")
ISO_8601: Final = Constraint("isIso8601", "$property must be a valid ISO 8601 date string")
TIME_ZONE: Final = Constraint("isTimeZone", "$property must be a valid IANA time-zone")
EMAIL: Final = Constraint("isEmail", "$property must be an email")
URL: Final = Constraint("isUrl", "$property must be a URL address")
PHONE: Final = Constraint("isPhoneNumber", "$property must be a valid phone number")
NO_CONTROL: Final = Constraint("isString", "$property must not have control characters")
UNKNOWN: Final = Constraint("whitelistValidation", "property $property should not exist")


def one_of(values: Iterable[object], name: str = "isEnum") -> Constraint:
    """One of these values."""
    return Constraint(name, f"$property must be one of the following values: {', '.join(map(str, values))}")


def at_least(least: object) -> Constraint:
    """A number that is not less."""
    return Constraint("min", f"$property must not be less than {least}")


def at_most(most: object) -> Constraint:
    """A number that is not greater."""
    return Constraint("max", f"$property must not be greater than {most}")


def not_shorter(characters: object) -> Constraint:
    """A text of at least so many characters."""
    return Constraint("minLength", f"$property must be longer than or equal to {characters} characters")


def not_longer(characters: object) -> Constraint:
    """A text of at most so many characters."""
    return Constraint("maxLength", f"$property must be shorter than or equal to {characters} characters")


def not_fewer(elements: object) -> Constraint:
    """A list of at least so many elements."""
    if elements == 1:
        return Constraint("arrayNotEmpty", "$property should not be empty")
    return Constraint("arrayMinSize", f"$property must contain at least {elements} elements")


def not_more(elements: object) -> Constraint:
    """A list of at most so many elements."""
    return Constraint("arrayMaxSize", f"$property must contain no more than {elements} elements")


def of_service(code: str, text: str) -> Constraint:
    """What a service says of a field: its texts that begin with `Must` name the property here."""
    if text.startswith("Must "):
        text = f"$property must {text.removeprefix('Must ').removesuffix('.')}"
    return Constraint(code, text)
