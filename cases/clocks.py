"""Terms of a case: which run, which rings next. Pure; "overdue" is decided where somebody looks, against their now."""

from dataclasses import dataclass
from datetime import datetime

from cases.kinds.base import Kind
from cases.kinds.state import CaseState


@dataclass(frozen=True)
class Running:
    name: str
    due_at: datetime | None  # None: met, or no longer needed


def started(kind: Kind, state: CaseState) -> tuple[Running, ...]:
    """Every term that has started, in the kind's order. A closed case has none."""
    if state.closed:
        return ()
    return tuple(Running(one.code, one.due_at(state)) for one in kind.clocks if one.starts(state) is not None)


def next_due(kind: Kind, state: CaseState) -> tuple[datetime | None, str]:
    """When the next term rings and which; (None, "") when none runs."""
    running = [(one.due_at, one.name) for one in started(kind, state) if one.due_at is not None]
    return min(running, key=lambda pair: pair[0]) if running else (None, "")
