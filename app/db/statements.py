"""Several small writes at once: one round trip on PostgreSQL, one after another on SQLite."""

from dataclasses import dataclass
from typing import Any

from app.db.session import Session


@dataclass(frozen=True, slots=True)
class Part:
    """A write whose parameters stand as `{}` in its text, in order."""

    text: str
    values: list[Any]


async def write_parts(session: Session, parts: list[Part]) -> None:
    """Run the parts; no part sees what another one wrote."""
    if session.dialect == "sqlite" or len(parts) == 1:
        for part in parts:
            await session.run(_numbered(part.text, 1, len(part.values)), part.values)
        return
    texts: list[str] = []
    values: list[Any] = []
    for index, part in enumerate(parts):
        texts.append(f"p{index} AS ({_numbered(part.text, len(values) + 1, len(part.values))})")
        values += part.values
    await session.run(f"WITH {', '.join(texts)} SELECT 1", values)


def _numbered(text: str, first: int, count: int) -> str:
    return text.format(*(f"${number}" for number in range(first, first + count)))
