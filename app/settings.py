"""What the environment decides."""

import re
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_DEVELOPMENT_SECRET = "slotgraph-development-secret-change-me"  # noqa: S105 `slotgraph doctor` complains about it


def _listed(value: object) -> object:
    """The parts of `a@example.com,b@example.com`."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _seconds(value: object) -> object:
    """`600` and `0.5` are seconds; other texts (`PT10M`) are left to pydantic."""
    return float(value) if isinstance(value, str) and re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", value.strip()) else value


Duration = Annotated[timedelta, BeforeValidator(_seconds)]
CommaSeparated = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]


class Settings(BaseSettings):
    """Everything the environment decides, read once in `app.main`; tests pass their own.

    Names are the documented ones in upper case (`DATABASE_URL`, ...); `docs/operations.md` lists them.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_file=".env", populate_by_name=True)

    database_url: str = "sqlite://./data/slotgraph.sqlite3"
    database_pool_min: int = Field(default=1, ge=0)
    database_pool_max: int = Field(default=10, ge=1)
    database_statement_timeout: Duration = timedelta(seconds=15)
    auto_migrate: bool = True
    redis_url: str | None = None
    redis_prefix: str = "slotgraph"
    public_url: str = "http://127.0.0.1:8000"
    next_public_webapp_url: str | None = None
    secret_key: str = _DEVELOPMENT_SECRET
    forwarded_allow_ips: str = "127.0.0.1"
    environment: Literal["development", "production"] = "development"
    log_format: Literal["console", "json"] = "console"
    log_level: str = "INFO"
    slow_operation: Duration = timedelta(seconds=1)

    slot_alignment: Literal["schedule", "utc"] = "schedule"
    slot_hold: Duration = timedelta(minutes=5)
    allow_past_reschedule: bool = False
    blacklisted_guest_emails: CommaSeparated = ()

    rate_limit_api_key: int = Field(default=120, ge=0)
    rate_limit_access_token: int = Field(default=500, ge=0)
    rate_limit_client: int = Field(default=500, ge=0)
    rate_limit_ip: int = Field(default=120, ge=0)

    graphql_max_depth: int = 10
    graphql_max_aliases: int = 30
    graphql_max_root_fields: int = 20
    graphql_max_tokens: int = 2_000
    graphql_max_directives: int = 3
    graphql_max_body: int = 256 * 1024
    graphql_max_batch: int = 0
    graphql_max_page: int = 100
    graphql_introspection: bool = True
    graphql_trusted_documents_only: bool = False
    graphql_cost_limit: int = 10_000
    graphql_cost_restore_rate: int = 500
    graphql_partial_success_294: bool = False
    graphql_max_operations_per_socket: int = 25
    graphql_max_sockets_per_token: int = 5
    graphql_max_sockets_per_ip: int = 2_000
    graphql_allowed_origins: tuple[str, ...] = ()

    run_worker: bool = True
    worker_poll: Duration = timedelta(seconds=1)
    job_lease: Duration = timedelta(seconds=60)
    event_retention: Duration = timedelta(days=30)
    idempotency_retention: Duration = timedelta(hours=24)
    shutdown_grace: Duration = timedelta(seconds=8)

    outbound_allow_private: bool = False
    outbound_timeout: Duration = timedelta(seconds=10)
    calendar_refresh: Duration = timedelta(minutes=10)
    calendso_encryption_key: str | None = None
    old_encryption_keys: tuple[str, ...] = ()
    webhook_retry_base_seconds: float = 15.0

    password_hash_cost: Literal["default", "cheap"] = "default"  # noqa: S105 "cheap" is for tests
    api_key_prefix: str = "cal_"

    otel_exporter_otlp_endpoint: str | None = None
    otel_service_name: str = "slotgraph"

    email_enabled: bool = True
    email_from: str | None = None
    email_from_name: str | None = None
    email_server_host: str | None = None
    email_server_port: int | None = None
    email_server_user: str | None = None
    email_server_password: str | None = None

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is used."""
        return self.database_url.startswith("sqlite")

    @property
    def booking_pages(self) -> str | None:
        """The address of the booking pages without a slash at its end, None where nobody serves any."""
        return (self.next_public_webapp_url or "").rstrip("/") or None

    @property
    def booker_url(self) -> str:
        """Where bookers find their way: the booking pages, else this installation; no slash at its end."""
        return self.booking_pages or self.public_url.rstrip("/")

    @property
    def uses_default_secret(self) -> bool:
        """Whether nobody has set `SECRET_KEY` yet."""
        return self.secret_key == _DEVELOPMENT_SECRET
