"""What only a trafficking case refuses."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.kinds.fields import Errors, Sentence, spans
from cases.kinds.state import Act, CaseState


def check(state: CaseState, act: Act, world: Any, refs: tuple[str, ...]) -> Errors:
    if act.name == "fact":
        return _check_fact(state, act, refs)
    if act.name == "referral.propose":
        return _check_referral(state, refs)
    return {}


def _check_fact(state: CaseState, act: Act, refs: tuple[str, ...]) -> Errors:
    data = act.data
    persons = [state.persons[ref] for ref in refs]
    if data["name"] == "status" and data["basis"] == "act_purpose_minor":
        adults = [p.ref for p in persons if not p.child]
        if adults:
            # Palermo 3(c): only a child needs no means; for an adult the means is what makes it trafficking.
            text = _("{persons} is not under 18: the means must be shown.")
            return {"basis": Sentence(text, {"persons": spans(adults)})}
    if data["name"] == "consent" and data["value"] == "given" and not data["guardian"]:
        children = [p.ref for p in persons if p.child]
        if children:
            text = _("{persons} is under 18: the guardian consents, with the child's view.")
            return {"guardian": Sentence(text, {"persons": spans(children)})}
    if data["name"] == "consent" and data.get("expires", "9999") < data["on"]:
        return {"expires": Sentence(_("The consent would end before it was given."))}
    return {}


def _check_referral(state: CaseState, refs: tuple[str, ...]) -> Errors:
    """Nothing about a victim crosses a border without the consent of that person."""
    silent = [ref for ref in refs if state.persons[ref].says("consent", "sharing") != "given"]
    if not silent:
        return {}
    text = _("{persons} has not consented to sharing with another country. Record the consent first.")
    return {"persons": Sentence(text, {"persons": spans(silent)})}
