"""The caller's own profile."""

from typing import Annotated, Any, Literal, NotRequired

from typing_extensions import TypedDict

from app.rest.operation import Operation
from app.rest.request import RestRequest
from app.rest.v2.constraints import NUMBER, STRING, Told, one_of
from app.rest.v2.inputs import Body, Email, Int, Language, Metadata, Text, TimeZone, Url, WeekDay
from app.services.users.queries import get_viewer
from app.services.users.update import UpdateProfile, update_profile
from app.services.users.views import UserView


class Me(TypedDict):
    """The caller's profile."""

    id: int
    username: str
    email: str
    name: str | None
    avatarUrl: str | None
    bio: str | None
    timeFormat: int
    defaultScheduleId: int | None
    weekStart: str
    timeZone: str
    locale: str
    organizationId: int | None
    organization: NotRequired["Organization"]


class Organization(TypedDict):
    """The caller's organization."""

    isPlatform: bool
    id: int


class UpdateMeInput(Body):
    """New values for the caller's profile."""

    email: Annotated[Email, Told((STRING,))] | None = None
    name: Text | None = None
    time_format: Annotated[Literal[12, 24], Told((one_of((12, 24), "isIn"),))] | None = None
    default_schedule_id: Annotated[Int, Told((NUMBER,))] | None = None
    week_start: WeekDay | None = None
    time_zone: TimeZone | None = None
    locale: Language | None = None
    avatar_url: Url | None = None
    bio: str | None = None
    metadata: Metadata | None = None


_OPTIONAL = frozenset({"name", "bio", "avatar_url"})


def update_command(_: RestRequest, body: UpdateMeInput) -> UpdateProfile:
    """What to change; null takes away what a person need not have, and changes nothing else."""
    gone: dict[str, Any] = dict.fromkeys(_OPTIONAL & body.model_fields_set)
    return UpdateProfile(**{**gone, **body.given()})


def render_me(view: UserView) -> Me:
    """The documented profile, and beside it what later versions of the documentation add."""
    me: Me = {
        "id": view.id,
        "username": view.username,
        "email": view.email,
        "name": view.name,
        "avatarUrl": view.avatar_url,
        "bio": view.bio,
        "timeFormat": view.time_format,
        "defaultScheduleId": view.default_schedule_id,
        "weekStart": view.week_start,
        "timeZone": view.time_zone,
        "locale": view.locale,
        "organizationId": view.organization_id,
    }
    if view.organization_id is not None:
        me["organization"] = {"isPlatform": view.is_platform_managed, "id": view.organization_id}
    return me


OPERATIONS = (
    Operation(
        method="GET", path="/v2/me", operation_id="MeController_getMe", field="Query.viewer",
        call=get_viewer, render=render_me, tag="Me", summary="Get my profile",
    ),
    Operation(
        method="PATCH", path="/v2/me", operation_id="MeController_updateMe", field="Mutation.updateProfile",
        body=UpdateMeInput, command=update_command, call=update_profile, render=render_me,
        tag="Me", summary="Update my profile",
    ),
)  # fmt: skip
