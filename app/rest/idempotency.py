"""`Idempotency-Key` for services that keep no answers themselves: the rendered answer is kept, in their transaction."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.context import RequestContext
from app.db import idempotency
from app.db.idempotency import KeyedRequest
from app.db.unit_of_work import UnitOfWork, unit_of_work
from app.rest.operation import AnyOperation
from app.rest.request import Header, RestRequest

REPLAYED = (b"idempotency-replayed", b"true")


async def once(
    request: RestRequest, operation: AnyOperation, ctx: RequestContext, given: Any, command: tuple[Any, ...]
) -> Any:
    """The JSON value to answer: of this call, or of the first one with the same key and input.

    Raises IdempotencyConflictError when the key was used with another input.
    """
    keyed = KeyedRequest.of(ctx, operation.operation_id, {"params": request.params, "given": given})
    assert keyed is not None  # noqa: S101 called with a key only

    async def work(_: UnitOfWork) -> tuple[Any, Sequence[Header]]:
        stored = await idempotency.claim(keyed)
        if stored is not None:
            return stored.answer["data"], [REPLAYED]
        result = await operation.call(replace(ctx, idempotency_key=None), *command)
        data = operation.rendered(request, result)
        await idempotency.complete(keyed, {"data": data})
        return data, operation.headers(result)

    data, headers = await unit_of_work(ctx, work)
    request.answer_headers.extend(headers)
    return data
