"""One attempt to hand a message to its receiver, and what follows from how it went (WH-1, WH-2)."""

import time
from datetime import datetime, timedelta
from random import Random
from typing import Final

from app.events.delivery_rows import DEAD, DELIVERED, PENDING, Claimed, Outcome
from app.events.registry import WorkContext
from app.events.signature import HEADER, signature
from app.integrations.guard import Answer, Outbound, OutboundError

GIVE_UP_AFTER: Final = timedelta(days=3)
LONGEST_PAUSE: Final = timedelta(hours=6)
FEWEST_ATTEMPTS: Final = 10
"""What is older than three days when its turn comes (an outage of ours, an earlier message) gets about two hours."""

EXCERPT: Final = 1_000
SWITCHED_OFF: Final = "The webhook is switched off."


async def attempt(context: WorkContext, outbound: Outbound, claimed: Claimed) -> Outcome:
    """Send once; answers what to write down."""
    if not claimed.due.active:
        return Outcome(status=DEAD, run_at=context.now(), error=SWITCHED_OFF)
    body = claimed.body.encode()
    headers = {
        "Content-Type": claimed.content_type,
        HEADER: signature(claimed.due.secret, body),
        "X-Slotgraph-Delivery": str(claimed.due.id),
    }
    started = time.perf_counter()
    try:
        answer = await outbound.request("POST", claimed.due.url, body=body, headers=headers)
    except OutboundError as error:
        return failed(context, claimed, _milliseconds(started), str(error))
    duration = _milliseconds(started)
    if 200 <= answer.status < 300:
        now = context.now()
        return Outcome(
            status=DELIVERED,
            run_at=now,
            response_status=answer.status,
            response_excerpt=excerpt(answer, claimed.due.secret),
            duration_ms=duration,
            delivered_at=now,
        )
    return failed(context, claimed, duration, f"The receiver answered {answer.status}.", answer)


def excerpt(answer: Answer, secret: str | None) -> str:
    """The beginning of an answer as text without control characters; a secret that it echoes is left out."""
    text = answer.body[: EXCERPT * 4].decode("utf-8", "replace")
    if secret:
        text = text.replace(secret, "[secret]")
    return "".join(each if each.isprintable() or each in "\n\t" else "\N{REPLACEMENT CHARACTER}" for each in text)[
        :EXCERPT
    ]


def pause(base_seconds: float, attempts: int, random: Random) -> timedelta:
    """How long to wait after so many attempts: doubling, at most six hours, a quarter more or less.

    So what failed together does not come back together.
    """
    seconds = min(base_seconds * 2 ** min(attempts - 1, 40), LONGEST_PAUSE.total_seconds())
    return timedelta(seconds=seconds * random.uniform(0.75, 1.25))


def failed(
    context: WorkContext, claimed: Claimed, duration_ms: int, error: str, answer: Answer | None = None
) -> Outcome:
    """An attempt that went wrong: again after a pause, or dead when three days have passed."""
    now = context.now()
    again = now + pause(context.settings.webhook_retry_base_seconds, claimed.attempt, context.random)
    over = _is_over(claimed, again)
    return Outcome(
        status=DEAD if over else PENDING,
        run_at=now if over else again,
        response_status=answer.status if answer else None,
        response_excerpt=excerpt(answer, claimed.due.secret) if answer else None,
        error=error,
        duration_ms=duration_ms,
    )


def _is_over(claimed: Claimed, again: datetime) -> bool:
    return claimed.attempt >= FEWEST_ATTEMPTS and again > claimed.created_at + GIVE_UP_AFTER


def _milliseconds(started: float) -> int:
    return round((time.perf_counter() - started) * 1_000)
