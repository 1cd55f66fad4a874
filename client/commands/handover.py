"""Handing over a post: one command, all channels and cases."""

import argparse
import sys

from client.commands import Commands
from client.commands.session import unlocked
from client.enlace import Enlace
from client.handover import DO, DONE, PRIVATE, RESTRICTED, Handover, Item
from sealed.errors import CODES, EnlaceError
from sealed.keylog import Key


def register(commands: Commands) -> None:
    hand = commands.add("handover", _handover, "all channels and cases of a post to a successor, with their history")
    hand.add_argument("--from", dest="before", required=True, help="the beginning of the predecessor's name; may be revoked")
    hand.add_argument("--to", dest="after", required=True, help="the beginning of the successor's name")
    hand.add_argument("--leave", action="store_true", help="the predecessor leaves in the same step")
    hand.add_argument(
        "--without-history",
        action="store_true",
        help="also where authors keep the past from that authority: the successor enters and sees nothing written before",
    )
    hand.add_argument("--yes", action="store_true", help="do not ask after the list")


def _handover(options: argparse.Namespace) -> None:
    with unlocked() as enlace:
        enlace.sync()
        before, after = _person(enlace, options.before), _person(enlace, options.after)
        current = enlace.directory.current(after.subject)
        if current is None:
            raise EnlaceError("not_vouched")
        post = Handover(enlace, before.subject, current.kid, leave=options.leave, unread=options.without_history)
        for item in post.plan():
            print(_line(item))
        waiting = post.waiting()
        print(f"{len(waiting)} of {len(post.items)}: {before.display} -> {after.display}", flush=True)
        if not waiting:
            return
        if not options.yes and input("Sign and hand over? [y/N] ").strip().lower() not in (
            "y",
            "yes",
            "s",
            "si",
            "sí",
            "o",
            "oui",
        ):
            return
        post.run(lambda done, of: print(f"{done}/{of}", file=sys.stderr, flush=True))
        stuck = [item for item in waiting if item.to != DONE]
        for item in stuck:
            print(_line(item))
        print(f"{len(waiting) - len(stuck)} handed over.")


def _person(enlace: Enlace, wanted: str) -> Key:
    """The newest certificate of the one person of this name, or else whose name begins like this. Raises `not_found`."""
    newest: dict[bytes, Key] = {}
    for key in enlace.directory.keys.values():
        if key.gen >= newest.get(key.subject, key).gen:
            newest[key.subject] = key
    exact = [key for key in newest.values() if key.display.casefold() == wanted.casefold()]
    fitting = exact or [key for key in newest.values() if key.display.casefold().startswith(wanted.casefold())]
    if len(fitting) != 1:
        raise EnlaceError("not_found")
    return fitting[0]


def _line(item: Item) -> str:
    said = {DO: "from the first message", DONE: "handed over", PRIVATE: "a conversation between two people stays with them"}
    said[RESTRICTED] = "only without what was written before (--without-history): its author keeps something from that authority"
    if item.to == DO and item.first:
        said[DO] = "part of the past stays closed"
    return f"{item.id[:8]}  {item.title or '?':40.40}  {said.get(item.to) or CODES[item.why]['en']}"
