"""The pages of the tracker. They work without unlocking: what is sealed stands in marked slots that the page's module
opens in place, and what must be signed is a form that it signs."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from cases import board as queries
from cases import forms, rows, shapes
from cases.access import OVERSEERS, case_for
from cases.kinds import kind, kinds
from cases.names import Names, person_view
from cases.projection import replay
from liaison.http import page
from sealed.errors import EnlaceError

PERSONS_SHOWN = 60


def _officer(request: HttpRequest) -> Any:
    """The signed-in officer; `page` lets nobody else in."""
    return request.user


@page()
def board(request: HttpRequest) -> HttpResponse:
    """The board: numbers, filters and a page of cases in the order of their terms."""
    filters = queries.parse(request.GET)
    found = queries.page(request.user, filters, request.GET.get("after", ""))
    names = Names(request.user)
    context = {
        "rows": shapes.row_views(found.cases, request.user, names),
        "next": _address(filters.chosen | {"after": found.next}) if found.next else "",
        "first": _address(filters.chosen) if "after" in request.GET else "",
        "filters": filters,
        "totals": _tallies(request, filters),
        "kinds": _counts(request, filters),
        "choices": _choices(request, names),
        "filtered": bool(filters.chosen),
        "query": urlencode(filters.chosen),
        "overseer": _officer(request).role in OVERSEERS,
    }
    return render(request, "cases/board.html", context)


def _address(query: dict[str, str]) -> str:
    return f"{reverse('board')}?{urlencode(query)}" if query else reverse("board")


TALLIES: tuple[tuple[str, dict[str, str], str], ...] = (
    ("open", {}, ""),
    ("overdue", {"overdue": "1"}, "bad"),
    ("urgent", {"urgent": "1"}, "bad"),
    ("us", {"waiting": "us"}, "warn"),
    ("them", {"waiting": "them"}, ""),
    ("signatures", {"signature": "1"}, "warn"),
)


def _tallies(request: HttpRequest, filters: queries.Filters) -> list[dict[str, Any]]:
    numbers = queries.totals(request.user)
    return [
        {
            "name": name,
            "n": numbers[name],
            "url": _address(query),
            "tone": tone if numbers[name] else "",
            "current": filters.chosen == query,
        }
        for name, query, tone in TALLIES
    ]


def _counts(request: HttpRequest, filters: queries.Filters) -> list[dict[str, Any]]:
    views = shapes.count_views(queries.counts(request.user))
    for one in views:
        one["url"] = _address({"kind": one["kind"]})
        for stage in one["stages"]:
            stage["url"] = _address({"kind": one["kind"], "stage": stage["stage"]})
            stage["current"] = (filters.kind, filters.stage) == (one["kind"], stage["stage"])
    return views


def _choices(request: HttpRequest, names: Names) -> dict[str, Any]:
    found = queries.choices(request.user)
    posts = [names.post(post) for post in found["posts"]]
    return {
        "kinds": [{"code": one.code, "label": str(one.label)} for one in kinds().values()],
        "partners": [{"code": code, "label": names.authority(code)} for code in found["partners"]],
        "posts": sorted((one for one in posts if one["name"]), key=lambda one: one["name"]),
        "officers": sorted((person_view(one) or {} for one in found["officers"]), key=lambda one: one["name"]),
    }


@page()
def case_page(request: HttpRequest, code: str) -> HttpResponse:
    """One case: where it stands and what it asks for; the channel beside it for those who are in it."""
    case = case_for(request.user, code)
    view = shapes.case_view(case, request.user)
    state = replay(rows.read_acts(case.pk))
    sort, names = kind(case.kind), Names(request.user)
    forms_here: list[forms.ActForm] = []
    if state is not None and view["powers"]["sign"]:
        forms_here = forms.act_forms(sort, state, names) + forms.answer_forms(sort, state, names)
    elif state is not None and view["powers"]["answer"]:
        forms_here = [one for one in forms.answer_forms(sort, state, names) if one.act in forms.GUEST_ANSWERS]
    everybody = "persons" in request.GET or len(view["persons"]) <= PERSONS_SHOWN
    context = view | {
        "data": view | {"persons": shapes.brief(view["persons"]), "facts": [fact.shape() for fact in sort.facts]},
        "forms": forms_here,
        "shown": view["persons"] if everybody else view["persons"][:PERSONS_SHOWN],
        "more": 0 if everybody else len(view["persons"]) - PERSONS_SHOWN,
        "timeline_newest": list(reversed(view["timeline"])),
        "channel_id": case.pk if view["sight"] == "content" else "",
    }
    return render(request, "cases/case.html", context)


@page()
def new_case(request: HttpRequest) -> HttpResponse:
    """Choose a kind, then the form of that kind."""
    code = request.GET.get("kind", "")
    if code and code not in kinds():
        raise EnlaceError("not_found")
    names = Names(request.user)
    context: dict[str, Any] = {"kinds": list(kinds().values()), "kind": None}
    if code:
        sort = kind(code)
        form = forms.opening(sort, names)
        data = {"kind": sort.shape(), "authority": _officer(request).authority_id}
        context |= {"kind": sort, "form": form, "handling": shapes.handling_choices(), "data": data}
    return render(request, "cases/new.html", context)


@page()
def import_page(request: HttpRequest) -> HttpResponse:
    """The shell of the import: the file is read, checked and sealed in the browser and never sent."""
    names = Names(request.user)
    desks = forms.Choices(None, names).posts_of([_officer(request).authority_id])
    data = {"kinds": [one.shape() for one in kinds().values()], "authority": _officer(request).authority_id}
    context = {"desks": desks, "handling": shapes.handling_choices(), "data": data}
    return render(request, "cases/import.html", context)
