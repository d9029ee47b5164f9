"""Sign up and change one's profile."""

from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from app.services.users.create import CreateUser, sign_up
from app.services.users.update import UpdateProfile, update_profile
from schema.context import Info
from schema.errors import Conflict, InvalidInput, NotFound, Unauthenticated
from schema.inputs import given, given_as
from schema.node import database_id
from schema.scalars import URL, EmailAddress, Locale, TimeZone
from schema.users.types import Account, User


@strawberry.input(description="A new account.")
class SignUpInput:
    """Input of `signUp`."""

    email: EmailAddress = strawberry.field(description="Address for mails and sign-in, unique.")
    username: str = strawberry.field(description="Name in links, unique: lower-case letters, digits, `.`, `-`, `_`.")
    password: str = strawberry.field(description="At least 8 characters.")
    name: str | None = strawberry.field(default=None, description="Full name.")
    time_zone: TimeZone = strawberry.field(default=TimeZone("Europe/London"), description="Zone of the first schedule.")
    locale: Locale = strawberry.field(default=Locale("en"), description="Language.")


@strawberry.input(description="New values for the caller's profile; what is left out stays.")
class UpdateProfileInput:
    """Input of `updateProfile`."""

    email: strawberry.Maybe[EmailAddress] = strawberry.field(default=None, description="Address for mails and sign-in.")
    username: strawberry.Maybe[str] = strawberry.field(default=None, description="Name in links.")
    name: strawberry.Maybe[str | None] = strawberry.field(default=None, description="Full name.")
    bio: strawberry.Maybe[str | None] = strawberry.field(default=None, description="About the person.")
    avatar_url: strawberry.Maybe[URL | None] = strawberry.field(default=None, description="Picture.")
    time_zone: strawberry.Maybe[TimeZone] = strawberry.field(default=None, description="Zone of the profile.")
    week_start: strawberry.Maybe[str] = strawberry.field(default=None, description="First day of the week: `Monday`.")
    time_format: strawberry.Maybe[int] = strawberry.field(default=None, description="12 or 24.")
    locale: strawberry.Maybe[Locale] = strawberry.field(default=None, description="Language.")
    theme: strawberry.Maybe[str | None] = strawberry.field(default=None, description="`light` or `dark`.")
    brand_color: strawberry.Maybe[str | None] = strawberry.field(default=None, description="Such as `#292929`.")
    dark_brand_color: strawberry.Maybe[str | None] = strawberry.field(default=None, description="Such as `#fafafa`.")
    allow_dynamic_booking: strawberry.Maybe[bool] = strawberry.field(default=None, description="Allow group bookings.")
    default_schedule_id: strawberry.Maybe[strawberry.ID] = strawberry.field(
        default=None, description="A schedule of one's own."
    )
    metadata: strawberry.Maybe[JSON] = strawberry.field(default=None, description="At most 50 keys of plain values.")


@strawberry.type(description="The new account with its first API key, which is shown only now.")
class SignUpSuccess:
    """Success member of `SignUpResult`."""

    user: User = strawberry.field(description="The new person.")
    api_key: str = strawberry.field(description="Send it as `Authorization: Bearer ...`; it cannot be read again.")


@strawberry.type(description="The profile was changed.")
class UpdateProfileSuccess:
    """Success member of `UpdateProfileResult`."""

    user: User = strawberry.field(description="The caller as everybody sees them.")
    account: Account = strawberry.field(description="The caller's own side.")


SignUpResult = Annotated[
    SignUpSuccess | InvalidInput | Conflict,
    strawberry.union("SignUpResult", description="The new account, or what is wrong."),
]
UpdateProfileResult = Annotated[
    UpdateProfileSuccess | InvalidInput | Conflict | NotFound | Unauthenticated,
    strawberry.union("UpdateProfileResult", description="The changed profile, or what is wrong."),
]


@strawberry.type
class UserMutations:
    """Mixin for `Mutation`."""

    @strawberry.mutation(description="Make an account with a Mon-Fri 09:00-17:00 schedule and a first API key.")
    async def sign_up(
        self, info: Info, input: Annotated[SignUpInput, strawberry.argument(description="The account.")]
    ) -> SignUpResult:
        made = await sign_up(
            info.context.request,
            CreateUser(
                email=input.email,
                username=input.username,
                name=input.name,
                password=input.password,
                time_zone=input.time_zone,
                locale=input.locale,
            ),
        )
        return SignUpSuccess(user=User.from_view(made.user), api_key=made.api_key)

    @strawberry.mutation(description="Change the caller's profile.")
    async def update_profile(
        self, info: Info, input: Annotated[UpdateProfileInput, strawberry.argument(description="New values.")]
    ) -> UpdateProfileResult:
        view = await update_profile(
            info.context.request,
            UpdateProfile(
                email=given(input.email),
                username=given(input.username),
                name=given(input.name),
                bio=given(input.bio),
                avatar_url=given(input.avatar_url),
                time_zone=given(input.time_zone),
                week_start=given(input.week_start),
                time_format=given(input.time_format),
                locale=given(input.locale),
                theme=given(input.theme),
                brand_color=given(input.brand_color),
                dark_brand_color=given(input.dark_brand_color),
                allow_dynamic_booking=given(input.allow_dynamic_booking),
                default_schedule_id=given_as(input.default_schedule_id, lambda text: database_id(text, "Schedule")),
                metadata=given(input.metadata),
            ),
        )
        return UpdateProfileSuccess(user=User.from_view(view), account=Account.from_view(view))
