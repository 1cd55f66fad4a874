"""Where the tracker plugs into the channels without the channels knowing it (the arrows of docs/architecture.md).

`cases` registers its functions once, from `AppConfig.ready`. Until then no channel takes acts and nobody is a guest."""

from collections.abc import Callable
from typing import Any, Protocol

from sealed.errors import EnlaceError


class ActValidator(Protocol):
    """Judge one act and project it, inside the transaction that stores it, after all signature checks.

    `channel` is the locked models.Channel, `event` the stored models.Event (n, event_id, wire and at are final), `body`
    the act's JSON bytes as signed, `officer` the signer, `authority` its code, `guest` true when the signer is no
    member. Raises EnlaceError (422 with `fields`) to refuse: then nothing of the whole request stays."""

    def __call__(self, channel: Any, event: Any, body: bytes, officer: Any, authority: str, guest: bool) -> None: ...


class ControlValidator(Protocol):
    """Judge the changes of one control event after the genesis, as protocol.md 8.5 writes them, under the same promises."""

    def __call__(self, channel: Any, event: Any, changes: list[Any], officer: Any) -> None: ...


def _no_acts(channel: Any, event: Any, body: bytes, officer: Any, authority: str, guest: bool) -> None:
    raise EnlaceError("acts_not_here")


def _any_control(channel: Any, event: Any, changes: list[Any], officer: Any) -> None:
    return None


def _no_guests(officer: Any, channel: Any) -> bool:
    return False


def _nothing_more(channel: Any, officer: Any) -> None:
    return None


def _no_case(channels: list[str], officer: Any) -> dict[str, dict[str, Any]]:
    return {}


_act_validator: ActValidator = _no_acts
_control_validator: ControlValidator = _any_control
_guest_access: Callable[[Any, Any], bool] = _no_guests
_case_views: Callable[[list[str], Any], dict[str, dict[str, Any]]] = _no_case
_channel_created: Callable[[Any, Any], None] = _nothing_more


def register(
    act_validator: ActValidator,
    guest_access: Callable[[Any, Any], bool],
    case_views: Callable[[list[str], Any], dict[str, dict[str, Any]]],
    control_validator: ControlValidator = _any_control,
    channel_created: Callable[[Any, Any], None] = _nothing_more,
) -> None:
    """Called by cases.apps.ready(). All but `case_views` are asked about channels of kind "case" only.

    `guest_access(officer, channel)`: may this officer, no member, answer a referral in this channel?
    `case_views(channel_ids, officer)`: {channel_id: {"code", ...}} shown beside a case channel, one query for all.
    `channel_created(channel, officer)`: last step of the transaction that made a case; raises EnlaceError to refuse."""
    global _act_validator, _control_validator, _guest_access, _case_views, _channel_created
    _act_validator, _control_validator, _guest_access = act_validator, control_validator, guest_access
    _case_views, _channel_created = case_views, channel_created


def judge_act(channel: Any, event: Any, body: bytes, officer: Any, authority: str, guest: bool) -> None:
    _act_validator(channel, event, body, officer, authority, guest)


def judge_control(channel: Any, event: Any, changes: list[Any], officer: Any) -> None:
    _control_validator(channel, event, changes, officer)


def guest_access(officer: Any, channel: Any) -> bool:
    return channel.kind == "case" and _guest_access(officer, channel)


def case_views(channel_ids: list[str], officer: Any) -> dict[str, dict[str, Any]]:
    return _case_views(channel_ids, officer)


def channel_created(channel: Any, officer: Any) -> None:
    _channel_created(channel, officer)
