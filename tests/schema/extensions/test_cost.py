"""Cost numbers, the bucket, refunds and the dry run."""

from secrets import token_hex
from typing import Any

import pytest
from redis.asyncio import Redis

from app.context import Actor
from schema.executor.engine import Engine
from schema.executor.requests import GraphRequest
from schema.extensions.cost_buckets import MemoryBucket, RedisBucket, seconds_until
from schema.node import global_id
from tests.schema.sample import make_sample, make_settings


async def cost_of(document: str, variables: dict[str, Any] | None = None, *, dry: bool = False) -> dict[str, Any]:
    sample, settings = make_sample(), make_settings()
    request = GraphRequest(query=document, variables=variables or {})
    outcome = await Engine(sample.schema, settings).run(request, sample.context(settings), dry=dry)
    body: dict[str, Any] = outcome.body()["extensions"]["cost"]
    return body


@pytest.mark.parametrize(
    ("document", "variables", "requested", "actual"),
    [
        ("{hello}", {}, 1, 1),
        ("{thing{name}}", {}, 1, 1),
        ("{thing{name place{city}}}", {}, 2, 2),
        # a connection: 1 + first x (node 1), edges cost one more each; pageInfo 1
        ("{page(first:10){nodes{name}}}", {}, 2, 2),
        ("{page(first:10){nodes{name owner{name}}}}", {}, 12, 12),
        ("{page(first:10){edges{node{name}}}}", {}, 12, 12),
        ("query($n:Int){page(first:$n){nodes{owner{name}}}}", {"n": 50}, 52, 52),
        ("query($n:Int){page(first:$n){nodes{owner{name}}}}", {}, 27, 27),
        ("{page{nodes{owner{name}} pageInfo{hasNextPage}}}", {}, 28, 28),
        ("{page(last:5){nodes{places{city}}}}", {}, 7, 7),
        # a list whose size an argument tells
        ("{things(count:7){owner{name}}}", {}, 8, 8),
        # a list of unknown length counts as 10 and is measured afterwards
        ("{maybeThings{owner{name}}}", {}, 11, 3),
        # the dearest of types that exclude each other
        ("{nodesMixed{... on Thing{place{city} owner{name}} ... on Owner{name}}}", {}, 21, 3),
        ('mutation{rename(input:{name:"x"}){... on RenameSuccess{thing{name}}}}', {}, 12, 12),
    ],
)
async def test_cost_numbers(document: str, variables: dict[str, Any], requested: int, actual: int) -> None:
    cost = await cost_of(document, variables)
    assert (cost["requested"], cost["actual"]) == (requested, actual)
    assert cost["remaining"] == 10_000 - actual
    assert (cost["limit"], cost["restoreRate"]) == (10_000, 500)


async def test_ids_of_nodes_multiply() -> None:
    ids = [global_id("Thing", number) for number in range(3)]
    assert (await cost_of("query($ids:[ID!]!){nodes(ids:$ids){id}}", {"ids": ids}))["requested"] == 1


async def test_a_dry_run_pays_and_executes_nothing() -> None:
    sample, settings = make_sample(), make_settings()
    engine = Engine(sample.schema, settings)
    request = GraphRequest(query='mutation{rename(input:{name:"x"}){__typename}}')
    body = (await engine.run(request, sample.context(settings), dry=True)).body()
    assert body["data"] is None
    assert body["extensions"]["dryRun"] is True
    assert body["extensions"]["cost"]["remaining"] == 10_000


async def test_what_no_bucket_holds_is_refused_for_good() -> None:
    sample, settings = make_sample(), make_settings(graphql_cost_limit=100)
    engine = Engine(sample.schema, settings)
    outcome = await engine.run(GraphRequest(query="{things(count:1000){owner{name}}}"), sample.context(settings))
    assert outcome.errors[0]["extensions"]["code"] == "COST_LIMIT"
    assert outcome.errors[0]["extensions"]["requested"] == 1001
    assert outcome.retry_after is None


@pytest.mark.parametrize("count", [-1, 2_000_000_000])
async def test_hostile_multipliers_stay_numbers(count: int) -> None:
    sample, settings = make_sample(), make_settings()
    outcome = await Engine(sample.schema, settings).run(
        GraphRequest(query="query($n:Int!){things(count:$n){owner{name}}}", variables={"n": count}),
        sample.context(settings),
    )
    if count > 0:
        assert outcome.errors[0]["extensions"]["code"] == "COST_LIMIT"
    else:
        assert outcome.data == {"things": []}


async def test_callers_have_buckets_of_their_own_and_wait_when_empty() -> None:
    sample, settings = make_sample(), make_settings(graphql_cost_limit=20, graphql_cost_restore_rate=2)
    engine = Engine(sample.schema, settings)
    request = GraphRequest(query='mutation{rename(input:{name:"x"}){__typename ... on RenameSuccess{thing{id}}}}')
    first = await engine.run(request, sample.context(settings, Actor(user_id=1)))
    assert not first.errors
    second = await engine.run(request, sample.context(settings, Actor(user_id=1)))
    assert second.errors[0]["extensions"]["code"] == "COST_LIMIT"
    assert second.retry_after in {1, 2}
    other = await engine.run(request, sample.context(settings, Actor(user_id=2)))
    assert not other.errors


async def test_limit_zero_switches_costs_off() -> None:
    sample, settings = make_sample(), make_settings(graphql_cost_limit=0)
    outcome = await Engine(sample.schema, settings).run(GraphRequest(query="{hello}"), sample.context(settings))
    assert outcome.body() == {"data": {"hello": "world"}}


async def test_the_memory_bucket_fills_at_its_rate() -> None:
    now = [0.0]
    bucket = MemoryBucket(100, 10, clock=lambda: now[0])
    assert (await bucket.pay("a", 90)).remaining == 10
    assert (await bucket.pay("a", 11)).paid is False
    now[0] = 1.0
    assert (await bucket.pay("a", 20)).remaining == 0
    await bucket.refund("a", 500)
    assert (await bucket.pay("a", 0)).remaining == 100


async def test_the_redis_bucket_is_shared_by_processes(redis_url: str) -> None:
    redis = Redis.from_url(redis_url)
    prefix = f"test-{token_hex(4)}"
    try:
        one, two = RedisBucket(redis, 100, 1, prefix), RedisBucket(redis, 100, 1, prefix)
        assert (await one.pay("a", 60)).paid
        assert not (await two.pay("a", 60)).paid
        await two.refund("a", 60)
        assert (await two.pay("a", 60)).paid
    finally:
        await redis.aclose()


async def test_without_redis_each_process_counts_by_itself() -> None:
    redis = Redis(host="127.0.0.1", port=1, socket_connect_timeout=0.2)
    bucket = RedisBucket(redis, 100, 1)
    assert (await bucket.pay("a", 60)).paid
    assert not (await bucket.pay("a", 60)).paid
    await redis.aclose()


def test_waiting_is_told_in_whole_seconds() -> None:
    assert seconds_until(1, 500) == 1
    assert seconds_until(1001, 500) == 3
