"""Bodies that the owner of a webhook has designed: `{{path}}` over the fields of the message (WH-2, WH-4)."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

JSON_TYPE: Final = "application/json"
FORM_TYPE: Final = "application/x-www-form-urlencoded"

MAX_BODY: Final = 1_000_000
"""Characters of a body: a short template can repeat long fields many times."""

_PLACE: Final = re.compile(r"\{\{\{([^{}]*)\}\}\}|\{\{([^{}]*)\}\}")
_SEGMENT: Final = re.compile(r"\[([^\]]*)\]|([^.\[\]/]+)")
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#x27;", "`": "&#x60;", "=": "&#x3D;"})
"""As Handlebars escapes, but quotes stay as they are (WH-4)."""


class TemplateError(Exception):
    """The template gives no body; the message says why, for the owner of the webhook."""


@dataclass(frozen=True, slots=True)
class Body:
    """What is posted, and its content type."""

    text: str
    content_type: str = JSON_TYPE


def content_type_of(template: str | None) -> str:
    """WH-2: a form, unless the template is JSON by itself or there is none."""
    return JSON_TYPE if not template or _is_json(template) else FORM_TYPE


def render(template: str, fields: Mapping[str, Any]) -> Body:
    """The template with the fields filled in; JSON is read and written anew. Raises TemplateError."""
    text = _fill(template, fields)
    if content_type_of(template) == FORM_TYPE:
        return Body(text, FORM_TYPE)
    try:
        return Body(orjson.dumps(json.loads(text)).decode())
    except (ValueError, orjson.JSONEncodeError, RecursionError) as error:
        raise TemplateError(f"The payload template gives no JSON: {error}"[:300]) from error


def _fill(template: str, fields: Mapping[str, Any]) -> str:
    room = MAX_BODY

    def fill(found: re.Match[str]) -> str:
        nonlocal room
        value = _filled(found, fields)
        room -= len(value)
        if room < 0:
            raise TemplateError(f"The payload template gives more than {MAX_BODY} characters.")
        return value

    return _PLACE.sub(fill, template)


def _filled(found: re.Match[str], fields: Mapping[str, Any]) -> str:
    path = (found.group(1) if found.group(1) is not None else found.group(2)).strip()
    value = _text(_at(fields, path.removeprefix("this.")))
    return value if found.group(1) is not None else value.translate(_ESCAPES)


def _at(fields: Any, path: str) -> Any:
    """What stands at `attendees.0.name` or `attendees.[0].name`; None for what does not exist."""
    value = fields
    for bracketed, plain in _SEGMENT.findall(path):
        name = bracketed or plain
        if isinstance(value, Mapping):
            value = value.get(name)
        elif _is_list(value) and name.isascii() and name.isdigit() and len(name) < 10:
            value = value[int(name)] if int(name) < len(value) else None
        elif _is_list(value) and name == "length":
            value = len(value)
        else:
            return None
    return value


def _text(value: Any) -> str:
    """As JavaScript would write it into a text, and so Handlebars."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int() | float():
            return str(value)
    if _is_list(value):
        return ",".join(_text(each) for each in value)
    return "[object Object]"


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
