"""How far each case of the demo has come. A walk does what officers do, in order, and stops where its case is to stand: so every
stage, every kind of waiting and every alert is there to be seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from client.cases import Case, Step, fact, later, moment
from client.demo.lives import TONGUES, Lives
from client.demo.places import PLACES
from client.founding import Person

SOON = 20  # s: a term this short has passed when the network is complete


@dataclass(frozen=True)
class Route:
    """From the desk that holds the case to the one that is asked to receive. `backs` reads along with the sender, `joins` with
    the receiver, both keys of people.py or ""."""

    sender: str
    from_post: str
    receiver: str
    to_post: str
    backs: str = ""
    joins: str = ""


@dataclass(frozen=True)
class Story:
    kind: str
    route: Route
    stop: str
    citizenship: str
    title: str
    count: int = 1
    twist: str = ""
    lines: tuple[tuple[str, str], ...] = field(default_factory=tuple)  # ("s" sender or "r" receiver, text)


@dataclass
class Scene:
    """A story on stage: who plays it and the replicas of both sides."""

    story: Story
    people: dict[str, Person]
    posts: dict[str, str]
    lives: Lives

    def __post_init__(self) -> None:
        route = self.story.route
        self.sender, self.receiver = self.people[route.sender], self.people[route.receiver]
        self.to, self.post = self.receiver.authority, self.posts[route.to_post]
        self.case: Case
        self.theirs: Case | None = None
        self._speaks: Case | None = None
        self._steps: list[Step] = []

    def open(self, coded: list[dict[str, Any]], sealed: dict[str, dict[str, Any]]) -> None:
        route = self.story.route
        backs = {self.people[route.backs].kid: "o"} if route.backs else {}
        title = {"case": {"title": self.story.title, "summary": SUMMARIES[self.story.kind]}}
        desk = self.posts[route.from_post]
        self.case = Case.open(self.sender.enlace, self.story.kind, desk, coded, {**title, **sealed}, members=backs)

    def ask(self) -> None:
        """Refers the case and has it answered, unless the story stops at the question."""
        self.settle()
        stop, route = self.story.stop, self.story.route
        if stop == "declined" or self.story.twist == "declined once":
            self._answer(self._refer(later(hours=36)), accept=False, reason="no_capacity")
        if stop in ("declined", "referred"):
            if stop == "referred":
                self._refer(later(seconds=SOON) if self.story.twist == "overdue" else later(hours=36))
            return
        joining = [self.receiver.kid] + ([self.people[route.joins].kid] if route.joins else [])
        self._answer(self._refer(later(hours=36)), accept=True, officers=joining)
        self.case.bring_in(joining)
        self.theirs = Case(self.receiver.enlace, self.case.code, self.receiver.enlace.room(self.case.room.id))

    def _refer(self, due: str) -> str:
        return self.case.refer(self.to, self.post, "reception", due=due)

    def _answer(self, referral: str, **answer: Any) -> None:
        place = (self.case.room.id, self.case.room.state.epoch)
        self.receiver.enlace.answer_referral(self.case.code, referral, place=place, **answer)

    def hurry(self, clock: str) -> None:
        """Sets a term that will have passed when anybody looks."""
        self.case.act("due", clock=clock, at=later(seconds=SOON), reason="urgent")

    def talk(self) -> None:
        self.settle()
        for side, text in self.story.lines:
            case = self.theirs if side == "r" else self.case
            if case is not None:
                case.room.post(text)

    def read(self) -> None:
        """Who worked the case last has read it."""
        for case in (self.case, self.theirs):
            if case is not None:
                case.room.refresh().read()

    def us(self, *steps: Step) -> None:
        self._queue(self.case, steps)

    def them(self, *steps: Step) -> None:
        assert self.theirs is not None  # noqa: S101  stories bring the receiver in before it acts
        self._queue(self.theirs, steps)

    def _queue(self, side: Case, steps: Sequence[Step]) -> None:
        """What one side states in a row goes in one request."""
        if self._speaks is not side:
            self.settle()
        self._speaks, self._steps = side, [*self._steps, *steps]

    def settle(self) -> None:
        if self._steps and self._speaks is not None:
            self._speaks.steps(self._steps)
        self._steps = []

    @property
    def journey(self) -> dict[str, Any]:
        return {"to": self.to, "post": self.post, "persons": "all"}


SUMMARIES = {
    "trafficking": "Una sola entrevista, hecha por oficial formada. Lo que falte se pregunta aquí, no a la persona.",
    "land_return": "Lista revisada con el puesto de salida. Familias juntas; medicinas y pertenencias en mano antes de subir.",
}


def ago(**spans: float) -> str:
    return moment(datetime.now(UTC) - timedelta(**spans))


# --- Trafficking -----------------------------------------------------------------------------------------------------


def trafficking(scene: Scene) -> None:
    child = scene.story.twist == "child"
    coded, sealed = scene.lives.victim("P1", scene.story.citizenship, child=child)
    scene.open([coded], {"P1": sealed})
    for stage, step in _trafficking_steps(scene, child):
        if stage == scene.story.stop:
            break
        step()
    scene.talk()


def _trafficking_steps(scene: Scene, child: bool) -> list[tuple[str, Callable[[], Any]]]:
    every: dict[str, Any] = {"persons": "all"}
    tongue = TONGUES.get(scene.story.citizenship, "es")
    basis = "act_purpose_minor" if child else "act_means_purpose"

    def consent(purpose: str) -> Step:
        extras: dict[str, Any] = {"purpose": purpose, "recipients": "both", "language": tongue, "guardian": child}
        return fact("consent", "given", "guardian" if child else "written", **every, **extras)

    def assess() -> None:
        scene.us(fact("risk", "low", "interview", **every, where="host"))
        scene.them(fact("risk", "managed", "partner", **every, where="destination"))

    def depart() -> None:
        scene.us(("depart", scene.journey | {"at": ago(minutes=40)}), ("handover.give", scene.journey | {"at": given}))

    def plan() -> None:
        scene.them(fact("reception", "named", "shelter", **every))
        scene.us(consent("return"), fact("proceedings", "none", "prosecutor", **every))
        days = 2 if scene.story.stop == "planned" else 0
        times = {"depart_at": later(days=days, minutes=5), "arrive_at": later(days=days, hours=7)}
        scene.us(("plan", scene.journey | times | {"transport": "plane"}))

    given = ago(days=2) if scene.story.twist == "overdue" else ago(minutes=30)
    return [
        ("detected", lambda: scene.us(fact("screened", "safe", "interview", **every))),
        ("screened", lambda: scene.us(fact("status", "actual", basis, **every, decided_by="government"))),
        (
            "decided",
            lambda: scene.us(
                fact("protection", "shelter", "assessment", **every), fact("reflection", "granted", "national_law", **every)
            ),
        ),
        ("protected", lambda: scene.us(consent("assistance"), consent("sharing"))),
        ("consented", scene.ask),
        ("declined", lambda: None),
        ("referred", lambda: None),
        ("accepted", assess),
        ("assessed", lambda: scene.us(fact("solution", "return", "best_interests" if child else "person_choice", **every))),
        (
            "chosen",
            lambda: scene.them(
                fact("nationality", "confirmed", "registry", **every), fact("document", "issued", "safe_conduct", **every)
            ),
        ),
        ("documented", plan),
        ("planned", depart),
        ("travelled", lambda: scene.them(("handover.receive", {**every, "post": scene.post, "at": ago(minutes=10)}))),
        ("received", lambda: scene.them(fact("reintegration", "agreed", "assessment", **every))),
        ("reintegrating", lambda: scene.them(fact("monitoring", "done", "visit", **every))),
        ("monitored", lambda: _close(scene, "reintegrated")),
    ]


def _close(scene: Scene, outcome: str) -> None:
    """The receiver proposes, or the sender where the story says so; the other one's signature ends the case."""
    scene.settle()
    assert scene.theirs is not None  # noqa: S101  only cases with a receiver come this far
    first, second = (scene.case, scene.theirs) if scene.story.twist == "theirs to sign" else (scene.theirs, scene.case)
    closing = first.act("close.propose", outcome=outcome)
    if scene.story.stop == "closed":
        second.act("close.sign", reply_to=closing)


# --- Return by land --------------------------------------------------------------------------------------------------


def land_return(scene: Scene) -> None:
    coded, sealed = scene.lives.travellers(scene.story.citizenship, scene.story.count)
    scene.open(coded, sealed)
    for stage, step in _land_steps(scene, len(coded)):
        if stage == scene.story.stop:
            break
        step()
    scene.talk()


def _land_steps(scene: Scene, count: int) -> list[tuple[str, Callable[[], Any]]]:
    every: dict[str, Any] = {"persons": "all"}
    tongue = TONGUES.get(scene.story.citizenship, "es")
    fearful = ["P2"] if scene.story.twist == "fear" else []
    travelling = count - len(fearful)
    arrived = travelling - 1 if scene.story.twist == "missing" else travelling

    def screen() -> None:
        steps = [fact("screening", "clear", "interview", **every)]
        if fearful:
            steps.append(fact("screening", "fear", "interview", persons=fearful))
        scene.us(*steps)

    def depart() -> None:
        scene.us(("depart", scene.journey | {"at": ago(hours=3), "count": travelling}))
        scene.us(("count", {"place": "transit", "post": scene.post, "persons": travelling, "at": ago(hours=2)}))

    return [
        (
            "identified",
            lambda: scene.us(
                fact("rights", "told", "interpreter" if tongue != "es" else "spoken", **every, language=tongue),
                fact("consular", "accepted", "person_choice", **every),
            ),
        ),
        ("informed", screen),
        ("screened", lambda: scene.us(fact("nationality", "confirmed", "document", **every))),
        ("confirmed", scene.ask),
        ("declined", lambda: None),
        ("referred", lambda: None),
        ("accepted", lambda: scene.us(("plan", _manifest(scene)))),
        (
            "proposed",
            lambda: scene.them(fact("reception", "confirmed", "exception_signed" if _leaves(scene) else "hours_and_capacity")),
        ),
        (
            "agreed",
            lambda: scene.us(
                fact("belongings", "returned", "signed_list", **every), fact("medicine", "not_needed", "health_check", **every)
            ),
        ),
        ("ready", depart),
        (
            "departed",
            lambda: scene.them(("count", {"place": "arrival", "post": scene.post, "persons": arrived, "at": ago(minutes=50)})),
        ),
        ("arrived", lambda: scene.them(("handover.receive", {**every, "post": scene.post, "at": ago(minutes=30)}))),
        ("received", lambda: scene.them(fact("onward", "transport", "assessment", **every))),
        ("helped", lambda: _close(scene, "returned")),
    ]


AFTER_DEPARTURE = frozenset(("departed", "arrived", "received", "helped", "signing", "closed"))


def _leaves(scene: Scene) -> bool:
    """The group of this story has left by now, so its manifest could not give a day's notice."""
    return scene.story.stop in AFTER_DEPARTURE


def _manifest(scene: Scene) -> dict[str, Any]:
    place = PLACES[scene.story.route.to_post]
    local = datetime.now(ZoneInfo(place.tz))
    if _leaves(scene):
        arrive = local + timedelta(hours=4)
        night = [] if 8 <= arrive.hour < 16 else ["off_hours", "after_dark"]
        more = {"exceptions": ["short_notice", *night], "depart_at": later(minutes=5), "arrive_at": moment(arrive)}
    else:
        arrive = (local + timedelta(days=2)).replace(hour=11, minute=30)
        more = {"depart_at": moment(arrive - timedelta(hours=5)), "arrive_at": moment(arrive)}
    return scene.journey | more | {"transport": "bus", "vehicles": 1 + scene.story.count // 45}


WALKS = {"trafficking": trafficking, "land_return": land_return}


def play(story: Story, people: dict[str, Person], posts: dict[str, str], seed: int) -> str:
    """-> the code of the case."""
    scene = Scene(story, people, posts, Lives(seed))
    WALKS[story.kind](scene)
    if seed % UNREAD:
        scene.read()
    if story.twist == "overdue" and story.stop in FIRST_CLOCK:
        scene.hurry(FIRST_CLOCK[story.stop])
    if story.twist == "withheld":
        scene.case.steps([("withhold", {"from": WITHHELD_FROM, "persons": "all", "reason": "asked"})])
    return scene.case.code


UNREAD = 4  # every fourth case has news that nobody read yet
FIRST_CLOCK = {"detected": "screening", "screened": "decision", "identified": "screening", "informed": "screening"}
WITHHELD_FROM = "NI"
