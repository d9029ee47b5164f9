"""Naming an event type in arguments."""

import strawberry

from app.services.slots.refs import EventTypeRef
from schema.node import database_id


@strawberry.input(description="A personal event type by its owner's username and its slug.")
class PersonalEventTypeRef:
    """Names a personal event type."""

    username: str = strawberry.field(description="The owner.")
    slug: str = strawberry.field(description="The event type's name in links.")
    organization: str | None = strawberry.field(default=None, description="Slug of the owner's organization.")


@strawberry.input(description="An event type of a team by the two slugs.")
class TeamEventTypeRef:
    """Names a team's event type."""

    team: str = strawberry.field(description="Slug of the team.")
    slug: str = strawberry.field(description="The event type's name in links.")
    organization: str | None = strawberry.field(default=None, description="Slug of the team's organization.")


@strawberry.input(name="EventTypeRef", one_of=True, description="An event type, named in exactly one way.")
class EventTypeRefInput:
    """Names an event type, or a group of people who are booked together (TM-24)."""

    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="By id.")
    database_id: int | None = strawberry.field(default=strawberry.UNSET, description="By its number in the REST API.")
    personal: PersonalEventTypeRef | None = strawberry.field(
        default=strawberry.UNSET, description="By username and slug."
    )
    team: TeamEventTypeRef | None = strawberry.field(
        default=strawberry.UNSET, description="By the slugs of team and event type."
    )
    group: list[str] | None = strawberry.field(
        default=strawberry.UNSET,
        description="Two to twenty usernames: a meeting of all of them, 30 minutes by default.",
    )

    def ref(self) -> EventTypeRef:
        """The services' value; raises InvalidIdError for a wrong id."""
        if self.id:
            return EventTypeRef(id=database_id(self.id, "EventType"))
        if self.personal:
            person = self.personal
            return EventTypeRef(username=person.username, slug=person.slug, organization_slug=person.organization)
        if self.team:
            team = self.team
            return EventTypeRef(team_slug=team.team, slug=team.slug, organization_slug=team.organization)
        if self.group:
            return EventTypeRef(usernames=tuple(name.lower() for name in self.group))
        return EventTypeRef(id=self.database_id or 0)
