"""Who is in a channel, and what each was given of its past."""

import argparse

from client.commands import Commands
from client.commands.channels import found
from client.commands.session import unlocked
from client.rooms import Room
from sealed.errors import EnlaceError
from sealed.keylog import Key

ROLES = {"o": "coordinator", "w": "writer", "r": "reader", "c": "custodian"}


def register(commands: Commands) -> None:
    shown = commands.add("members", _members, "who is in a channel, and whose past is not whole")
    give = commands.add("give-history", _give, "open the past of a channel to a member who lacks it")
    for one in (shown, give):
        one.add_argument("channel", help="the beginning of its title or id")
    give.add_argument("person", help="the beginning of the member's name")


def _members(options: argparse.Namespace) -> None:
    with unlocked() as enlace:
        room = found(enlace, options.channel)
        every = set(room.state.commits)
        for kid, role in room.state.members.items():
            key = enlace.directory.keys[kid]
            past = "" if room.given(kid) >= every else f"{len(room.given(kid))} of {len(every)} keys"
            print(f"{key.authority:6} {key.display:30.30} {ROLES[role]:12} {past}".rstrip())
        for granter, _code in room.bad_grants:
            print(f"A key that {granter.display} gave you does not open: ask a member for `enlace give-history`.")


def _give(options: argparse.Namespace) -> None:
    with unlocked() as enlace:
        room = found(enlace, options.channel)
        member = _member(room, options.person)
        room.give_history(member.kid)
        print(f"The past is open to {member.display}, as far as you hold it and its authors allow.")


def _member(room: Room, wanted: str) -> Key:
    keys = [room.enlace.directory.keys[kid] for kid in room.state.members]
    fitting = [key for key in keys if key.display.casefold().startswith(wanted.casefold())]
    if len(fitting) != 1:
        raise EnlaceError("not_found")
    return fitting[0]
