"""Loaders of one operation, named by access path and made when first asked for."""

from app.context import RequestContext


class Loaders:
    """Everything field resolvers may load in batches on behalf of one caller.

    Add one `cached_property` of type `DataLoader` per access path; its load function calls a service query with
    `self.request` and returns one value per key, in the order of the keys.
    """

    def __init__(self, request: RequestContext) -> None:
        self.request = request
