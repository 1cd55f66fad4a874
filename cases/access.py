"""The read door of the tracker: the only place where a case code from outside becomes a Case.

Who sees what: a member of the channel sees the case and opens its content. Officers who serve a desk that works on it,
and the supervisors and focal points of an authority that takes part, see where it stands and nothing sealed. Officers
of an organization are guests: they see the cases whose channel they were brought into. For everybody else the case is
not there."""

from typing import Any, Literal

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cases.models import Case, CaseAuthority, CasePost, Referral
from liaison.models import Appointment
from messaging.models import Member
from sealed.errors import EnlaceError

Sight = Literal["content", "status"]
OVERSEERS = frozenset(("supervisor", "focal"))
DESK_ROLES = frozenset(("officer", "supervisor", "focal", "bot"))


def case_for(officer: Any, code: str) -> Case:
    """The case, if the officer may know of it; EnlaceError("not_found") otherwise, the same as for no case at all."""
    case = cases_for(officer).filter(code=code).first()
    if case is None:
        raise EnlaceError("not_found")
    return case


def cases_for(officer: Any) -> QuerySet[Case]:
    """Every case the officer may know of."""
    return Case.objects.filter(_is_member(officer) | _by_authority(officer))


def _is_member(officer: Any) -> Q:
    return Q(Exists(Member.objects.filter(channel=OuterRef("pk"), officer=officer, left_n=None)))


def _by_authority(officer: Any) -> Q:
    if officer.organization_id is not None or officer.role not in DESK_ROLES:
        return Q(pk__in=[])
    part = CaseAuthority.objects.filter(case=OuterRef("pk"), authority=officer.authority_id)
    if officer.role in OVERSEERS:
        return Q(Exists(part))
    desk = CasePost.objects.filter(case=OuterRef("pk"), authority=officer.authority_id, post__in=posts_of(officer))
    return Q(Exists(part)) & (Q(Exists(desk)) | Q(Exists(part.filter(assignee=officer))))


def posts_of(officer: Any) -> QuerySet[Any]:
    """Ids of the posts the officer serves today."""
    today = timezone.now().date()
    serving = Appointment.objects.filter(officer=officer, start__lte=today)
    return serving.filter(Q(end=None) | Q(end__gte=today)).values("post_id")


def sight(officer: Any, case: Case) -> Sight:
    """What the officer may open of a case it knows of."""
    member = Member.objects.filter(channel_id=case.pk, officer=officer, left_n=None).exists()
    return "content" if member else "status"


def may_sign(officer: Any, case: Case) -> bool:
    """Is the officer a member who may sign acts (coordinator or writer, of an authority, not of an organization)?"""
    if officer.organization_id is not None:
        return False
    return Member.objects.filter(channel_id=case.pk, officer=officer, left_n=None, role__in=("o", "w")).exists()


def may_answer(officer: Any, channel: Any) -> bool:
    """May this officer, who is no member, answer an open referral to the own authority in this channel? Those who serve
    the desk it was made to, and the authority's supervisors and focal points."""
    if officer.organization_id is not None or officer.role not in DESK_ROLES:
        return False
    asked = Referral.objects.filter(case_id=channel.pk, to=officer.authority_id, state="proposed")
    if officer.role not in OVERSEERS:
        asked = asked.filter(post__in=posts_of(officer))
    return asked.exists()
