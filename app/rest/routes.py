"""From method, path and version to the row that answers: a tree of path segments, made once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from app.rest.operation import AnyOperation

UNVERSIONED = ""


class RouteClashError(Exception):
    """Two rows claim one method, path and version; the server does not start."""


@dataclass(frozen=True, slots=True)
class Route:
    """A row as it answers one version: the names of its path parameters and the version told to the caller."""

    operation: AnyOperation
    names: tuple[str, ...]
    version: str


@dataclass(slots=True)
class _Node:
    literals: "dict[str, _Node]" = field(default_factory=dict)
    parameter: "_Node | None" = None
    # Version -> route, by method.
    methods: dict[str, dict[str, Route]] = field(default_factory=dict)


class RouteTable:
    """All rows of one front. Finding one costs a step for each segment, however many rows there are."""

    def __init__(self, operations: Iterable[AnyOperation], prefix: str, versions: Sequence[str]) -> None:
        self._prefix = prefix
        self._versions = tuple(versions)
        self._root = _Node()
        rows: dict[tuple[str, str], list[AnyOperation]] = {}
        for operation in operations:
            rows.setdefault((operation.method, _pattern(operation.path)), []).append(operation)
        for group in rows.values():
            self._add(group)

    def find(self, method: str, path: str, version: str) -> tuple[Route, list[str]] | None:
        """The route for `path` (still percent-encoded, without the prefix) and the values of its parameters."""
        segments = path.strip("/").split("/") if path.endswith("/") else path.lstrip("/").split("/")
        values: list[str] = []
        node = _walk(self._root, segments, 0, method, values)
        if node is None:
            return None
        route = node.methods[method].get(version)
        if "%" in path:
            values = [unquote(value) for value in values]
        return (route, values) if route else None

    def allowed(self, path: str) -> list[str]:
        """The methods some row answers at `path`, for OPTIONS."""
        methods = ("GET", "POST", "PUT", "PATCH", "DELETE")
        segments = path.strip("/").split("/")
        return [method for method in methods if _walk(self._root, segments, 0, method, []) is not None]

    def _add(self, rows: Sequence[AnyOperation]) -> None:
        node = self._root
        path = rows[0].path.removeprefix(self._prefix)
        for segment in path.strip("/").split("/"):
            node = _descend(node, segment)
        node.methods[rows[0].method] = self._by_version(rows)

    def _by_version(self, rows: Sequence[AnyOperation]) -> dict[str, Route]:
        claimed: dict[str, AnyOperation] = {}
        for row in rows:
            for version in row.versions or self._versions or (UNVERSIONED,):
                other = claimed.setdefault(version, row)
                if other is not row:
                    raise RouteClashError(f"{row.method} {row.path} {version}: {other.operation_id} {row.operation_id}")
        return {
            version: route for version in self._versions or (UNVERSIONED,) for route in self._newest(claimed, version)
        }

    def _newest(self, claimed: dict[str, AnyOperation], asked: str) -> Iterable[Route]:
        """The newest shape that is not after the version asked for (VR-1); none when all are."""
        fitting = [version for version in claimed if version <= asked]
        if fitting:
            row = claimed[max(fitting)]
            yield Route(row, _names(row.path), max(fitting) if row.versions else asked)


def _walk(node: _Node, segments: list[str], index: int, method: str, values: list[str]) -> _Node | None:
    """Follow literal segments before parameters, back to the parameter where that leads nowhere."""
    for at in range(index, len(segments)):
        segment = segments[at]
        literal, parameter = node.literals.get(segment), node.parameter if segment else None
        if parameter is None:
            if literal is None:
                return None
            node = literal
            continue
        if literal is not None:
            kept = len(values)
            found = _walk(literal, segments, at + 1, method, values)
            if found is not None:
                return found
            del values[kept:]
        values.append(segment)
        node = parameter
    return node if method in node.methods else None


def _descend(node: _Node, segment: str) -> _Node:
    if segment.startswith("{"):
        if node.parameter is None:
            node.parameter = _Node()
        return node.parameter
    return node.literals.setdefault(segment, _Node())


def _names(path: str) -> tuple[str, ...]:
    return tuple(segment[1:-1] for segment in path.split("/") if segment.startswith("{"))


def _pattern(path: str) -> str:
    return "/".join("{}" if segment.startswith("{") else segment for segment in path.split("/"))
