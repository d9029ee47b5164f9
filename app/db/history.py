"""Which migrations an open database lacks; cheap, unlike `app.db.migrate`, which brings aerich."""

from pathlib import Path

from app.db import raw
from app.db.raw import Sql

FOLDER = Path(__file__).parents[2] / "migrations" / "models"

_HAS_HISTORY = Sql(
    postgres="SELECT 1 FROM pg_tables WHERE tablename = 'aerich' AND schemaname = ANY(current_schemas(false))",
    sqlite="SELECT 1 FROM sqlite_master WHERE name = 'aerich'",
)


async def missing_migrations() -> list[str]:
    """Names of the files that have not been applied to the current database, in order."""
    applied: set[str] = set()
    if await raw.value(_HAS_HISTORY):
        applied = {row["version"] for row in await raw.rows("SELECT version FROM aerich")}
    # Files are named `<number>_<instant>_<name>.py`; the number orders them.
    files = sorted(FOLDER.glob("[0-9]*_*.py"), key=lambda path: int(path.name.split("_")[0]))
    return [path.name for path in files if path.name not in applied]
