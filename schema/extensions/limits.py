"""Limits on the shape of a document: counted once per document text, before it is validated."""

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import GraphQLError
from graphql.language import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from app.errors import ErrorCode
from app.settings import Settings

MAX_INTROSPECTION_DEPTH = 20
"""Introspection walks `ofType` chains, which cost little; everything else obeys the depth of the settings."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits in force."""

    depth: int
    aliases: int
    root_fields: int
    tokens: int
    directives: int

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """The limits that the settings name."""
        return cls(
            depth=settings.graphql_max_depth,
            aliases=settings.graphql_max_aliases,
            root_fields=settings.graphql_max_root_fields,
            tokens=settings.graphql_max_tokens,
            directives=settings.graphql_max_directives,
        )


@dataclass(slots=True)
class _Counter:
    """One walk over a document; a fragment is measured once, so the walk is linear in the document."""

    fragments: dict[str, FragmentDefinitionNode]
    depths: dict[tuple[str, bool], int]
    aliases: int = 0
    directives: int = 0

    def depth_of(self, selection_set: SelectionSetNode | None, introspection: bool = False) -> int:
        """Nesting below and with this selection set; fragments add none of their own."""
        if selection_set is None:
            return 0
        return max((self._depth(node, introspection) for node in selection_set.selections), default=0)

    def _depth(self, node: object, introspection: bool) -> int:
        if isinstance(node, FieldNode):
            return self._field_depth(node, introspection)
        if isinstance(node, InlineFragmentNode):
            return self.depth_of(node.selection_set, introspection)
        if isinstance(node, FragmentSpreadNode):
            return self._fragment_depth(node.name.value, introspection)
        return 0

    def _field_depth(self, node: FieldNode, introspection: bool) -> int:
        self.aliases += node.alias is not None
        self.directives = max(self.directives, len(node.directives or ()))
        name = node.name.value
        below = self.depth_of(node.selection_set, introspection or name in {"__schema", "__type"})
        if name in {"__schema", "__type"} and not introspection:
            # Counted against its own limit: what exceeds that is reported as too deep.
            return 0 if below < MAX_INTROSPECTION_DEPTH else 1_000
        return 1 + below

    def _fragment_depth(self, name: str, introspection: bool) -> int:
        key = (name, introspection)
        if key not in self.depths:
            self.depths[key] = 0  # a cycle ends here; validation refuses it
            fragment = self.fragments.get(name)
            self.depths[key] = self.depth_of(fragment.selection_set, introspection) if fragment else 0
        return self.depths[key]


def _root_fields(
    selection_set: SelectionSetNode, fragments: dict[str, FragmentDefinitionNode], seen: set[str]
) -> Iterator[FieldNode]:
    for node in selection_set.selections:
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, InlineFragmentNode):
            yield from _root_fields(node.selection_set, fragments, seen)
        elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
            seen.add(node.name.value)
            fragment = fragments.get(node.name.value)
            if fragment is not None:
                yield from _root_fields(fragment.selection_set, fragments, seen)


def limit_error(document: DocumentNode, limits: Limits) -> GraphQLError | None:
    """The first limit that the document exceeds, with its code; None when it keeps all of them."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    counter = _Counter(fragments, {})
    depth = max((counter.depth_of(node.selection_set) for node in operations), default=0)
    roots = max((sum(1 for _ in _root_fields(node.selection_set, fragments, set())) for node in operations), default=0)
    for found, allowed, code, what in (
        (depth, limits.depth, ErrorCode.DEPTH_LIMIT, "levels of nesting"),
        (counter.aliases, limits.aliases, ErrorCode.ALIAS_LIMIT, "aliases"),
        (roots, limits.root_fields, ErrorCode.ROOT_FIELD_LIMIT, "root fields"),
        (counter.directives, limits.directives, ErrorCode.DIRECTIVE_LIMIT, "directives on a field"),
    ):
        if found > allowed:
            message = f"The document has too many {what}: at most {allowed} are allowed."
            return GraphQLError(message, extensions={"code": code.value, "limit": allowed})
    return None
