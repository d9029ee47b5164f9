"""Naming what slots are asked of: one event type, or a group of people who meet together."""

from dataclasses import dataclass

from app.errors import InvalidInputError

MAX_GROUP = 20


@dataclass(frozen=True, slots=True)
class EventTypeRef:
    """Which event type, in exactly one of these ways.

    `id`; or `slug` with `username` or `team_slug`, narrowed by `organization_slug`; or two or more `usernames`,
    who form a dynamic group (TM-24).
    """

    id: int | None = None
    slug: str | None = None
    username: str | None = None
    team_slug: str | None = None
    organization_slug: str | None = None
    usernames: tuple[str, ...] = ()

    def check(self) -> None:
        """Raise InvalidInputError unless exactly one way is used."""
        by_slug = self.slug is not None and (self.username is None) != (self.team_slug is None)
        if (self.id is not None) + by_slug + self.is_group != 1:
            message = "Name the event type by id, by username and slug, by team and slug, or by two usernames or more."
            raise InvalidInputError.at("eventType", message, "ref")
        if self.is_group and not 2 <= len(set(self.usernames)) <= MAX_GROUP:
            raise InvalidInputError.at("eventType.usernames", f"A group has 2 to {MAX_GROUP} different people.", "ref")

    @property
    def is_group(self) -> bool:
        """Whether this is a dynamic group."""
        return bool(self.usernames)
