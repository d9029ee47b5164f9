"""How receivers of webhooks know that a message is ours and complete (WH-1)."""

import hmac
from hashlib import sha256
from typing import Final

HEADER: Final = "X-Cal-Signature-256"
UNSIGNED: Final = "no-secret-provided"


def signature(secret: str | None, body: bytes) -> str:
    """Lower-case hex HMAC-SHA256 of the exact body with the webhook's secret; a fixed text without one."""
    return hmac.new(secret.encode(), body, sha256).hexdigest() if secret else UNSIGNED
