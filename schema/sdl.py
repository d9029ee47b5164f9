"""The published schema: sorted SDL, what a change breaks, and the rules that every type keeps."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    find_breaking_changes,
    find_dangerous_changes,
    get_named_type,
    is_list_type,
    is_non_null_type,
    lexicographic_sort_schema,
    print_schema,
)

from schema.build import SlotgraphSchema

ROOT = Path(__file__).parents[1]
SDL_PATH = ROOT / "graphql" / "schema.graphql"
SPECIFIED = {"String", "Int", "Float", "Boolean", "ID"}


def export(schema: SlotgraphSchema) -> str:
    """The schema as sorted SDL, ending in a newline."""
    # `sort_schema` of Strawberry breaks unions at run time, so only the text is sorted.
    return print_schema(lexicographic_sort_schema(build_schema(schema.as_str()))) + "\n"


def is_current(schema: SlotgraphSchema, path: Path = SDL_PATH) -> bool:
    """Whether the checked-in file is what the schema exports."""
    return path.exists() and path.read_text(encoding="utf-8") == export(schema)


def published_at(ref: str, path: Path = SDL_PATH) -> str | None:
    """The SDL that was checked in at a git ref; None when there was none."""
    return _git("show", f"{ref}:{path.relative_to(ROOT).as_posix()}")


def last_release() -> str | None:
    """The newest release tag (`v1.2.3`) that leads here; None before the first one, or outside of a checkout."""
    tag = _git("describe", "--tags", "--abbrev=0", "--match", "v*")
    return tag.strip() if tag else None


def _git(*arguments: str) -> str | None:
    ran = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603, S607 arguments of our own
    return ran.stdout if ran.returncode == 0 else None


def check(schema: SlotgraphSchema, path: Path = SDL_PATH) -> list[str]:
    """What is wrong with the published schema, one line each; empty when it may be published.

    That it is old (with what the difference breaks), breaks a rule of this API, or breaks clients of the last release
    without a word in the changelog.
    """
    new = export(schema)
    old = path.read_text(encoding="utf-8") if path.exists() else None
    problems = lint(schema)
    if old != new:
        problems.append(f"{path.name} is not up to date. Run `slotgraph schema export`.")
        breaking, dangerous = changes(old, new) if old else ([], [])
        problems += [f"BREAKING: {line}" for line in breaking] + [f"DANGEROUS: {line}" for line in dangerous]
    release = last_release()
    released = published_at(release) if release is not None else None
    if released is not None:
        changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
        problems += [f"not in the changelog: {line}" for line in undeclared(released, new, changelog)]
    return problems


def changes(old: str, new: str) -> tuple[list[str], list[str]]:
    """What breaks clients, and what may surprise them (a new enum value or union member), one line each."""
    before, after = build_schema(old), build_schema(new)
    breaking = [f"{change.type.name}: {change.description}" for change in find_breaking_changes(before, after)]
    dangerous = [f"{change.type.name}: {change.description}" for change in find_dangerous_changes(before, after)]
    return sorted(breaking), sorted(dangerous)


def undeclared(old: str, new: str, changelog: str) -> list[str]:
    """Breaking and dangerous changes whose type or field is not named in backticks in the changelog."""
    named = set(re.findall(r"`([A-Za-z_][\w.]*)`", changelog))
    breaking, dangerous = changes(old, new)
    return [line for line in [*breaking, *dangerous] if not _names(line) & named]


def _names(line: str) -> set[str]:
    words = set(re.findall(r"[A-Za-z_][\w]*\.[A-Za-z_]\w*|[A-Z]\w*", line))
    return words | {word.split(".")[0] for word in words}


def lint(schema: SlotgraphSchema) -> list[str]:
    """Every departure from the rules of this API, one line each; empty when it keeps them all."""
    core = schema._schema
    found = [*_descriptions(core), *_mutations(core), *_lists(core), *_nullability(core)]
    return sorted(set(found))


def _types(schema: GraphQLSchema) -> Iterator[GraphQLNamedType]:
    for name, kind in schema.type_map.items():
        if not name.startswith("__") and name not in SPECIFIED:
            yield kind


def _descriptions(schema: GraphQLSchema) -> Iterator[str]:
    for kind in _types(schema):
        if not kind.description:
            yield f"{kind.name}: no description"
        if isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType)):
            for name, field in kind.fields.items():
                if not field.description:
                    yield f"{kind.name}.{name}: no description"
                for argument_name, argument in field.args.items():
                    if not argument.description:
                        yield f"{kind.name}.{name}({argument_name}:): no description"
        if isinstance(kind, GraphQLInputObjectType):
            yield from (f"{kind.name}.{n}: no description" for n, f in kind.fields.items() if not f.description)
        if isinstance(kind, GraphQLEnumType):
            yield from (f"{kind.name}.{n}: no description" for n, v in kind.values.items() if not v.description)


def _mutations(schema: GraphQLSchema) -> Iterator[str]:
    if schema.mutation_type is None:
        return
    for name, field in schema.mutation_type.fields.items():
        argument = field.args.get("input")
        if list(field.args) != ["input"] or argument is None or not is_non_null_type(argument.type):
            yield f"Mutation.{name}: takes exactly one argument, `input`, not null"
        result = get_named_type(field.type)
        if not isinstance(result, GraphQLUnionType):
            yield f"Mutation.{name}: answers a union"
            continue
        yield from _result_union(name, result, schema)


def _result_union(name: str, union: GraphQLUnionType, schema: GraphQLSchema) -> Iterator[str]:
    error = schema.get_type("UserError")
    success, *others = union.types
    if isinstance(error, GraphQLInterfaceType):
        if error in success.interfaces:
            yield f"Mutation.{name}: the first member of {union.name} is the success"
        for member in others:
            if error not in member.interfaces:
                yield f"Mutation.{name}: {member.name} in {union.name} does not implement UserError"


def _is_entity(kind: GraphQLNamedType) -> bool:
    return isinstance(kind, GraphQLObjectType) and any(interface.name == "Node" for interface in kind.interfaces)


def _lists(schema: GraphQLSchema) -> Iterator[str]:
    """Lists of entities are connections; `nodes` of a connection is the one place where a plain list is."""
    for kind in _types(schema):
        if not isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType)) or kind.name.endswith("Connection"):
            continue
        for name, field in kind.fields.items():
            inner = field.type.of_type if is_non_null_type(field.type) else field.type
            if not is_list_type(inner):
                continue
            if not is_non_null_type(inner.of_type) and (kind.name, name) != ("Query", "nodes"):
                yield f"{kind.name}.{name}: items of a list are not null"
            bounded = "bounded" in (field.description or "").lower() or "at most" in (field.description or "").lower()
            if _is_entity(get_named_type(field.type)) and not bounded:
                yield f"{kind.name}.{name}: a list of entities is a connection, or says that it is bounded"


def _nullability(schema: GraphQLSchema) -> Iterator[str]:
    """Edges to another entity are nullable: what lies behind them may be gone or forbidden."""
    roots = {t.name for t in (schema.query_type, schema.mutation_type, schema.subscription_type) if t}
    for kind in _types(schema):
        if not _is_entity(kind) or kind.name in roots or not isinstance(kind, GraphQLObjectType):
            continue
        for name, field in kind.fields.items():
            inner = field.type.of_type if is_non_null_type(field.type) else field.type
            if is_non_null_type(field.type) and _is_entity(inner) and isinstance(inner, GraphQLObjectType):
                yield f"{kind.name}.{name}: an edge to another entity is nullable"
            if name == "id" and not is_non_null_type(field.type):
                yield f"{kind.name}.id: not null"


def summary(schema: SlotgraphSchema) -> str:
    """How many types, fields and mutations there are."""
    core = schema._schema
    kinds = [kind for kind in _types(core) if not isinstance(kind, GraphQLScalarType)]
    fields = sum(len(getattr(kind, "fields", {})) for kind in kinds)
    mutations = len(core.mutation_type.fields) if core.mutation_type else 0
    return f"{len(kinds)} types, {fields} fields, {mutations} mutations"
