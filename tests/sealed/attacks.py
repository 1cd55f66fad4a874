"""Each rule of docs/protocol.md 5.2 and 5.3 as an attack, with its lawful twin. `rows()` yields (name, rule, lawful script,
attack script, code): both scripts are whole channels; the attack must be refused with that code."""

import json
from collections.abc import Iterator
from typing import Any

from client.b64 import b64u
from sealed import cbor, certs
from sealed.channel import approval_body
from sealed.open_keys import certify, make_request, make_root_leaf, make_trust_leaf
from sealed.open_suite import sign_public
from tests.sealed.world import AT, EXP, NBF, Script, World, seed

Row = tuple[str, str, Script, Script, str]
TRIO = {"ana": "o", "bashir": "w", "carmen": "w"}


def both(make: Any, world_of: Any = World) -> tuple[Script, Script]:
    """`make(script, bad)` writes the lawful twin and the attack."""
    return make(world_of(), False), make(world_of(), True)


def rows() -> Iterator[tuple[str, str, Script, Script, str]]:
    for name, (rule, make, code) in CASES.items():
        lawful, attack = both(make)
        yield name, rule, lawful, attack, code


# --- Genesis ----------------------------------------------------------------------------------------------------------------


def founded_by_a_writer(world: World, bad: bool) -> Script:
    return Script(world, {"ana": "w" if bad else "o", "bashir": "o"})


def founded_with_a_stranger(world: World, bad: bool) -> Script:
    return Script(world, {"ana": "o", "sly" if bad else "bashir": "w"})


def founded_with_a_revoked_key(world: World, bad: bool) -> Script:
    if bad:
        world.revoke("bashir", "elena")
    return Script(world, {"ana": "o", "bashir": "w"})


# --- Adding -----------------------------------------------------------------------------------------------------------------


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


# --- Removing ---------------------------------------------------------------------------------------------------------------


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


# --- A new key of the same person -------------------------------------------------------------------------------------------

RENEWED = ["ana", "bashir anew", "carmen"]


def new_key_confirms_its_own_reset(world: World, bad: bool) -> Script:
    """A rogue focal point vouches for a key of its own in Bashir's name. In the twin Bashir's key before signed for it."""
    script = Script(world, TRIO)
    world.new_generation("bashir anew", "bashir", "elena", signed_by=None if bad else "bashir")
    script.control("bashir anew", [script.rekey("bashir", "bashir anew")], new_epoch=(1, RENEWED))
    return script


def old_key_confirms_its_own_reset(world: World, bad: bool) -> Script:
    """Whoever has the old key could have signed for the new one. The twin: Carmen met Bashir and compared the number."""
    script = Script(world, TRIO)
    world.new_generation("bashir anew", "bashir", "elena")
    script.control("bashir" if bad else "carmen", [script.rekey("bashir", "bashir anew")], new_epoch=(1, RENEWED))
    return script


def reset_hidden_behind_a_continuous_step(world: World, bad: bool) -> Script:
    """The last step was signed for, but by a key that came with a reset: the chain from Bashir's key is broken."""
    script = Script(world, TRIO)
    world.new_generation("between", "bashir", "elena", signed_by=None if bad else "bashir")
    world.new_generation("bashir anew", "bashir", "elena", gen=2, signed_by="between")
    script.control("bashir anew", [script.rekey("bashir", "bashir anew")], new_epoch=(1, RENEWED))
    return script


def signed_for_by_a_revoked_key(world: World, bad: bool) -> Script:
    """The thief of a laptop signs for the next key with the one that was revoked for it. The twin: signed for before."""
    script = Script(world, TRIO)
    if bad:
        world.revoke("bashir", "elena")
    world.new_generation("bashir anew", "bashir", "elena", signed_by="bashir")
    if not bad:
        world.revoke("bashir", "elena")
    script.control("bashir anew", [script.rekey("bashir", "bashir anew")], new_epoch=(1, RENEWED))
    return script


def signed_for_by_a_replaced_key(world: World, bad: bool) -> Script:
    """The thief of a laptop names a next key with the one that its owner has already replaced. The twin: named by the newest."""
    script = Script(world, TRIO)
    world.new_generation("between", "bashir", "elena", signed_by="bashir")
    world.new_generation("bashir anew", "bashir", "elena", gen=2, signed_by="bashir" if bad else "between")
    script.control("bashir anew", [script.rekey("bashir", "bashir anew")], new_epoch=(1, RENEWED))
    return script


def new_key_takes_the_place_of_another(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    world.new_generation("bashir anew", "bashir", "elena", signed_by="bashir")
    old, left = ("carmen", ["ana", "bashir", "bashir anew"]) if bad else ("bashir", RENEWED)
    script.control("ana", [script.rekey(old, "bashir anew")], new_epoch=(1, left))
    return script


def new_key_that_is_not_the_newest(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    world.new_generation("bashir anew", "bashir", "elena", signed_by="bashir")
    if bad:
        world.new_generation("newest", "bashir", "elena", gen=2, signed_by="bashir anew")
    script.control("ana", [script.rekey("bashir", "bashir anew")], new_epoch=(1, RENEWED))
    return script


def new_key_of_somebody_outside(world: World, bad: bool) -> Script:
    script = Script(world, {"ana": "o", "carmen": "w"} if bad else TRIO)
    world.new_generation("bashir anew", "bashir", "elena", signed_by="bashir")
    script.control("ana", [script.rekey("bashir", "bashir anew")], new_epoch=(1, RENEWED))
    return script


def new_key_while_the_old_epoch_goes_on(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    world.new_generation("bashir anew", "bashir", "elena", signed_by="bashir")
    script.control("ana", [script.rekey("bashir", "bashir anew")], new_epoch=None if bad else (1, RENEWED))
    return script


def old_key_still_gets_the_new_epoch(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    world.new_generation("bashir anew", "bashir", "elena", signed_by="bashir")
    script.control("ana", [script.rekey("bashir", "bashir anew")], new_epoch=(1, [*RENEWED, "bashir"] if bad else RENEWED))
    return script


def new_key_confirmed_from_outside(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    world.new_generation("bashir anew", "bashir", "elena")
    script.control("elena" if bad else "carmen", [script.rekey("bashir", "bashir anew")], new_epoch=(1, RENEWED))
    return script


def colleague_disowns_anothers_messages(world: World, bad: bool) -> Script:
    """The twin: the new key itself says which messages were not its owner's."""
    script = Script(world, TRIO)
    script.post("bashir", "sí, recibido")
    world.new_generation("bashir anew", "bashir", "elena", signed_by="bashir")
    by = "carmen" if bad else "bashir anew"
    script.control(by, [script.rekey("bashir", "bashir anew", 1)], new_epoch=(1, RENEWED))
    return script


def messages_disowned_before_they_are_written(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    world.new_generation("bashir anew", "bashir", "elena", signed_by="bashir")
    script.control("ana", [script.rekey("bashir", "bashir anew", 2 if bad else 1)], new_epoch=(1, RENEWED))
    return script


# --- History, roles, policy, epochs -----------------------------------------------------------------------------------------


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
    script.control("ana", [["rename", world.kid("ana"), "sly"]] if bad else [["role", world.kid("bashir"), "r"]])
    return script


# --- Order ------------------------------------------------------------------------------------------------------------------


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


# --- A desk answers before it is in the channel -----------------------------------------------------------------------------

PROPOSAL = {"act": "referral.propose", "v": 1, "to": "MX"}


def _case(world: World) -> tuple[Script, bytes]:
    script = Script(world, {"ana": "o", "carmen": "w"}, kind="case")
    return script, script.act("ana", json.dumps(PROPOSAL).encode())


def _answer(event_id: bytes, act: str = "referral.accept") -> bytes:
    return json.dumps({"act": act, "v": 1, "reply_to": b64u(event_id)}).encode()


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


# --- More of 8.5: what the first rows leave open ----------------------------------------------------------------------------


def genesis_without_a_key(world: World, bad: bool) -> Script:
    return Script(world, {"ana": "o", "bashir": "w"}, sealed_to=None if bad else ["ana", "bashir"])


def genesis_key_leaves_a_member_out(world: World, bad: bool) -> Script:
    return Script(world, {"ana": "o", "bashir": "w"}, sealed_to=["ana"] if bad else ["ana", "bashir"])


def genesis_of_another_channel(world: World, bad: bool) -> Script:
    return Script(world, {"ana": "o", "bashir": "w"}, channel_id=seed("not its hash") if bad else None)


def second_genesis(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("ana", [script.genesis] if bad else [["role", world.kid("bashir"), "r"]])
    return script


def focal_member_adds_own_country(world: World, bad: bool) -> Script:
    script = Script(world, {"ana": "o", "bashir": "w", "elena": "r"})
    script.control("elena", [script.add("fernando" if bad else "ines"), script.history("ines", "elena", 0, 0)])
    return script


def new_country_by_two_of_one_country(world: World, bad: bool) -> Script:
    script = Script(world, {"ana": "o", "carmen": "o", "bashir": "o"}, k=2)
    changes = [script.add("fernando"), script.history("fernando", "ana", 0, 0)]
    script.control("ana", changes, approvals=[_approval(script, "carmen" if bad else "bashir", changes)])
    return script


def approval_of_an_earlier_past(world: World, bad: bool) -> Script:
    script = Script(world, {"ana": "o", "bashir": "o"}, k=2)
    changes = [script.add("fernando"), script.history("fernando", "ana", 0, 0)]
    early = _approval(script, "bashir", changes)
    script.post("bashir")
    script.control("ana", changes, approvals=[early if bad else _approval(script, "bashir", changes)])
    return script


def approver_made_in_the_same_event(world: World, bad: bool) -> Script:
    """A coordinator makes the approver by the same event that needs the approval."""
    script = Script(world, {"ana": "o", "bashir": "w" if bad else "o"}, k=2)
    changes = [script.add("ines", "o"), script.history("ines", "ana", 0, 0), ["role", script.world.kid("bashir"), "r"]]
    script.control("ana", changes, approvals=[_approval(script, "ines" if bad else "bashir", changes)])
    return script


def junk_approval_where_none_is_needed(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    changes = [script.add("ines"), script.history("ines", "ana", 0, 0)]
    script.control("ana", changes, approvals=[(world.kid("ana"), bytes(64))] if bad else [_approval(script, "ana", changes)])
    return script


def removed_by_a_focal_outside_twice(world: World, bad: bool) -> Script:
    script = Script(world, {"ana": "o", "bashir": "w", "ines": "w", "carmen": "w"})
    changes = [script.remove("bashir")] + ([] if bad else [script.remove("ines")])
    script.control("elena", changes)
    if bad:
        script.control("elena", [script.remove("ines")])
    return script


def focal_outside_adds(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    changes = [script.remove("bashir")]
    script.control("elena", [*changes, script.add("ines")] if bad else changes)
    return script


def removes_who_is_not_there(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    gone = "fernando" if bad else "bashir"
    script.control("ana", [script.remove(gone)], new_epoch=(1, ["ana", "bashir", "carmen"] if bad else ["ana", "carmen"]))
    return script


def disowns_the_future(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.post("bashir")
    script.control("ana", [script.remove("bashir", 3 if bad else 1)], new_epoch=(1, ["ana", "carmen"]))
    return script


def removed_member_still_sealed_to(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("ana", [script.remove("bashir")], new_epoch=(1, ["ana", "carmen", *(["bashir"] if bad else [])]))
    return script


def sealed_twice_to_one(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("ana", [], new_epoch=(1, ["ana", "bashir", "carmen", *(["carmen"] if bad else [])]))
    return script


def last_coordinator_steps_down(world: World, bad: bool) -> Script:
    script = Script(world, {"ana": "o", "bashir": "w" if bad else "o"})
    script.control("ana", [["role", world.kid("ana"), "w"]])
    return script


def custodian_grants_where_a_writer_may_not(world: World, bad: bool) -> Script:
    script = Script(world, {"ana": "o", "bashir": "w", "carmen": "r" if bad else "c"}, hist_rule=1)
    script.control("carmen", [script.history("bashir", "carmen", 0, 0)])
    return script


def history_backwards(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("ana", [], new_epoch=(1, ["ana", "bashir", "carmen"]))
    script.control("ana", [script.history("bashir", "ana", *((1, 0) if bad else (0, 1)))])
    return script


def old_history_with_an_add(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("ana", [], new_epoch=(1, ["ana", "bashir", "carmen"]))
    script.control("ana", [script.add("ines"), script.history("ines", "ana", 0, 0 if bad else 1)])
    return script


def policy_without_the_other_country(world: World, bad: bool) -> Script:
    script = Script(world, {"ana": "o", "bashir": "o"}, k=2)
    changes = [["policy", [1, 0, "network", False]]]
    script.control("ana", changes, approvals=[] if bad else [_approval(script, "bashir", changes)])
    return script


def control_in_another_epoch(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("ana", [], new_epoch=(1, ["ana", "bashir", "carmen"]))
    script.control("ana", [["role", world.kid("bashir"), "r"]], epoch=0 if bad else 1)
    return script


def control_that_saw_another_past(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    n, t = script.head()
    script.control("ana", [["role", world.kid("bashir"), "r"]], seen=(n, seed("another past")) if bad else (n, t))
    return script


def control_that_changes_nothing(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("ana", [], new_epoch=None if bad else (1, ["ana", "bashir", "carmen"]))
    return script


def control_altered(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("ana", [["role", world.kid("bashir"), "r"]])
    if bad:
        script.wires[-1] = _bend(script.wires[-1], 2)
    return script


def control_played_again(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("ana", [["role", world.kid("bashir"), "r"]])
    script.control("ana", [["role", world.kid("bashir"), "w"]])
    if bad:
        script.wires.append(script.wires[1])
    return script


def same_epoch_replayed(world: World, bad: bool) -> Script:
    """The same wire twice under one epoch: its sender saw fewer events, which is lawful, but the second copy is the same event;
    the host refuses it by (sender, client_id, client_seq), and whoever wrote after the first copy only gives the host away."""
    script = Script(world, TRIO)
    script.post("bashir", "uno")
    script.post("ana", "dos")
    if bad:
        script.wires.insert(2, script.wires[1])
    return script


def demoted_member_posts(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("ana", [["role", world.kid("bashir"), "r"]])
    script.post("bashir" if bad else "carmen")
    return script


def posts_before_joining(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    if bad:
        script.post("ines")
    script.control("ana", [script.add("ines"), script.history("ines", "ana", 0, 0)])
    if not bad:
        script.post("ines")
    return script


# --- The past is judged by the log of its time ------------------------------------------------------------------------------


def supervisor_only_since_today(world: World, bad: bool) -> Script:
    """Bashir adds a colleague, and is made supervisor afterwards: that does not make it lawful. (In the twin he is one first.)"""
    if not bad:
        world.promote("bashir", certs.SUPERVISOR)
    script = Script(world, TRIO)
    script.control("bashir", [script.add("ines"), script.history("ines", "bashir", 0, 0)])
    if bad:
        world.promote("bashir", certs.SUPERVISOR)
    return script


def supervisor_no_longer(world: World, bad: bool) -> Script:
    """The twin: what a supervisor did stays lawful after a renewal as officer."""
    if bad:
        world.promote("ines", certs.OFFICER)
    script = Script(world, {"ana": "o", "ines": "w", "carmen": "w"})
    script.control("ines", [script.add("bashir"), script.history("bashir", "ines", 0, 0)])
    if not bad:
        world.promote("ines", certs.OFFICER)
    return script


def delisted_country_added(world: World, bad: bool) -> Script:
    """The twin: what was lawful before our authority delisted the other stays readable, its posts too."""
    script = Script(world, TRIO)
    if bad:
        world.delist("MX")
    script.control("ana", [script.add("ines"), script.history("ines", "ana", 0, 0)])
    script.post("bashir")
    if not bad:
        world.delist("MX")
    return script


def guest_whose_key_was_revoked(world: World, bad: bool) -> Script:
    """The twin: an acceptance stands, though the key that signed it is revoked later."""
    if bad:
        world.revoke("bashir", "elena")
    script, proposal = _case(world)
    script.act("bashir", _answer(proposal), guest=True)
    if not bad:
        world.revoke("bashir", "elena")
    return script


def guest_answers_under_another_name(world: World, bad: bool) -> Script:
    """Not canonical base64url: lenient readers would take it for the same event."""
    script, proposal = _case(world)
    name = b64u(proposal)
    body = json.dumps({"act": "referral.accept", "v": 1, "reply_to": name[:5] + "!" + name[5:] if bad else name})
    script.act("bashir", body.encode(), guest=True)
    return script


def guest_answers_with_no_number(world: World, bad: bool) -> Script:
    """NaN is not JSON: one parser takes it, another does not."""
    script, proposal = _case(world)
    body = _answer(proposal)
    script.act("bashir", body[:-1] + b', "x": NaN}' if bad else body, guest=True)
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
    "a new key confirms its own reset": ("rekey", new_key_confirms_its_own_reset, "not_confirmed"),
    "an old key confirms its own reset": ("rekey", old_key_confirms_its_own_reset, "not_confirmed"),
    "a reset hidden behind a continuous step": ("rekey", reset_hidden_behind_a_continuous_step, "not_confirmed"),
    "a new key signed for by a revoked one": ("rekey", signed_for_by_a_revoked_key, "not_confirmed"),
    "a new key signed for by a replaced one": ("rekey", signed_for_by_a_replaced_key, "not_confirmed"),
    "a new key takes the place of another person": ("rekey", new_key_takes_the_place_of_another, "not_allowed"),
    "a new key that is not the newest": ("rekey", new_key_that_is_not_the_newest, "not_vouched"),
    "a new key of somebody outside": ("rekey", new_key_of_somebody_outside, "no_such_member"),
    "a new key while the old epoch goes on": ("rekey", new_key_while_the_old_epoch_goes_on, "needs_new_epoch"),
    "the old key still gets the new epoch": ("rekey", old_key_still_gets_the_new_epoch, "wrong_recipients"),
    "a new key confirmed from outside": ("rekey", new_key_confirmed_from_outside, "not_a_member"),
    "a colleague disowns another's messages": ("rekey", colleague_disowns_anothers_messages, "not_allowed"),
    "messages disowned before they are written": ("rekey", messages_disowned_before_they_are_written, "bad_wire"),
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
    "founded without a key": ("genesis", genesis_without_a_key, "bad_genesis"),
    "the first key leaves a member out": ("genesis", genesis_key_leaves_a_member_out, "wrong_recipients"),
    "a genesis that is not the channel's": ("genesis", genesis_of_another_channel, "bad_genesis"),
    "a second genesis": ("genesis", second_genesis, "bad_genesis"),
    "a focal point of another country adds": ("add", focal_member_adds_own_country, "not_allowed"),
    "two coordinators of one country for a new one": (
        "add new country",
        new_country_by_two_of_one_country,
        "not_enough_countries",
    ),
    "an approval of an earlier past": ("add new country", approval_of_an_earlier_past, "bad_approval"),
    "an approver made by the same event": ("role", approver_made_in_the_same_event, "bad_approval"),
    "a false approval where none is needed": ("add", junk_approval_where_none_is_needed, "bad_approval"),
    "a focal point outside removes again while pending": ("rekey pending", removed_by_a_focal_outside_twice, "rekey_pending"),
    "a focal point outside adds": ("add", focal_outside_adds, "not_a_member"),
    "removes who is not there": ("remove", removes_who_is_not_there, "no_such_member"),
    "disowns what is not yet written": ("remove", disowns_the_future, "bad_wire"),
    "the removed member gets the new key": ("new_epoch", removed_member_still_sealed_to, "wrong_recipients"),
    "a new key sealed twice to one": ("new_epoch", sealed_twice_to_one, "wrong_recipients"),
    "the last coordinator steps down": ("role", last_coordinator_steps_down, "last_coordinator"),
    "history by a reader where custodians may": ("hist", custodian_grants_where_a_writer_may_not, "not_allowed"),
    "history backwards": ("hist", history_backwards, "wrong_epoch"),
    "added with an old key only": ("add", old_history_with_an_add, "needs_history"),
    "a policy without the other country": ("policy", policy_without_the_other_country, "not_enough_countries"),
    "a change under an old key": ("control", control_in_another_epoch, "wrong_epoch"),
    "a change that saw another past": ("seen_n", control_that_saw_another_past, "stale_head"),
    "a change of nothing": ("control", control_that_changes_nothing, "bad_wire"),
    "an altered change": ("control", control_altered, "bad_hash"),
    "a change played again": ("control", control_played_again, "stale_head"),
    "a message played again before its answer": ("5.3", same_epoch_replayed, "wrong_transcript"),
    "a demoted member posts": ("5.3", demoted_member_posts, "not_allowed"),
    "a post before joining": ("5.3", posts_before_joining, "not_a_member"),
    "a supervisor only since today": ("log_size", supervisor_only_since_today, "not_allowed"),
    "a supervisor no longer": ("log_size", supervisor_no_longer, "not_allowed"),
    "somebody of a delisted country is added": ("log_size", delisted_country_added, "not_vouched"),
    "a guest whose key was revoked": ("guest", guest_whose_key_was_revoked, "not_a_member"),
    "a guest answers a name that is not canonical": ("guest", guest_answers_under_another_name, "not_a_member"),
    "a guest answers in what is not JSON": ("guest", guest_answers_with_no_number, "not_a_member"),
}


# --- Keys that are given: what a keyring refuses (5.2) ----------------------------------------------------------------------


def another_secret_than_committed(world: World, bad: bool) -> Script:
    """Ana commits to one secret and gives Bashir another: he would read what nobody else wrote."""
    script = Script(world, TRIO)
    script.control("ana", [], new_epoch=(1, ["ana", "bashir", "carmen"]), secret=seed("only for Bashir") if bad else None)
    return script


def another_grant_than_announced(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    if bad:
        n, granter, to, _ = script.grants[1]
        script.grants[1] = [n, granter, to, script.grant("bashir", "ana", {0: seed("of the host")})]
    return script


def grant_sealed_to_another(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("ana", [script.add("ines"), script.history("ines", "ana", 0, 0, sealed_to="fernando" if bad else "ines")])
    return script


def history_with_a_false_key(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("ana", [script.add("ines"), script.history("ines", "ana", 0, 0, secrets={0: seed("false")} if bad else None)])
    return script


def history_with_fewer_keys_than_said(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    script.control("ana", [], new_epoch=(1, ["ana", "bashir", "carmen"]))
    script.control(
        "ana", [script.add("ines"), script.history("ines", "ana", 0, 1, secrets={1: script.secret(1)} if bad else None)]
    )
    return script


def grant_withheld(world: World, bad: bool) -> Script:
    script = Script(world, TRIO)
    if bad:
        script.grants = [row for row in script.grants if row[2] != world.kid("bashir")]
    return script


GRANTS = {
    "another secret than committed": (another_secret_than_committed, "wrong_commit"),
    "another grant than announced": (another_grant_than_announced, "missing_epoch_key"),
    "a grant sealed to another": (grant_sealed_to_another, "bad_grant"),
    "a history with a false key": (history_with_a_false_key, "wrong_commit"),
    "a history with fewer keys than said": (history_with_fewer_keys_than_said, "bad_grant"),
    "a grant withheld by the host": (grant_withheld, "missing_epoch_key"),
}


def reader_of(script: Script) -> str:
    """Whose keyring is looked at: Ines where she was added, else Bashir."""
    return "ines" if script.world.kid("ines") in script.state.members else "bashir"


def grant_rows() -> Iterator[tuple[str, str, Script, Script]]:
    for name, (make, code) in GRANTS.items():
        yield name, code, *both(make)


# --- Key logs: what a sovereign replay makes of them (section 4) ------------------------------------------------------------


def _log(change: Any) -> World:
    world = World()
    change(world)
    return world


def _certified(world: World, name: str, code: str, role: int, issuer: str, *, gen: int = 0, subject: str | None = None) -> None:
    """A certificate of `name` by the focal point `issuer`, lawful or not."""
    person, focal = world.people[name], world.people[issuer]
    who = seed(f"subject {subject or name}")[:16]
    request = certs.parse_request(make_request(person, code, who, name.title(), role, gen))
    world.leaves.append(certify(request, focal.sig_seed, focal.kid, NBF, EXP))


def host_makes_a_root(world: World) -> None:
    world.leaves.append(make_root_leaf(seed("root of the host"), "US", "US", AT))


def host_makes_a_second_root(world: World) -> None:
    world.leaves.append(make_root_leaf(seed("root of the host"), "MX", "MX", AT))


def host_makes_a_trust_list(world: World) -> None:
    last = world.directory().trust_lists[-1][1]
    rows = [("US", sign_public(seed("root of the host")), certs.TRUSTED)]
    world.leaves.append(make_trust_leaf(seed("root of the host"), "HN", 2, last.signed, rows))


def trust_list_skips_a_number(world: World) -> None:
    last = world.directory().trust_lists[-1][1]
    world.leaves.append(make_trust_leaf(world.roots["HN"], "HN", 3, last.signed, []))


def trust_list_on_another_past(world: World) -> None:
    world.leaves.append(make_trust_leaf(world.roots["HN"], "HN", 2, b"another list", []))


LOGS = {
    "as it should be": lambda world: None,
    "a root that nobody lists": host_makes_a_root,
    "a second root of one authority": host_makes_a_second_root,
    "a trust list of the host": host_makes_a_trust_list,
    "a trust list that skips a number": trust_list_skips_a_number,
    "a trust list on another past": trust_list_on_another_past,
    "vouched by the focal point of another country": lambda world: _certified(world, "sly", "HN", certs.OFFICER, "elena"),
    "vouched by an officer": lambda world: _certified(world, "sly", "HN", certs.OFFICER, "ana"),
    "a focal point made by a focal point": lambda world: _certified(world, "sly", "HN", certs.FOCAL, "diego"),
    "another country's person taken over": lambda w: _certified(w, "sly", "HN", certs.OFFICER, "diego", gen=1, subject="bashir"),
    "a second key of the same generation": lambda w: _certified(w, "sly", "HN", certs.OFFICER, "diego", subject="ana"),
    "a key reset": lambda world: _certified(world, "sly", "HN", certs.OFFICER, "diego", gen=1, subject="ana"),
    "vouched by a revoked focal point": lambda w: (
        w.revoke("diego", "diego"),
        _certified(w, "sly", "HN", certs.OFFICER, "diego"),
    ),
    "revoked by the focal point of another country": lambda world: world.revoke("ana", "elena"),
    "revoked by a colleague": lambda world: world.revoke("ana", "carmen"),
    "revoked lawfully": lambda world: world.revoke("ana", "diego"),
    "revoked twice": lambda world: (world.revoke("ana", "diego"), world.revoke("ana", "ana")),
    "delisted": lambda world: world.delist("MX"),
    "promoted": lambda world: world.promote("ana", certs.SUPERVISOR),
    "a witness admitted": lambda world: world.witness("HN", "diego"),
    "a witness that ended": lambda world: (world.witness("HN", "diego"), world.witness("HN", "diego", runs=False)),
    "a witness admitted by an officer": lambda world: world.witness("HN", "ana"),
    "a witness admitted by the focal point of another country": lambda world: world.witness("HN", "elena"),
    "a witness admitted by a revoked focal point": lambda w: (w.revoke("diego", "diego"), w.witness("HN", "diego")),
    "junk": lambda world: world.leaves.append(b"\x84junk"),
    "a leaf whose name is a list": lambda w: w.leaves.append(cbor.encode([["enl1.leaf.root"], *cbor.decode(w.leaves[0])[1:]])),
}


def log_rows() -> Iterator[tuple[str, World]]:
    for name, change in LOGS.items():
        yield name, _log(change)
