"""`graphql/operations`: one document per root field, the client's view of it, and the store of trusted documents."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from graphql import GraphQLObjectType, GraphQLUnionType, get_named_type, parse
from graphql.language import DocumentNode, FieldNode, InlineFragmentNode, OperationDefinitionNode

from app.settings import Settings
from app.web.graphql import OPERATIONS
from schema.app import schema
from schema.executor.prepared import DocumentCache, PreparedDocument
from schema.extensions.documents import load_trusted
from schema.extensions.limits import Limits

FILES = sorted(OPERATIONS.rglob("*.graphql"))
CORE = schema._schema
LARGEST_PAGE = {"first": 100, "ids": ["x"] * 100, "eventTypes": [{}] * 50}


def named(path: Path) -> str:
    return path.stem


@cache
def document(path: Path) -> DocumentNode:
    return parse(path.read_text(encoding="utf-8"))


def operations(path: Path) -> list[OperationDefinitionNode]:
    return [node for node in document(path).definitions if isinstance(node, OperationDefinitionNode)]


def root_fields(path: Path) -> Iterator[FieldNode]:
    for operation in operations(path):
        for node in operation.selection_set.selections:
            assert isinstance(node, FieldNode)
            yield node


@pytest.fixture(scope="module")
def cache_of_documents() -> DocumentCache:
    """Prepares documents with the limits of a fresh installation."""
    return DocumentCache(CORE, Limits.of(Settings(_env_file=None)))


@pytest.fixture(params=FILES, ids=named)
def path(request: pytest.FixtureRequest) -> Path:
    """Each document."""
    assert isinstance(request.param, Path)
    return request.param


@pytest.fixture
def prepared(path: Path, cache_of_documents: DocumentCache) -> PreparedDocument:
    """The document as the endpoint makes it ready."""
    return cache_of_documents.get(path.read_text(encoding="utf-8"))


def test_a_document_is_valid_and_within_the_limits(prepared: PreparedDocument) -> None:
    assert [error.message for error in prepared.errors] == []


def test_a_document_has_one_operation_named_like_its_file_with_a_comment_on_top(path: Path) -> None:
    (operation,) = operations(path)
    assert operation.name is not None
    assert operation.name.value == path.stem
    assert path.read_text(encoding="utf-8").startswith("# ")


def test_a_document_is_affordable_even_with_the_largest_page(prepared: PreparedDocument) -> None:
    operation = prepared.operation(None)
    assert not isinstance(operation, Exception)
    assert operation.cost.requested(LARGEST_PAGE) <= Settings(_env_file=None).graphql_cost_limit


def test_names_are_unique() -> None:
    assert [name for name, count in Counter(map(named, FILES)).items() if count > 1] == []
    assert len(load_trusted(OPERATIONS)) == len(FILES)


def _root_types() -> Iterator[tuple[str, GraphQLObjectType]]:
    for kind, root in (
        ("query", CORE.query_type),
        ("mutation", CORE.mutation_type),
        ("subscription", CORE.subscription_type),
    ):
        assert root is not None
        yield kind, root


def test_every_root_field_has_a_document() -> None:
    covered = {
        (operation.operation.value, field.name.value)
        for path in FILES
        for operation in operations(path)
        for field in root_fields(path)
    }
    fields = {(kind, name) for kind, root in _root_types() for name in root.fields}
    assert fields - covered == set()


def test_every_document_of_a_mutation_reads_its_success_and_any_error() -> None:
    mutation = CORE.mutation_type
    assert mutation is not None
    for path in FILES:
        for field in root_fields(path):
            if operations(path)[0].operation.value != "mutation":
                continue
            union = get_named_type(mutation.fields[field.name.value].type)
            assert isinstance(union, GraphQLUnionType)
            assert field.selection_set is not None
            conditions = {
                node.type_condition.name.value
                for node in field.selection_set.selections
                if isinstance(node, InlineFragmentNode) and node.type_condition
            }
            assert {union.types[0].name, "UserError"} <= conditions, path.stem


def test_documents_lie_in_the_folder_of_their_resource() -> None:
    folders = {path.parent.name for path in FILES}
    packages = Path(str(OPERATIONS.parents[1] / "schema"))
    assert {name for name in folders if not ((packages / name).is_dir() or (packages / f"{name}.py").exists())} == set()
