"""Stored documents: the trusted store of `graphql/operations`, and documents that clients register by hash (APQ).

A client names a document by the SHA-256 of its text: `documentId` (`sha256:...` or the bare hash), or
`extensions.persistedQuery.sha256Hash`. With the allow-list only trusted documents are executed.
"""

import hmac
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from app.errors import ErrorCode, SlotgraphError

MAX_STORED = 2_000
TTL_SECONDS = 24 * 3600


class PersistedQueryNotFoundError(SlotgraphError):
    """The wording that clients of automatic persisted queries look for."""

    code = ErrorCode.PERSISTED_QUERY_NOT_FOUND

    def __init__(self) -> None:
        super().__init__("PersistedQueryNotFound")


class PersistedQueryNotSupportedError(SlotgraphError):
    """Clients may not register documents here, or asked in a form that is not known."""

    code = ErrorCode.PERSISTED_QUERY_NOT_SUPPORTED

    def __init__(self) -> None:
        super().__init__("PersistedQueryNotSupported")


class DocumentNotTrustedError(SlotgraphError):
    """Only documents of the trusted store are executed."""

    code = ErrorCode.DOCUMENT_NOT_TRUSTED
    status = 403


class DocumentMismatchError(SlotgraphError):
    """The hash is not the hash of the text."""

    code = ErrorCode.BAD_REQUEST


class RegisteredDocuments(Protocol):
    """Where documents that clients registered are kept."""

    async def get(self, digest: str) -> str | None:
        """The text, or None when it is unknown or expired."""
        ...

    async def put(self, digest: str, text: str) -> None:
        """Keep the text for a while."""
        ...


class MemoryDocuments:
    """Registered documents of one process: bounded, each kept for 24 hours after its last use."""

    def __init__(self, maximum: int = MAX_STORED, clock: Callable[[], float] = time.monotonic) -> None:
        self._maximum = maximum
        self._clock = clock
        self._texts: OrderedDict[str, tuple[str, float]] = OrderedDict()

    async def get(self, digest: str) -> str | None:
        """The text, or None when it is unknown or expired."""
        text, expires = self._texts.get(digest, ("", 0.0))
        if expires <= self._clock():
            self._texts.pop(digest, None)
            return None
        await self.put(digest, text)
        return text

    async def put(self, digest: str, text: str) -> None:
        """Keep the text for a while."""
        self._texts[digest] = (text, self._clock() + TTL_SECONDS)
        self._texts.move_to_end(digest)
        if len(self._texts) > self._maximum:
            self._texts.popitem(last=False)


@dataclass(frozen=True, slots=True)
class ResolvedDocument:
    """A document to execute; `stored` says that it was named by hash, so that a GET may be cached."""

    text: str
    stored: bool = False


def digest_of(text: str) -> str:
    """SHA-256 of the text in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def load_trusted(folder: Path) -> dict[str, str]:
    """Every `*.graphql` under `folder` by hash; an absent folder holds none."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.graphql")))
    return {digest_of(text): text for text in texts}


class DocumentStore:
    """Finds the text of a request's document."""

    def __init__(
        self,
        trusted: Mapping[str, str] | None = None,
        registered: RegisteredDocuments | None = None,
        *,
        trusted_only: bool = False,
    ) -> None:
        self._trusted = dict(trusted or {})
        self._registered = registered or MemoryDocuments()
        self._trusted_only = trusted_only

    async def resolve(
        self, query: str | None, document_id: str | None, extensions: Mapping[str, Any]
    ) -> ResolvedDocument | None:
        """The document named or given; None when the request has neither.

        Raises PersistedQueryNotFoundError, PersistedQueryNotSupportedError, DocumentNotTrustedError and
        DocumentMismatchError.
        """
        digest = self._digest(document_id, extensions)
        if digest is None:
            if query is not None and self._trusted_only and digest_of(query) not in self._trusted:
                raise DocumentNotTrustedError("Only documents of the trusted store may be executed.")
            return None if query is None else ResolvedDocument(query)
        if digest in self._trusted:
            self._check(query, digest)
            return ResolvedDocument(self._trusted[digest], stored=True)
        if self._trusted_only:
            raise (
                PersistedQueryNotFoundError
                if query is None
                else DocumentNotTrustedError("Only documents of the trusted store may be executed.")
            )
        return await self._registered_or_new(query, digest)

    async def _registered_or_new(self, query: str | None, digest: str) -> ResolvedDocument:
        if query is None:
            text = await self._registered.get(digest)
            if text is None:
                raise PersistedQueryNotFoundError
            return ResolvedDocument(text, stored=True)
        self._check(query, digest)
        await self._registered.put(digest, query)
        return ResolvedDocument(query, stored=True)

    @staticmethod
    def _check(query: str | None, digest: str) -> None:
        if query is not None and not hmac.compare_digest(digest_of(query), digest):
            raise DocumentMismatchError("provided sha does not match query")

    @staticmethod
    def _digest(document_id: str | None, extensions: Mapping[str, Any]) -> str | None:
        if document_id is not None:
            return document_id.removeprefix("sha256:").lower()
        persisted = extensions.get("persistedQuery")
        if persisted is None:
            return None
        if not isinstance(persisted, dict) or persisted.get("version") != 1:
            raise PersistedQueryNotSupportedError
        digest = persisted.get("sha256Hash")
        if not isinstance(digest, str):
            raise PersistedQueryNotSupportedError
        return digest.lower()
