"""The rules of acts: `parse` reads the signed bytes strictly, `judge` says why an act cannot stand, in sentences.

Judging happens before an act gets its place in the transcript; what was judged once always projects
(cases/projection.py). Both are pure."""

import itertools
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.kinds import kind, kinds
from cases.kinds.base import Kind, barriers, signers, standing, targets
from cases.kinds.fields import (
    MAX_PERSONS,
    Day,
    Errors,
    Field,
    Naming,
    OneOf,
    Refs,
    Sentence,
    day,
    namings,
    spans,
    when,
)
from cases.kinds.fields import (
    parse as parse_fields,
)
from cases.kinds.state import FORMER, INVITED, OWNER, TAKING_PART, TRANSIT, Act, CaseState
from cases.world import World

GUEST_ACTS = frozenset(("referral.accept", "referral.decline"))
YEAR = timedelta(days=366)


class NotAnActError(ValueError):
    """The bytes are not one JSON object with unique keys and whole numbers."""


def parse(body: bytes) -> dict[str, Any]:
    """The JSON object of a signed act. Raises NotAnActError.

    Strict, because two readers of one signature must never see two acts: a key said
    twice, NaN or a fraction is refused."""
    try:
        data = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_no_twins,
            parse_constant=_refuse_number,
            parse_float=_refuse_number,
            parse_int=_small_int,
        )
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise NotAnActError from error
    if not isinstance(data, dict) or not isinstance(data.get("act"), str) or data.get("v") != 1 or data["v"] is True:
        raise NotAnActError
    return data


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotAnActError
    return found


def _refuse_number(text: str) -> Any:
    raise NotAnActError


def _small_int(text: str) -> int:
    if len(text) > 12:
        raise NotAnActError
    return int(text)


def judge(state: CaseState | None, act: Act, world: World, guest: bool = False, *, form_only: bool = False) -> Errors:
    """{field: sentence} of everything that keeps `act` out of the case; empty when it may stand.

    `guest`: the signer is no member of the channel (it may answer a referral and nothing else). `form_only` stops
    before the network is asked, so that a caller may load just the part of it that a well-formed act names."""
    errors = _judge_place(state, act, guest) or _judge_form(state, act)
    if errors or form_only:
        return errors
    return _judge_names(state, act, world) or _judge_persons(state, act) or _judge_meaning(state, act, world)


def _refusal(field: str, text: Any, **values: object) -> Errors:
    return {field: Sentence(text, values)}


# --- May this signer say this here at all? ---------------------------------------------------------------------------


def _judge_place(state: CaseState | None, act: Act, guest: bool) -> Errors:
    if state is None:
        return {} if act.name == "case.open" and not guest else _refusal("act", _("This channel is not a case yet."))
    if act.name == "case.open":
        return _refusal("act", _("This case is open already."))
    if state.closed:
        return _refusal("act", _("This case is closed: nothing more can be added to it."))
    if act.name in GUEST_ACTS:
        return {}
    if guest or state.role(act.authority) not in TAKING_PART:
        return _refusal("act", _("Your authority does not take part in this case."))
    return {}


# --- Is it well formed? ----------------------------------------------------------------------------------------------


def _judge_form(state: CaseState | None, act: Act) -> Errors:
    if state is None:
        said = act.data.get("kind")
        found = kinds().get(said) if isinstance(said, str) else None
        if found is None:
            return _refusal("kind", _("We do not know this kind of case."))
    else:
        found = kind(state.kind)
    if act.name not in found.acts:
        return _refusal("act", _("This kind of case has no such step."))
    if act.name == "fact":
        return _judge_fact_form(found, act)
    return parse_fields(found.acts[act.name].fields, _said(act))


def _said(act: Act) -> dict[str, Any]:
    return {key: value for key, value in act.data.items() if key not in ("act", "v")}


def _judge_fact_form(sort: Kind, act: Act) -> Errors:
    name = act.data.get("name")
    if not isinstance(name, str) or name not in sort.by_name:
        return _refusal("name", _("This kind of case has no such fact."))
    errors = parse_fields(fact_fields(sort, name), _said(act))
    if not errors and (on := day(act.data["on"])) and on > (act.at + timedelta(days=1)).date():
        errors = _refusal("on", _("This date lies in the future."))
    return errors


def fact_fields(sort: Kind, name: str) -> tuple[Field, ...]:
    """The fields of an act "fact" that states the fact `name`."""
    fact = sort.by_name[name]
    return (
        Field("name", OneOf({name: fact.label}), _("Fact")),
        Field("value", OneOf(fact.values), _("Decision")),
        Field("basis", OneOf(fact.bases), _("Basis")),
        Field("on", Day(), _("Date")),
        *((Field("persons", Refs(), _("Persons")),) if fact.per_person else ()),
        *fact.extras,
    )


# --- Does it name only what exists and may be named? -----------------------------------------------------------------


def named_in(sort: Kind, act: Act) -> list[Naming]:
    """Every authority, post and key that a well-formed act names."""
    fields = fact_fields(sort, act.data["name"]) if act.name == "fact" else sort.acts[act.name].fields
    return list(namings(fields, act.data))


def _judge_names(state: CaseState | None, act: Act, world: World) -> Errors:
    sort = kind(state.kind if state else act.data["kind"])
    for naming in named_in(sort, act):
        authority = _authority_of(naming, world)
        if authority is None:
            return _refusal(naming.path, UNKNOWN[naming.what])
        if act.name != "withhold" and (held := withheld_persons(sort, state, authority)):
            # The brake: an authority that must not learn of a person is not named, asked, added or told.
            return _refusal(naming.path, _("{persons} is withheld from this authority."), persons=spans(held))
    if "to" in act.data and "post" in act.data and world.posts[act.data["post"]].authority != act.data["to"]:
        return _refusal("post", _("This post belongs to another authority."))
    return {}


UNKNOWN = {
    "authority": _("This authority is not in the network."),
    "post": _("This post is not in the network."),
    "key": _("This officer has no vouched key."),
}


def _authority_of(naming: Naming, world: World) -> str | None:
    if naming.what == "authority":
        return naming.id if naming.id in world.authorities else None
    found = world.posts.get(naming.id) if naming.what == "post" else world.keys.get(naming.id)
    return found.authority if found else None


def withheld_persons(sort: Kind, state: CaseState | None, authority: str) -> tuple[str, ...]:
    """The persons this authority must not learn of: those withheld by an act, and those the kind itself holds back from
    an authority that takes no part yet."""
    if state is None:
        return ()
    held = state.withheld_from().get(authority, ())
    if state.role(authority) not in TAKING_PART:
        held += sort.brakes(state).get(authority, ())
    return tuple(dict.fromkeys(held))


# --- Are the persons in the case? ------------------------------------------------------------------------------------


def _judge_persons(state: CaseState | None, act: Act) -> Errors:
    if act.name in ("case.open", "person.add"):
        return _judge_new_persons(state, act)
    if state is None or act.name == "count" or "persons" not in act.data:
        return {}
    refs = targets(kind(state.kind), state, act)
    if not refs:
        return _refusal("persons", _("There is nobody whom this can concern now."))
    unknown = [ref for ref in refs if ref not in state.persons or state.persons[ref].off]
    if unknown:
        return _refusal("persons", _("{persons} is not in this case."), persons=spans(unknown))
    return {}


def _judge_new_persons(state: CaseState | None, act: Act) -> Errors:
    known = set(state.persons) if state else set()
    for place, one in enumerate(act.data["persons"]):
        if one["ref"] in known:
            return _refusal(f"persons.{place}.ref", _("{person} is in the case already."), person=one["ref"])
        known.add(one["ref"])
    if len(known) > MAX_PERSONS:
        return _refusal("persons", _("A case holds at most {limit} persons: open another one."), limit=MAX_PERSONS)
    return {}


# --- Does it make sense now? -----------------------------------------------------------------------------------------


def _judge_meaning(state: CaseState | None, act: Act, world: World) -> Errors:
    if state is None:
        return _judge_opening(act, world)
    sort = kind(state.kind)
    refs = () if act.name in ("person.add", "count") else targets(sort, state, act)
    rule = RULES.get(act.name)
    return (rule(sort, state, act, world, refs) if rule else {}) or sort.check(state, act, world, refs)


def _judge_opening(act: Act, world: World) -> Errors:
    if world.posts[act.data["desk"]].authority != act.authority:
        return _refusal("desk", _("A case is opened at a desk of your own authority."))
    if world.members - {act.authority}:
        # Whoever is in the channel reads everything: other authorities enter by a referral that they accept.
        return _refusal("act", _("A new case begins with officers of one authority; refer it to bring in others."))
    return {}


def _person_off(sort: Kind, state: CaseState, act: Act, world: World, refs: tuple[str, ...]) -> Errors:
    received = [ref for ref in refs if state.persons[ref].received]
    if received:
        return _refusal("persons", _("{persons} was received and stays in the case."), persons=spans(received))
    return {}


def _fact(sort: Kind, state: CaseState, act: Act, world: World, refs: tuple[str, ...]) -> Errors:
    if sort.by_name[act.data["name"]].by and act.authority != state.receiver:
        return _refusal("name", _("Only the receiving authority states this."))
    return {}


def _propose_referral(sort: Kind, state: CaseState, act: Act, world: World, refs: tuple[str, ...]) -> Errors:
    data = act.data
    if data["to"] == act.authority:
        return _refusal("to", _("This is your own authority: assign an officer instead."))
    if state.role(act.authority) == TRANSIT:
        return _refusal("act", _("An authority in transit does not refer the case onward."))
    if data["purpose"] == "transfer" and act.authority != state.owner:
        return _refusal("purpose", _("Only the authority that holds the case can hand it over."))
    if state.handling == "H2" and act.authority != state.owner:
        return _refusal("to", _("Handling H2: only the authority that holds the case shares it."))
    if any(r.to == data["to"] and r.purpose == data["purpose"] for r in state.open_referrals()):
        return _refusal("purpose", _("A referral to this authority with this purpose waits for its answer."))
    if not act.at < when(data["due"]) < act.at + YEAR:
        return _refusal("due", _("The answer is due within a year from now."))
    strangers = [kid for kid in data.get("bring", ()) if world.keys[kid].authority != data["to"]]
    return _refusal("bring", _("Ask for officers of that authority.")) if strangers else {}


def _accept_referral(sort: Kind, state: CaseState, act: Act, world: World, refs: tuple[str, ...]) -> Errors:
    if errors := _decline_referral(sort, state, act, world, refs):
        return errors
    if any(world.keys[kid].authority != act.authority for kid in act.data["officers"]):
        return _refusal("officers", _("Name officers of your own authority."))
    return {}


def _decline_referral(sort: Kind, state: CaseState, act: Act, world: World, refs: tuple[str, ...]) -> Errors:
    referral = state.referrals.get(act.data["reply_to"])
    if referral is None or referral.to != act.authority:
        return _refusal("reply_to", _("There is no such referral to your authority."))
    if referral.state != "proposed":
        return _refusal("reply_to", _("This referral was answered or revoked already."))
    return {}


def _revoke_referral(sort: Kind, state: CaseState, act: Act, world: World, refs: tuple[str, ...]) -> Errors:
    referral = state.referrals.get(act.data["reply_to"])
    if referral is None or act.authority not in (referral.sender, state.owner):
        return _refusal("reply_to", _("There is no such referral of your authority."))
    if referral.state not in ("proposed", "accepted"):
        return _refusal("reply_to", _("This referral ended already."))
    if state.role(referral.to) == OWNER:
        return _refusal("reply_to", _("That authority holds the case now."))
    if any(p.given_to == referral.to for p in state.present()):
        return _refusal("reply_to", _("Persons were handed to that authority: the referral can no longer be revoked."))
    return {}


def _withhold(sort: Kind, state: CaseState, act: Act, world: World, refs: tuple[str, ...]) -> Errors:
    source = act.data["from"]
    if source == act.authority or state.role(source) in (*TAKING_PART, FORMER):
        return _refusal("from", _("That authority takes part already and has read the case."))
    if state.role(source) == INVITED:
        return _refusal("from", _("Revoke the referral to that authority first."))
    return {}


def _propose_lift(sort: Kind, state: CaseState, act: Act, world: World, refs: tuple[str, ...]) -> Errors:
    one = state.withheld.get(act.data["reply_to"])
    if one is None or one.by != act.authority or one.lifted:
        return _refusal("reply_to", _("Your authority withheld nothing by this step."))
    return {}


def _lift(sort: Kind, state: CaseState, act: Act, world: World, refs: tuple[str, ...]) -> Errors:
    one = next((one for one in state.withheld.values() if one.lift_event == act.data["reply_to"]), None)
    if one is None or one.by != act.authority or one.lifted:
        return _refusal("reply_to", _("Your authority proposed no lifting by this step."))
    if one.lift_subject == act.subject:
        # Compared by person, not by key: an officer with a renewed key is still the same officer.
        return _refusal("reply_to", _("A second officer of your authority lifts it, not the one who proposed it."))
    return {}


def _change_due(sort: Kind, state: CaseState, act: Act, world: World, refs: tuple[str, ...]) -> Errors:
    clock = next(one for one in sort.clocks if one.code == act.data["clock"])
    if clock.due_at(state) is None:
        return _refusal("clock", _("This term is not running."))
    if not act.at < when(act.data["at"]) < act.at + YEAR:
        return _refusal("at", _("The new date lies within a year from now."))
    return {}


def _assign(sort: Kind, state: CaseState, act: Act, world: World, refs: tuple[str, ...]) -> Errors:
    if world.keys[act.data["officer"]].authority != act.authority:
        return _refusal("officer", _("Name an officer of your own authority."))
    return {}


def _plan(sort: Kind, state: CaseState, act: Act, world: World, refs: tuple[str, ...]) -> Errors:
    data = act.data
    if errors := _judge_journey(sort, state, act, refs):
        return errors
    if any(state.persons[ref].departed for ref in refs):
        left = [ref for ref in refs if state.persons[ref].departed]
        return _refusal("persons", _("{persons} has left already."), persons=spans(left))
    stops = [when(leg["arrive_at"]) for leg in data.get("legs", ())]
    moments = [when(data["depart_at"]), *stops, when(data["arrive_at"])]
    if any(earlier >= later for earlier, later in itertools.pairwise(moments)):
        return _refusal("arrive_at", _("Departure, stops and arrival must follow one another."))
    if moments[0] < act.at - timedelta(hours=1):
        return _refusal("depart_at", _("The departure lies in the past."))
    return {}


def _judge_journey(sort: Kind, state: CaseState, act: Act, refs: tuple[str, ...]) -> Errors:
    """Rules of plan, departure and handover alike."""
    if state.role(act.data["to"]) not in TAKING_PART or act.data["to"] == act.authority:
        return _refusal("to", _("Another authority that accepted a referral receives."))
    if sort.travels is not sort.in_scope:
        settled = [ref for ref in refs if not sort.travels(state, state.persons[ref])]
        if settled:
            return _refusal("persons", _("{persons} has not chosen to travel."), persons=spans(settled))
    return {}


def _depart(sort: Kind, state: CaseState, act: Act, world: World, refs: tuple[str, ...]) -> Errors:
    if errors := _judge_journey(sort, state, act, refs):
        return errors
    gone = [ref for ref in refs if state.persons[ref].departed]
    if gone:
        return _refusal("persons", _("{persons} has left already."), persons=spans(gone))
    return _judge_barriers(sort, state, refs) or _judge_done(act)


def _judge_barriers(sort: Kind, state: CaseState, refs: tuple[str, ...]) -> Errors:
    shut = barriers(sort, state, sort.departure, refs)
    return {"persons": shut[0].sentence} if shut else {}


def _judge_done(act: Act) -> Errors:
    """A thing that happened is not registered before it happened (an hour's grace for clocks that differ)."""
    if when(act.data["at"]) > act.at + timedelta(hours=1):
        return _refusal("at", _("This lies in the future."))
    return {}


def _count(sort: Kind, state: CaseState, act: Act, world: World, refs: tuple[str, ...]) -> Errors:
    return _judge_done(act)


def _give(sort: Kind, state: CaseState, act: Act, world: World, refs: tuple[str, ...]) -> Errors:
    if errors := _judge_journey(sort, state, act, refs):
        return errors
    given = [ref for ref in refs if state.persons[ref].given_to]
    if given:
        return _refusal("persons", _("{persons} was handed over already."), persons=spans(given))
    still_here = tuple(ref for ref in refs if not state.persons[ref].departed)
    return (_judge_barriers(sort, state, still_here) if still_here else {}) or _judge_done(act)


def _receive(sort: Kind, state: CaseState, act: Act, world: World, refs: tuple[str, ...]) -> Errors:
    if world.posts[act.data["post"]].authority != act.authority:
        return _refusal("post", _("Name the post of your own authority that received."))
    not_given = [ref for ref in refs if state.persons[ref].given_to != act.authority]
    if not_given:
        return _refusal("persons", _("{persons} was not handed over to your authority."), persons=spans(not_given))
    twice = [ref for ref in refs if state.persons[ref].received]
    if twice:
        return _refusal("persons", _("{persons} was received already."), persons=spans(twice))
    return _judge_done(act)


def _propose_closing(sort: Kind, state: CaseState, act: Act, world: World, refs: tuple[str, ...]) -> Errors:
    if state.closing is not None:
        return _refusal("act", _("A closing waits for its second signature already."))
    if state.open_referrals():
        return _refusal("act", _("A referral waits for its answer: have it answered or revoke it first."))
    on_the_way = [p.ref for p in state.present() if (p.departed or p.given_to) and not p.received]
    if on_the_way:
        return _refusal("outcome", _("{persons} left and was not received yet."), persons=spans(on_the_way))
    if act.data["outcome"] in sort.early:
        return {}
    shut = [one for one in standing(sort, state).missing if one.gate != "closing"]
    return {"outcome": shut[0].sentence} if shut else {}


def _sign_closing(sort: Kind, state: CaseState, act: Act, world: World, refs: tuple[str, ...]) -> Errors:
    if state.closing is None or state.closing.event_id != act.data["reply_to"]:
        return _refusal("reply_to", _("No closing waits for a signature here."))
    if act.authority not in signers(state):
        return _refusal("reply_to", _("Another authority that takes part signs the closing."))
    if act.subject == state.closing.subject:
        return _refusal("reply_to", _("A second officer signs, not the one who proposed."))
    return {}


def _decline_closing(sort: Kind, state: CaseState, act: Act, world: World, refs: tuple[str, ...]) -> Errors:
    if state.closing is None or state.closing.event_id != act.data["reply_to"]:
        return _refusal("reply_to", _("No closing waits for a signature here."))
    return {}


Rule = Callable[[Kind, CaseState, Act, World, tuple[str, ...]], Errors]
RULES: Mapping[str, Rule] = {
    "person.off": _person_off,
    "fact": _fact,
    "referral.propose": _propose_referral,
    "referral.accept": _accept_referral,
    "referral.decline": _decline_referral,
    "referral.revoke": _revoke_referral,
    "withhold": _withhold,
    "withhold.lift.propose": _propose_lift,
    "withhold.lift": _lift,
    "due": _change_due,
    "assign": _assign,
    "plan": _plan,
    "depart": _depart,
    "count": _count,
    "handover.give": _give,
    "handover.receive": _receive,
    "close.propose": _propose_closing,
    "close.sign": _sign_closing,
    "close.decline": _decline_closing,
}
