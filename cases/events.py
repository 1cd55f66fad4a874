"""What the tracker announces: one frozen dataclass per frame kind. Frames wake and carry no content; whoever is woken
asks again through access.py, so that a frame to the wrong reader would tell nothing."""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class CaseMoved:
    """To the case's channel: there is a newer act. `id` is the channel, `n` the version of the row."""

    t: ClassVar[str] = "case"
    id: str
    n: int

    def as_dict(self) -> dict[str, Any]:
        return {"t": self.t} | asdict(self)


@dataclass(frozen=True, slots=True)
class BoardMoved:
    """To the officers of one authority: some case in which it takes part moved. It names no case, because not every
    officer of an authority may know of every case."""

    t: ClassVar[str] = "board"
    authority: str

    def as_dict(self) -> dict[str, Any]:
        return {"t": self.t} | asdict(self)

    @property
    def topic(self) -> str:
        return f"board:{self.authority}"
