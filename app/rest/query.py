"""Queries and forms as clients write them: `take=50.0`, `names[]=a`, `names=a&names=b`, `calendars[0][id]=1`."""

import re
from itertools import pairwise
from typing import Any
from urllib.parse import unquote_plus

MAX_PARTS = 1000
MAX_DEPTH = 5
MAX_INDEX = 200
_PARTS = re.compile(r"\[([^\[\]]*)\]")
_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")


class _Sparse(dict[int, Any]):
    """A list being filled by index."""


def parse_query(query: bytes | str) -> dict[str, Any]:
    """Texts, lists and objects by name; a name that comes again makes a list. What is not understood stays a text."""
    text = query.decode("latin-1") if isinstance(query, bytes) else query
    found: dict[str, Any] = {}
    if not text:
        return found
    for part in text.split("&", MAX_PARTS)[:MAX_PARTS]:
        name, _, value = part.partition("=")
        if name:
            _put(found, unquote_plus(name), unquote_plus(value))
    return {name: _settled(value) for name, value in found.items()}


def _put(found: dict[str, Any], name: str, value: str) -> None:
    match = _KEY.fullmatch(name) if "[" in name else None
    path = _PARTS.findall(match[2]) if match else []
    if match is None or len(path) > MAX_DEPTH:
        _set(found, name, value)
        return
    target: Any = found
    keys = [match[1], *path]
    for key, following in pairwise(keys):
        target = _step(target, key, is_list=following == "" or following.isdecimal())
    _set(target, keys[-1], value)


def _step(target: Any, key: str, *, is_list: bool) -> Any:
    place = _place(target, key)
    inner = target.get(place)
    if not isinstance(inner, dict):
        made: dict[Any, Any] = _Sparse() if is_list else {}
        if isinstance(made, _Sparse) and inner is not None:
            made[0] = inner
        target[place] = inner = made
    return inner


def _set(target: Any, key: str, value: str) -> None:
    place = _place(target, key)
    present = target.get(place)
    if present is None:
        target[place] = value
    elif isinstance(present, _Sparse):
        present[len(present)] = value
    elif isinstance(present, str):
        target[place] = _Sparse({0: present, 1: value})


def _place(target: Any, key: str) -> Any:
    if not isinstance(target, _Sparse):
        return key
    index = int(key) if key.isdecimal() and len(key) <= 4 else len(target)
    return min(index, MAX_INDEX)


def _settled(value: Any) -> Any:
    if isinstance(value, _Sparse):
        return [_settled(value[index]) for index in sorted(value)]
    if isinstance(value, dict):
        return {name: _settled(inner) for name, inner in value.items()}
    return value
