"""What leaves after the commit: frames that wake, and say nothing about the case to who may not know of it."""

import json
from typing import Any

import pytest

from realtime.bus import NoBus
from realtime.hub import hub
from tests.cases.house import CaseRoom, Desk
from tests.messaging.network import Person

pytestmark = pytest.mark.django_db


class Listening(NoBus):
    """Hears every order of the hub, as another process over Redis would."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, Any]]] = []

    def send(self, order: Any) -> None:
        if order[0] == "topic":
            self.heard.append((order[1], json.loads(payload(order[-1]))))


def payload(frame: bytes) -> bytes:
    """The text of an unmasked WebSocket frame."""
    length = frame[1] & 127
    return frame[2 + {126: 2, 127: 8}.get(length, 0) :]


@pytest.fixture
def ear(monkeypatch: pytest.MonkeyPatch) -> Listening:
    listening = Listening()
    monkeypatch.setattr(hub, "_bus", listening)
    return listening


def test_members_learn_the_version_and_boards_only_that_something_moved(
    case: CaseRoom,
    ana: Person,
    bashir: Person,
    tapachula: Desk,
    ear: Listening,
    django_capture_on_commit_callbacks: Any,
) -> None:
    case.consents(ana, "sharing")
    with django_capture_on_commit_callbacks(execute=True):
        referral = case.refers(ana, tapachula)
    told = [(topic, frame) for topic, frame in ear.heard if frame["t"] in ("case", "board")]
    version = case.seen_by(ana)["case"]["version"]
    assert (case.name, {"t": "case", "id": case.name, "n": version}) in told
    boards = {topic: frame for topic, frame in told if frame["t"] == "board"}
    assert boards == {f"board:{code}": {"t": "board", "authority": code} for code in ("HN", "MX")}
    ear.heard.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert case.answers(bashir, "referral.decline", reply_to=referral, reason="safety").status == 200
    assert "board:MX" in {topic for topic, _ in ear.heard}, "the board that loses the case is told once more"


def test_a_refused_act_is_announced_to_nobody(
    case: CaseRoom, ana: Person, ear: Listening, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert case.act(ana, "close.propose", outcome="reintegrated").status == 422
    assert ear.heard == []
