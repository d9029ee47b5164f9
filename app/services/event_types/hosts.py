"""Who hosts a team's event type."""

from collections.abc import Sequence

from app.domain.enums import SchedulingType
from app.errors import ConflictError, InvalidInputError, NotFoundError
from app.models import EventType, Host, Membership, Schedule
from app.services.columns import numbers
from app.services.event_types.fields import HostInput

MAX_HOSTS = 1000
MAX_WEIGHT = 10_000
MAX_PRIORITY = 4


async def resolve_hosts(team_id: int, hosts: Sequence[HostInput], *, everybody: bool) -> list[HostInput]:
    """The hosts to write: the given ones, or all accepted members (TM-20). Raises NotFoundError, InvalidInputError."""
    members = await numbers(Membership.filter(team_id=team_id, accepted=True).order_by("user_id"), "user_id")
    if everybody:
        named = {host.user_id: host for host in hosts}
        return [named.get(user_id) or HostInput(user_id) for user_id in members]
    _check_values(hosts)
    strangers = [host.user_id for host in hosts if host.user_id not in set(members)]
    if strangers:
        listed = ",".join(map(str, strangers))
        raise NotFoundError(f"Invalid hosts: {listed} are not members of team with id {team_id}.", path=("hosts",))
    await _check_schedules(hosts)
    return list(hosts)


async def write_hosts(event_type: EventType, hosts: Sequence[HostInput]) -> None:
    """Make the rows equal to `hosts`; who stays keeps the day they were added (TM-10)."""
    kept = {row.user_id: row for row in await Host.filter(event_type_id=event_type.id)}
    gone = set(kept) - {host.user_id for host in hosts}
    if gone:
        await Host.filter(event_type_id=event_type.id, user_id__in=list(gone)).delete()
    for host in hosts:
        row = kept.get(host.user_id) or Host(event_type_id=event_type.id, user_id=host.user_id)
        # TM-1: every host of a collective event type is fixed, whatever was asked.
        row.is_fixed = host.is_fixed or event_type.scheduling_type == SchedulingType.COLLECTIVE
        row.priority, row.weight = host.priority, host.weight
        row.schedule_id = host.schedule_id
        await row.save()


def _check_values(hosts: Sequence[HostInput]) -> None:
    if len(hosts) > MAX_HOSTS:
        raise InvalidInputError.at("hosts", f"At most {MAX_HOSTS} hosts.", "length")
    if len({host.user_id for host in hosts}) != len(hosts):
        raise ConflictError("A host is named twice.", path=("hosts",))
    for index, host in enumerate(hosts):
        if not 0 <= host.priority <= MAX_PRIORITY:
            raise InvalidInputError.at(f"hosts.{index}.priority", "Must be 0 (lowest) to 4 (highest).", "range")
        if not 0 <= host.weight <= MAX_WEIGHT:
            raise InvalidInputError.at(f"hosts.{index}.weight", f"Must be 0 to {MAX_WEIGHT}.", "range")


async def _check_schedules(hosts: Sequence[HostInput]) -> None:
    for host in hosts:
        if host.schedule_id is None:
            continue
        if not await Schedule.filter(id=host.schedule_id, user_id=host.user_id).exists():
            message = f"User with ID={host.user_id} does not own schedule with ID={host.schedule_id}."
            raise NotFoundError(message, path=("hosts",))
