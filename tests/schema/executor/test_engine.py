"""The engine: what it observes and what new documents cost."""

from schema.executor.engine import Engine, OperationReport
from schema.executor.prepared import Phase
from schema.executor.requests import GraphRequest
from schema.extensions.cost_buckets import MemoryBucket
from tests.schema.sample import make_sample, make_settings


async def test_every_operation_is_observed_without_its_values() -> None:
    seen: list[OperationReport] = []
    sample, settings = make_sample(), make_settings()
    engine = Engine(sample.schema, settings, observe=seen.append)
    for document in ("query Greet{hello}", "{broken}", "{"):
        await engine.run(GraphRequest(query=document), sample.context(settings))
    assert [(report.name, report.kind, report.codes) for report in seen] == [
        ("Greet", "query", ()),
        (None, "query", ("INTERNAL",)),
        (None, "unknown", ("PARSE_FAILED",)),
    ]
    assert [report.phase for report in seen] == [Phase.EXECUTED, Phase.EXECUTED, Phase.PARSE]


async def test_a_wrong_document_is_charged_once_and_a_right_one_is_not() -> None:
    sample, settings = make_sample(), make_settings()
    bucket = MemoryBucket(1000, 0, clock=lambda: 0.0)
    engine = Engine(sample.schema, settings, bucket=bucket)
    for document, left in (("{hello}", 999), ("{nothing" + " " * 1000 + "}", 939), ("{hello}", 938)):
        await engine.run(GraphRequest(query=document), sample.context(settings))
        assert (await bucket.pay("ip:127.0.0.1", 0)).remaining == left


async def test_a_flood_of_wrong_documents_is_stopped() -> None:
    sample, settings = make_sample(), make_settings(graphql_cost_limit=200, graphql_cost_restore_rate=1)
    engine = Engine(sample.schema, settings)
    codes = []
    for number in range(30):
        outcome = await engine.run(GraphRequest(query=f"{{nothing{number}}}"), sample.context(settings))
        codes.append(outcome.errors[0]["extensions"]["code"])
    assert codes[0] == "VALIDATION_FAILED"
    assert codes[-1] == "COST_LIMIT"
