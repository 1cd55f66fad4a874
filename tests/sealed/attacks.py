"""Each rule of docs/protocol.md 5.2 and 5.3 as an attack, with its lawful twin. `rows()` yields (name, rule, lawful script,
attack script, code): both scripts are whole channels; the attack must be refused with that code."""

import json
from collections.abc import Iterator
from typing import Any

from sealed import cbor, events
from sealed.channel import approval_body
from tests.sealed.world import AT, Script, World, seed

Row = tuple[str, str, Script, Script, str]
TRIO = {"ana": "o", "bashir": "w", "carmen": "w"}


def both(make: Any, world_of: Any = World) -> tuple[Script, Script]:
    """`make(script, bad)` writes the lawful twin and the attack."""
    return make(world_of(), False), make(world_of(), True)


def rows() -> Iterator[tuple[str, str, Script, Script, str]]:
    for name, (rule, make, code) in CASES.items():
        lawful, attack = both(make)
        yield name, rule, lawful, attack, code


# --- Genesis -----------------------------------------------------------------------------------------------------------------


def founded_by_a_writer(world: World, bad: bool) -> Script:
    return Script(world, {"ana": "w" if bad else "o", "bashir": "o"})


def founded_with_a_stranger(world: World, bad: bool) -> Script:
    return Script(world, {"ana": "o", "sly" if bad else "bashir": "w"})


def founded_with_a_revoked_key(world: World, bad: bool) -> Script:
    if bad:
        world.revoke("bashir", "elena")
    return Script(world, {"ana": "o", "bashir": "w"})


# --- Adding ------------------------------------------------------------------------------------------------------------------


def writer_adds(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    by = "bashir" if bad else "ana"
    script.control(by, [script.add("ines"), script.history("ines", by, 0, 0)])
    return script


def supervisor_adds_own_country(world: World, bad: bool) -> Script:
    script = Script(world, {"ana": "o", "ines": "w", "carmen": "w", **({} if bad else {"bashir": "w"})})
    if bad:
        script.control("carmen", [script.add("bashir"), script.history("bashir", "carmen", 0, 0)])
    else:
        script.control("ines", [script.add("elena"), script.history("elena", "ines", 0, 0)])
    return script


def supervisor_outside_adds(world: World, bad: bool) -> Script:
    script = Script(world, {"ana": "o", "bashir": "w", **({} if bad else {"ines": "w"})})
    script.control("ines", [script.add("elena"), script.history("elena", "ines", 0, 0)])
    return script


def new_country_without_approval(world: World, bad: bool) -> Script:
    script = Script(world, {"ana": "o", "bashir": "o"}, k=2)
    changes = [script.add("fernando"), script.history("fernando", "ana", 0, 0)]
    approvals = [] if bad else [_approval(script, "bashir", changes)]
    script.control("ana", changes, approvals=approvals)
    return script


def _approval(script: Script, name: str, changes: list[Any], log_size: int | None = None) -> tuple[bytes, bytes]:
    size = len(script.world.leaves) if log_size is None else log_size
    body = approval_body(script.channel_id, script.state.head_t, size, changes)
    return script.world.kid(name), script.world.people[name].sign(body)


def approval_of_something_else(world: World, bad: bool) -> Script:
    script = Script(world, {"ana": "o", "bashir": "o"}, k=2)
    changes = [script.add("fernando"), script.history("fernando", "ana", 0, 0)]
    signed = [script.add("gael")] if bad else changes
    script.control("ana", changes, approvals=[_approval(script, "bashir", signed)])
    return script


def approval_of_a_writer(world: World, bad: bool) -> Script:
    script = Script(world, {"ana": "o", "bashir": "w" if bad else "o"}, k=2)
    changes = [script.add("fernando"), script.history("fernando", "ana", 0, 0)]
    script.control("ana", changes, approvals=[_approval(script, "bashir", changes)])
    return script


def added_without_a_key(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("ana", [script.add("ines")] + ([] if bad else [script.history("ines", "ana", 0, 0)]))
    return script


def ghost_that_nobody_vouches_for(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    name = "sly" if bad else "ines"
    script.control("ana", [script.add(name), script.history(name, "ana", 0, 0)])
    return script


def added_twice(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    name = "bashir" if bad else "ines"
    script.control("ana", [script.add(name), script.history(name, "ana", 0, 0)])
    return script


# --- Removing ----------------------------------------------------------------------------------------------------------------


def writer_removes_another(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    by, left = ("carmen", ["ana", "carmen"]) if bad else ("ana", ["ana", "carmen"])
    script.control(by, [script.remove("bashir")], new_epoch=(1, left))
    return script


def removed_without_a_new_key(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("ana", [script.remove("bashir")], new_epoch=None if bad else (1, ["ana", "carmen"]))
    return script


def focal_of_another_country_removes(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("gael" if bad else "elena", [script.remove("bashir")])
    return script


def focal_outside_chooses_the_key(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("elena", [script.remove("bashir")], new_epoch=(1, ["ana", "carmen"]) if bad else None)
    return script


def posted_while_the_key_must_change(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("elena", [script.remove("bashir")])
    if not bad:
        script.control("carmen", [], new_epoch=(1, ["ana", "carmen"]))
    script.post("carmen")
    return script


def changed_while_the_key_must_change(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("bashir", [script.remove("bashir")])
    if bad:
        script.control("ana", [script.add("ines"), script.history("ines", "ana", 0, 0)])
    else:
        script.control("ana", [script.add("ines")], new_epoch=(1, ["ana", "carmen", "ines"]))
    return script


def member_removes_a_revoked_key(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    if not bad:
        world.revoke("bashir", "elena")
    script.control("carmen", [script.remove("bashir")], new_epoch=(1, ["ana", "carmen"]))
    return script


def last_coordinator_leaves(world: World, bad: bool) -> Script:
    script = Script(world, {"ana": "o", "bashir": "w" if bad else "o"})
    script.control("ana", [script.remove("ana")])
    return script


def last_member_leaves(world: World, bad: bool) -> Script:
    script = Script(world, {"ana": "o"} if bad else {"ana": "o", "carmen": "o"})
    script.control("ana", [script.remove("ana")])
    return script


def leaver_chooses_the_key(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("bashir", [script.remove("bashir")], new_epoch=(1, ["ana", "carmen"]) if bad else None)
    return script


def removed_member_writes_on(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("ana", [script.remove("bashir")], new_epoch=(1, ["ana", "carmen"]))
    script.post("bashir" if bad else "carmen")
    return script


def removed_member_changes_members(world: World, bad: bool) -> Script:
    script = Script(world, {"ana": "o", "bashir": "o", "carmen": "w"})
    script.control("ana", [script.remove("bashir")], new_epoch=(1, ["ana", "carmen"]))
    script.control("bashir" if bad else "ana", [script.add("ines"), script.history("ines", "ana", 0, 1)])
    return script


# --- History, roles, policy, epochs --------------------------------------------------------------------------------------------


def history_from_outside(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    by = "fernando" if bad else "carmen"
    script.control(by, [script.history("bashir", by, 0, 0)])
    return script


def history_to_a_stranger(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("carmen", [script.history("fernando" if bad else "bashir", "carmen", 0, 0)])
    return script


def history_by_a_writer_where_only_coordinators_may(world: World, bad: bool) -> Script:
    script = Script(world, TRIO, hist_rule=1)
    by = "carmen" if bad else "ana"
    script.control(by, [script.history("bashir", by, 0, 0)])
    return script


def history_of_a_key_to_come(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("ana", [script.history("bashir", "ana", 0, 1 if bad else 0)])
    return script


def writer_promotes_himself(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("bashir" if bad else "ana", [["role", world.kid("bashir"), "o"]])
    return script


def role_without_the_other_country(world: World, bad: bool) -> Script:
    script = Script(world, {"ana": "o", "bashir": "o", "carmen": "w"}, k=2)
    changes = [["role", world.kid("carmen"), "o"]]
    script.control("ana", changes, approvals=[] if bad else [_approval(script, "bashir", changes)])
    return script


def policy_by_a_writer(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("bashir" if bad else "ana", [["policy", [2, 0, "network", False]]])
    return script


def policy_turns_the_kind(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("ana", [["policy", [1, 0, "case" if bad else "network", True]]])
    return script


def epoch_from_outside(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("elena" if bad else "carmen", [], new_epoch=(1, ["ana", "bashir", "carmen"]))
    return script


def epoch_leaves_a_member_out(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("ana", [], new_epoch=(1, ["ana", "bashir"] + ([] if bad else ["carmen"])))
    return script


def epoch_lets_a_ghost_in(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("ana", [], new_epoch=(1, ["ana", "bashir", "carmen"] + (["fernando"] if bad else [])))
    return script


def epoch_skips_a_number(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("ana", [], new_epoch=(2 if bad else 1, ["ana", "bashir", "carmen"]))
    return script


def epoch_sealed_to_a_revoked_key(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    world.revoke("bashir", "elena")
    left = ["ana", "carmen", *(["bashir"] if bad else [])]
    script.control("ana", [] if bad else [script.remove("bashir")], new_epoch=(1, left))
    return script


def revoked_key_changes_members(world: World, bad: bool) -> Script:
    script = Script(world, {"ana": "o", "bashir": "o"})
    if bad:
        world.revoke("bashir", "elena")
    script.control("bashir", [script.add("ines"), script.history("ines", "bashir", 0, 0)])
    return script


def unknown_change(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("ana", [["rekey", world.kid("ana"), world.kid("sly"), None]] if bad else [["role", world.kid("bashir"), "r"]])
    return script


# --- Order ---------------------------------------------------------------------------------------------------------------------


def stale_change(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    before = script.head()
    script.post("bashir")
    script.control("ana", [["role", world.kid("bashir"), "r"]], seen=before if bad else None)
    return script


def older_key_log(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("ana", [["role", world.kid("bashir"), "r"]], log_size=len(world.leaves) - (1 if bad else 0))
    return script


def key_log_of_the_future(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("ana", [["role", world.kid("bashir"), "r"]], log_size=len(world.leaves) + (1 if bad else 0))
    return script


def post_with_an_old_key(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("ana", [], new_epoch=(1, ["ana", "bashir", "carmen"]))
    script.post("bashir", epoch=0 if bad else 1)
    return script


def post_that_saw_another_past(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    n, t = script.head()
    script.post("bashir", seen=(n, seed("another past")) if bad else (n, t))
    return script


def post_that_saw_the_future(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    n, t = script.head()
    script.post("bashir", seen=(n + 1, t) if bad else (n, t))
    return script


def reader_posts(world: World, bad: bool) -> Script:
    script = Script(world, {"ana": "o", "bashir": "r" if bad else "w"})
    script.post("bashir")
    return script


def stranger_posts(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.post("fernando" if bad else "bashir")
    return script


def unknown_key_posts(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.post("sly" if bad else "bashir")
    return script


def moved_from_another_channel(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.post("bashir", channel_id=seed("another channel") if bad else None)
    return script


def _bend(wire: bytes, part: int) -> bytes:
    pieces = cbor.decode(wire)
    piece = bytearray(pieces[part])
    piece[-1] ^= 1
    pieces[part] = bytes(piece)
    return cbor.encode(pieces)


def altered_ciphertext(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.post("bashir")
    if bad:
        script.wires[-1] = _bend(script.wires[-1], 2)
    return script


def altered_signature(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.post("bashir")
    if bad:
        script.wires[-1] = _bend(script.wires[-1], 1)
    return script


def altered_header(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.post("bashir")
    if bad:
        script.wires[-1] = _bend(script.wires[-1], 0)
    return script


def swapped_order(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.post("bashir", "uno")
    script.post("ana", "dos")
    if bad:
        script.wires[-2:] = reversed(script.wires[-2:])
    return script


def dropped_in_the_middle(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.post("bashir", "uno")
    script.post("ana", "dos")
    if bad:
        del script.wires[-2]
    return script


def replayed(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.post("bashir", "uno")
    script.control("ana", [], new_epoch=(1, ["ana", "bashir", "carmen"]))
    if bad:
        script.wires.append(script.wires[1])
    else:
        script.post("bashir", "uno")
    return script


# --- A desk answers before it is in the channel ----------------------------------------------------------------

PROPOSAL = {"act": "referral.propose", "v": 1, "to": "MX"}


def _b64u(data: bytes) -> str:
    import base64

    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _case(world: World) -> tuple[Script, bytes]:
    script = Script(world, {"ana": "o", "carmen": "w"}, kind="case")
    return script, script.act("ana", json.dumps(PROPOSAL).encode())


def _answer(event_id: bytes, act: str = "referral.accept") -> bytes:
    return json.dumps({"act": act, "v": 1, "reply_to": _b64u(event_id)}).encode()


def desk_of_another_country_answers(world: World, bad: bool) -> Script:
    script, proposal = _case(world)
    script.act("fernando" if bad else "bashir", _answer(proposal), guest=True)
    return script


def guest_says_something_else(world: World, bad: bool) -> Script:
    script, proposal = _case(world)
    script.act("bashir", _answer(proposal, "fact" if bad else "referral.decline"), guest=True)
    return script


def guest_answers_nothing(world: World, bad: bool) -> Script:
    script, proposal = _case(world)
    script.act("bashir", _answer(seed("no proposal") if bad else proposal), guest=True)
    return script


def guest_claims_to_have_seen(world: World, bad: bool) -> Script:
    script, proposal = _case(world)
    script.act("bashir", _answer(proposal), guest=not bad)
    return script


def guest_posts(world: World, bad: bool) -> Script:
    script, proposal = _case(world)
    script.act("bashir", _answer(proposal), guest=True)
    script.post("bashir" if bad else "carmen")
    return script


CASES = {
    "founded by a writer": ("genesis", founded_by_a_writer, "not_allowed"),
    "founded with a key that nobody vouches for": ("genesis", founded_with_a_stranger, "not_vouched"),
    "founded with a revoked key": ("genesis", founded_with_a_revoked_key, "not_vouched"),
    "a writer adds": ("add", writer_adds, "not_allowed"),
    "a supervisor adds somebody of another country": ("add", supervisor_adds_own_country, "not_allowed"),
    "a supervisor outside the channel adds": ("add", supervisor_outside_adds, "not_a_member"),
    "a new country without the approval of another": ("add new country", new_country_without_approval, "not_enough_countries"),
    "an approval of something else": ("add new country", approval_of_something_else, "bad_approval"),
    "an approval by a writer": ("add new country", approval_of_a_writer, "bad_approval"),
    "added without a key": ("add", added_without_a_key, "needs_history"),
    "a ghost that nobody vouches for": ("add", ghost_that_nobody_vouches_for, "not_vouched"),
    "added twice": ("add", added_twice, "already_member"),
    "a writer removes another": ("remove", writer_removes_another, "not_allowed"),
    "removed without a new key": ("remove", removed_without_a_new_key, "needs_new_epoch"),
    "a focal point of another country removes": ("remove", focal_of_another_country_removes, "not_a_member"),
    "a focal point outside chooses the key": ("new_epoch", focal_outside_chooses_the_key, "not_allowed"),
    "a post while the key must change": ("rekey pending", posted_while_the_key_must_change, "rekey_pending"),
    "a change while the key must change": ("rekey pending", changed_while_the_key_must_change, "rekey_pending"),
    "a member removes a key that is not revoked": ("remove", member_removes_a_revoked_key, "not_allowed"),
    "the last coordinator leaves": ("remove", last_coordinator_leaves, "last_coordinator"),
    "the last member leaves": ("remove", last_member_leaves, "last_member"),
    "who leaves chooses the key": ("new_epoch", leaver_chooses_the_key, "not_allowed"),
    "a removed member writes on": ("5.3", removed_member_writes_on, "not_a_member"),
    "a removed member changes members": ("add", removed_member_changes_members, "not_a_member"),
    "history granted from outside": ("hist", history_from_outside, "not_a_member"),
    "history granted to a stranger": ("hist", history_to_a_stranger, "no_such_member"),
    "history by a writer where only coordinators may": ("hist", history_by_a_writer_where_only_coordinators_may, "not_allowed"),
    "history of a key to come": ("hist", history_of_a_key_to_come, "wrong_epoch"),
    "a writer promotes himself": ("role", writer_promotes_himself, "not_allowed"),
    "a role without the other country": ("role", role_without_the_other_country, "not_enough_countries"),
    "a policy by a writer": ("policy", policy_by_a_writer, "not_allowed"),
    "a policy turns the kind": ("policy", policy_turns_the_kind, "not_allowed"),
    "a new key from outside": ("new_epoch", epoch_from_outside, "not_a_member"),
    "a new key leaves a member out": ("new_epoch", epoch_leaves_a_member_out, "wrong_recipients"),
    "a new key lets a ghost in": ("new_epoch", epoch_lets_a_ghost_in, "wrong_recipients"),
    "a new key skips a number": ("new_epoch", epoch_skips_a_number, "wrong_epoch"),
    "a new key sealed to a revoked key": ("new_epoch", epoch_sealed_to_a_revoked_key, "key_revoked"),
    "a revoked key changes members": ("control", revoked_key_changes_members, "key_revoked"),
    "a change of a later version": ("control", unknown_change, "unknown_change"),
    "a change that was overtaken": ("seen_n", stale_change, "stale_head"),
    "judged by an older key log": ("log_size", older_key_log, "log_went_back"),
    "judged by a key log of the future": ("log_size", key_log_of_the_future, "key_log_behind"),
    "a post with an old key": ("5.3", post_with_an_old_key, "wrong_epoch"),
    "a post that saw another past": ("5.3", post_that_saw_another_past, "wrong_transcript"),
    "a post that saw the future": ("5.3", post_that_saw_the_future, "wrong_transcript"),
    "a reader posts": ("5.3", reader_posts, "not_allowed"),
    "a stranger posts": ("5.3", stranger_posts, "not_a_member"),
    "a key outside the log posts": ("5.3", unknown_key_posts, "unknown_key"),
    "moved from another channel": ("5.3", moved_from_another_channel, "wrong_channel"),
    "altered ciphertext": ("5.3", altered_ciphertext, "bad_hash"),
    "altered signature": ("5.3", altered_signature, "bad_signature"),
    "altered header": ("5.3", altered_header, "bad_signature"),
    "two messages exchanged": ("5.3", swapped_order, "wrong_transcript"),
    "a message dropped in the middle": ("5.3", dropped_in_the_middle, "wrong_transcript"),
    "an old message played again": ("5.3", replayed, "wrong_epoch"),
    "the desk of another country answers": ("guest", desk_of_another_country_answers, "not_a_member"),
    "a guest says something else": ("guest", guest_says_something_else, "not_a_member"),
    "a guest answers nothing": ("guest", guest_answers_nothing, "not_a_member"),
    "a guest claims to have seen the channel": ("guest", guest_claims_to_have_seen, "wrong_transcript"),
    "a guest posts": ("guest", guest_posts, "not_a_member"),
}
__all__ = ["AT", "CASES", "events", "rows"]
