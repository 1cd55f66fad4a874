"""What the case pages offer to sign: act forms built from the kinds' own schemas, with the network's choices filled in.

The server renders the fields; the page's module turns them into an act, signs it and posts it. Nothing here decides
what is allowed: cases/acts.py judges every act again."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from cases.access import posts_of
from cases.countries import ISO_3166
from cases.kinds.base import Kind
from cases.kinds.common import person_fields
from cases.kinds.fields import shapes
from cases.kinds.state import CaseState
from cases.names import Names, person_view

LANGUAGES = [
    "es",
    "en",
    "fr",
    "ht",
    "pt",
    "zh",
    "ar",
    "quc",
    "mam",
    "kek",
    "cak",
    "kjb",
    "ixl",
    "miq",
    "cab",
    "nah",
    "yua",
    "tzo",
    "tzh",
    "zap",
    "mix",
    "hi",
    "ne",
    "bn",
    "ur",
    "am",
    "ti",
    "so",
    "ln",
    "wo",
    "ru",
    "uk",
    "tr",
    "vi",
]
LATER = frozenset(("bring", "legs"))  # optional lists that the pages do not ask for


@dataclass(frozen=True)
class ActForm:
    """One dialog: the act, its visible fields and the values that are fixed by where it was opened."""

    id: str
    act: str
    title: str
    fields: list[dict[str, Any]]
    fixed: dict[str, str] = field(default_factory=dict)
    danger: bool = False


def act_forms(sort: Kind, state: CaseState, names: Names) -> list[ActForm]:
    """The dialogs of a case page, in the order of the case's life."""
    choices = Choices(state, names)
    forms = [_fact_form(sort, fact.name, choices) for fact in sort.facts]
    offered = [act for act in PAGE_ACTS if act in sort.acts]
    return forms + [ActForm(_id(act), act, str(sort.acts[act].label), choices.fields(sort, act)) for act in offered]


PAGE_ACTS = (
    "person.add",
    "person.off",
    "referral.propose",
    "plan",
    "depart",
    "count",
    "handover.give",
    "handover.receive",
    "due",
    "assign",
    "withhold",
    "close.propose",
)
GUEST_ANSWERS = frozenset(("referral.accept", "referral.decline"))
ANSWERS = ("referral.accept", "referral.decline", "referral.revoke", "withhold.lift.propose", "close.decline")


def answer_forms(sort: Kind, state: CaseState, names: Names) -> list[ActForm]:
    """Dialogs that answer an earlier step: one for each sort of answer; the button that opens it says which step."""
    choices = Choices(state, names)
    return [ActForm(_id(act), act, str(sort.acts[act].label), choices.fields(sort, act)) for act in ANSWERS]


def _id(act: str) -> str:
    return "act-" + act.replace(".", "-")


def _fact_form(sort: Kind, name: str, choices: "Choices") -> ActForm:
    fact = sort.by_name[name]
    fields = [
        {"name": "value", "label": str(_("Decision")), "required": True, "type": "one_of", "values": fact.shape()["values"]},
        {"name": "basis", "label": str(_("Basis")), "required": True, "type": "one_of", "values": fact.shape()["bases"]},
    ]
    fields += [choices.fill("fact", one) for one in shapes(fact.extras)]
    if fact.per_person:
        fields.append({"name": "persons", "label": str(_("Persons")), "required": True, "type": "refs"})
    fields.append({"name": "on", "label": str(_("Date")), "required": True, "type": "date"})
    return ActForm(f"fact-{name}", "fact", str(fact.label), fields, {"name": name})


class Choices:
    """The posts, authorities and officers that a form may offer."""

    def __init__(self, state: CaseState | None, names: Names) -> None:
        self.state, self.names = state, names
        self.mine = names.officer.authority_id

    def fields(self, sort: Kind, act: str) -> list[dict[str, Any]]:
        """The visible fields of an act. `to` follows from the post that is chosen; `reply_to` from the button."""
        found = shapes(sort.acts[act].fields)
        by_post = any(one["name"] == "post" for one in found)
        hidden = {"reply_to"} | ({"to"} if by_post else set())
        return [self.fill(act, one) for one in found if one["name"] not in hidden | LATER]

    def fill(self, act: str, one: dict[str, Any]) -> dict[str, Any]:
        if one["type"] == "post":
            return one | {"groups": self._posts(act)}
        if one["type"] == "authority":
            return one | {"values": self._strangers()}
        if one["type"] == "key" or (one["type"] == "list" and one["of"]["type"] == "key"):
            return one | {"officers": self._own_officers()}
        if one["type"] == "language":
            return one | {"codes": LANGUAGES}
        if one["type"] == "country":
            return one | {"codes": sorted(ISO_3166)}
        if one["type"] == "objects":
            return one | {"fields": [self.fill(act, inner) for inner in one["fields"]]}
        return one

    def _posts(self, act: str) -> list[dict[str, Any]]:
        if act in ("case.open", "handover.receive"):
            return self.posts_of([self.mine])
        others = [code for code in self.names.authorities if code != self.mine]
        if act in ("plan", "depart", "handover.give") and self.state:
            others = [code for code in self.state.taking_part() if code != self.mine]
        if act == "count" and self.state:
            return self.posts_of(self.state.taking_part())
        return self.posts_of(others)

    def posts_of(self, codes: Iterable[str]) -> list[dict[str, Any]]:
        """[{label, posts: [{id, name, authority}]}] of these authorities that have posts."""
        groups = []
        for code in codes:
            posts = sorted((p for p in self.names.posts.values() if p.authority_id == code), key=lambda p: p.name)
            if posts:
                listed = [{"id": str(p.pk), "name": p.name, "authority": code} for p in posts]
                groups.append({"label": self.names.authority(code), "posts": listed})
        return sorted(groups, key=lambda group: group["label"])

    def _strangers(self) -> list[dict[str, str]]:
        taking = self.state.taking_part() if self.state else ()
        return [
            {"code": code, "label": name}
            for code, name in sorted(self.names.authorities.items(), key=lambda pair: pair[1])
            if code != self.mine and code not in taking
        ]

    def _own_officers(self) -> list[dict[str, Any]]:
        people = get_user_model().objects.filter(authority_id=self.mine, is_active=True, organization=None)
        vouched = people.exclude(kid=None).exclude(kid="").order_by("name")
        return [(person_view(one) or {}) | {"kid": one.kid, "me": one.pk == self.names.officer.pk} for one in vouched]


def opening(sort: Kind, names: Names) -> dict[str, Any]:
    """The form of a new case: desk, handling, the clear fields of a person and the sealed ones."""
    choices = Choices(None, names)
    fields = shapes(person_fields(sort.flags, sort.person_fields))
    served = {str(post) for post in posts_of(names.officer).values_list("post_id", flat=True)}
    return {
        "desks": choices.posts_of([names.officer.authority_id]),
        "own_desks": served,
        "person": [choices.fill("case.open", one) for one in fields if one["name"] != "ref"],
        "sealed_person": [one.shape() for one in sort.sealed_person],
        "sealed_case": [one.shape() for one in sort.sealed_case],
    }
