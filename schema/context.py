"""What a resolver is given beside its arguments."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import strawberry

from app.context import RequestContext
from schema.extensions.cost import CostReport

if TYPE_CHECKING:
    from schema.loaders import Loaders


@dataclass(slots=True)
class Context:
    """One operation's context: who asks, and the loaders of this operation (or of this one event of it).

    `make_loaders` is kept so that every operation of a batch or socket, and every event of a subscription, gets
    loaders of its own: a loader remembers what it has read.
    """

    request: RequestContext
    make_loaders: "Callable[[RequestContext], Loaders]"
    cost: CostReport | None = None
    last_event_id: str | None = None
    operation_name: str | None = None
    _loaders: "Loaders | None" = field(default=None, repr=False)

    @property
    def loaders(self) -> "Loaders":
        """The loaders of this operation or event, made when first asked for."""
        if self._loaders is None:
            self._loaders = self.make_loaders(self.request)
        return self._loaders

    def fork(self, request: RequestContext | None = None) -> "Context":
        """A fresh context for one more operation of the same caller."""
        return replace(self, request=request or self.request, cost=None, operation_name=None, _loaders=None)

    def forget_loaded(self) -> None:
        """Drop everything loaders remember; called after each event of a subscription."""
        self._loaders = None


Info = strawberry.Info[Context, None]
"""The `info` argument of every resolver."""
