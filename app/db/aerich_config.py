"""What the `aerich` command reads (`[tool.aerich]` in pyproject.toml): write new migrations with

`.venv/bin/aerich migrate --offline --no-input --name what_changes`, then edit the file by hand for both dialects.
"""

from app.db.migration_checks import aerich_config
from app.settings import Settings

TORTOISE_ORM = aerich_config(Settings().database_url)
