"""What of an answer a query selects, for services that load parts on request."""

from collections.abc import Iterable

from strawberry.types.nodes import FragmentSpread, InlineFragment, SelectedField, Selection

from schema.context import Info


def selected_names(info: Info) -> frozenset[str]:
    """Names of all fields selected below the current one, at any depth, in fragments too."""
    names: set[str] = set()
    _collect(info.selected_fields, names)
    return frozenset(names)


def _collect(selections: Iterable[Selection], names: set[str]) -> None:
    for selection in selections:
        if isinstance(selection, SelectedField):
            names.add(selection.name)
        if isinstance(selection, SelectedField | InlineFragment | FragmentSpread):
            _collect(selection.selections, names)
