"""The grammar of acts: which values a field of a clear act may hold.

An act is read by the host and by every supervisor, so nothing a person could narrate fits into it: codes from a list,
references, dates, whole numbers and ids only. A value that is none of these is refused by the field that holds it.
Pure: no database, no Django settings; labels are lazy translations."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Protocol
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.codes import is_code
from cases.countries import CITIZENSHIPS

Label = str | Promise
Codes = Mapping[str, Label]

REF = re.compile(r"P[1-9][0-9]{0,3}")
FAMILY = re.compile(r"F[1-9][0-9]{0,2}")
AUTHORITY = re.compile(r"[A-Z]{2}|x-[a-z0-9]{2,12}")
ID32 = re.compile(r"[A-Za-z0-9_-]{43}")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{3})?)?Z")
LANGUAGE = re.compile(r"[a-z]{2,3}")
KNOWN_KEY = re.compile(r"[a-z_]{1,32}")
ALL = "all"
MAX_PERSONS = 1000


@dataclass(frozen=True)
class Sentence:
    """A translatable sentence with its values; `str()` gives it in the active language."""

    text: Label
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(self.text).format_map({name: str(value) for name, value in self.values.items()})


class RefusedError(ValueError):
    """This value cannot stand in this field; `sentence` says why."""

    def __init__(self, text: Label, **values: object) -> None:
        super().__init__(text)
        self.sentence = Sentence(text, values)


@dataclass(frozen=True)
class Naming:
    """That a value names somebody: an authority itself, one of its posts, or the key of one of its officers."""

    what: str  # "authority" | "post" | "key"
    id: str
    path: str


class Type(Protocol):
    """One sort of value. `parse` returns it unchanged or raises RefusedError; `shape` describes it to the browser."""

    def parse(self, value: Any) -> Any: ...

    def shape(self) -> dict[str, Any]: ...


def _matches(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def labelled(codes: Codes) -> list[dict[str, str]]:
    return [{"code": code, "label": str(label)} for code, label in codes.items()]


@dataclass(frozen=True)
class OneOf:
    codes: Codes

    def parse(self, value: Any) -> Any:
        if not isinstance(value, str) or value not in self.codes:
            raise RefusedError(_("Choose one of the listed values."))
        return value

    def shape(self) -> dict[str, Any]:
        return {"type": "one_of", "values": labelled(self.codes)}


@dataclass(frozen=True)
class SomeOf:
    codes: Codes

    def parse(self, value: Any) -> Any:
        listed = isinstance(value, list) and all(isinstance(item, str) and item in self.codes for item in value)
        if not listed or len(set(value)) != len(value):
            raise RefusedError(_("Choose from the listed values, each once."))
        return value

    def shape(self) -> dict[str, Any]:
        return {"type": "some_of", "values": labelled(self.codes)}


@dataclass(frozen=True)
class Ref:
    def parse(self, value: Any) -> Any:
        if not _matches(REF, value):
            raise RefusedError(_("Name a person as P1, P2 and so on."))
        return value

    def shape(self) -> dict[str, Any]:
        return {"type": "ref"}


@dataclass(frozen=True)
class Refs:
    """The word "all" or a list of person references, each once."""

    def parse(self, value: Any) -> Any:
        if value == ALL:
            return value
        if not isinstance(value, list) or not value or len(value) > MAX_PERSONS:
            raise RefusedError(_("Name at least one person, or all of them."))
        if not all(_matches(REF, item) for item in value) or len(set(value)) != len(value):
            raise RefusedError(_("Name each person once, as P1, P2 and so on."))
        return value

    def shape(self) -> dict[str, Any]:
        return {"type": "refs"}


@dataclass(frozen=True)
class Pattern:
    """A code of a fixed form whose meaning the rules look up: authority, post, key, event id, language, family."""

    name: str
    pattern: re.Pattern[str]
    refusal: Label

    def parse(self, value: Any) -> Any:
        if not _matches(self.pattern, value):
            raise RefusedError(self.refusal)
        return value

    def shape(self) -> dict[str, Any]:
        return {"type": self.name}


AuthorityCode = Pattern("authority", AUTHORITY, _("This is not the code of an authority."))
KeyId = Pattern("key", ID32, _("This is not an officer's key."))
EventId = Pattern("event", ID32, _("This does not name an earlier step of the case."))
LanguageCode = Pattern("language", LANGUAGE, _("Name the language by its two- or three-letter code."))
FamilyRef = Pattern("family", FAMILY, _("Name a family as F1, F2 and so on."))


@dataclass(frozen=True)
class PostId:
    def parse(self, value: Any) -> Any:
        try:
            well_formed = isinstance(value, str) and str(UUID(value)) == value
        except ValueError:
            well_formed = False
        if not well_formed:
            raise RefusedError(_("This is not a post of the network."))
        return value

    def shape(self) -> dict[str, Any]:
        return {"type": "post"}


@dataclass(frozen=True)
class Country:
    def parse(self, value: Any) -> Any:
        if not isinstance(value, str) or value not in CITIZENSHIPS:
            raise RefusedError(_("Name the country by its two-letter ISO code, XX when unknown or XA when stateless."))
        return value

    def shape(self) -> dict[str, Any]:
        return {"type": "country"}


@dataclass(frozen=True)
class CaseCode:
    prefix: str

    def parse(self, value: Any) -> Any:
        if not isinstance(value, str) or not is_code(value, self.prefix):
            raise RefusedError(_("The case code is not well formed."))
        return value

    def shape(self) -> dict[str, Any]:
        return {"type": "code", "prefix": self.prefix}


@dataclass(frozen=True)
class Day:
    def parse(self, value: Any) -> Any:
        if not _matches(DAY, value) or day(value) is None:
            raise RefusedError(_("Give a date as year-month-day."))
        return value

    def shape(self) -> dict[str, Any]:
        return {"type": "date"}


@dataclass(frozen=True)
class Moment:
    def parse(self, value: Any) -> Any:
        if not _matches(MOMENT, value) or moment(value) is None:
            raise RefusedError(_("Give a date and time."))
        return value

    def shape(self) -> dict[str, Any]:
        return {"type": "moment"}


@dataclass(frozen=True)
class Number:
    low: int
    high: int

    def parse(self, value: Any) -> Any:
        if type(value) is not int or not self.low <= value <= self.high:
            raise RefusedError(_("Give a whole number from {low} to {high}."), low=self.low, high=self.high)
        return value

    def shape(self) -> dict[str, Any]:
        return {"type": "number", "low": self.low, "high": self.high}


@dataclass(frozen=True)
class Flag:
    def parse(self, value: Any) -> Any:
        if type(value) is not bool:
            raise RefusedError(_("Answer yes or no."))
        return value

    def shape(self) -> dict[str, Any]:
        return {"type": "flag"}


@dataclass(frozen=True)
class ListOf:
    item: Type
    low: int
    high: int

    def parse(self, value: Any) -> Any:
        if not isinstance(value, list) or not self.low <= len(value) <= self.high:
            raise RefusedError(_("Give between {low} and {high} entries."), low=self.low, high=self.high)
        return [self.item.parse(item) for item in value]

    def shape(self) -> dict[str, Any]:
        return {"type": "list", "low": self.low, "high": self.high, "of": self.item.shape()}


@dataclass(frozen=True)
class Field:
    name: str
    type: Type
    label: Label
    required: bool = True


@dataclass(frozen=True)
class Objects:
    """A list of small objects; their errors carry their place: "persons.3.citizenship"."""

    fields: tuple[Field, ...]
    low: int
    high: int

    def parse(self, value: Any) -> Any:
        if not isinstance(value, list) or not self.low <= len(value) <= self.high:
            raise RefusedError(_("Give between {low} and {high} entries."), low=self.low, high=self.high)
        return value

    def shape(self) -> dict[str, Any]:
        return {"type": "objects", "low": self.low, "high": self.high, "fields": shapes(self.fields)}


@dataclass(frozen=True)
class ActSchema:
    """What one act may say. `step` is the stage whose form offers it ("" where the page has its own panel for it)."""

    name: str
    label: Label
    fields: tuple[Field, ...]
    step: str = ""

    def shape(self) -> dict[str, Any]:
        return {"name": self.name, "label": str(self.label), "step": self.step, "fields": shapes(self.fields)}


Errors = dict[str, Sentence]


def shapes(fields: Sequence[Field]) -> list[dict[str, Any]]:
    return [{"name": f.name, "label": str(f.label), "required": f.required} | f.type.shape() for f in fields]


def parse(fields: Sequence[Field], data: Mapping[str, Any], path: str = "") -> Errors:
    """What is wrong with `data`: {path of a field: sentence}, empty when nothing is."""
    errors: Errors = {}
    names = {f.name for f in fields}
    for key in data:
        if key not in names:
            # A key we do not know may itself be somebody's story: only what looks like a field's name is repeated.
            shown = key if KNOWN_KEY.fullmatch(key) else "?"
            errors[path + shown] = Sentence(_("This field does not belong here."))
    for f in fields:
        if f.name in data:
            errors |= _parse_value(f, data[f.name], path + f.name)
        elif f.required:
            errors[path + f.name] = Sentence(_("This is missing."))
    return errors


def _parse_value(f: Field, value: Any, path: str) -> Errors:
    try:
        f.type.parse(value)
    except RefusedError as refused:
        return {path: refused.sentence}
    if not isinstance(f.type, Objects):
        return {}
    errors: Errors = {}
    for place, item in enumerate(value):
        if isinstance(item, dict):
            errors |= parse(f.type.fields, item, f"{path}.{place}.")
        else:
            errors[f"{path}.{place}"] = Sentence(_("This entry is not well formed."))
    return errors


def namings(fields: Sequence[Field], data: Mapping[str, Any], path: str = "") -> Iterator[Naming]:
    """Everybody whom well-formed `data` names, with the field that does."""
    for f in fields:
        if f.name not in data:
            continue
        value, here = data[f.name], path + f.name
        if isinstance(f.type, Objects):
            for place, item in enumerate(value):
                yield from namings(f.type.fields, item, f"{here}.{place}.")
            continue
        sort, values = (f.type.item, value) if isinstance(f.type, ListOf) else (f.type, [value])
        what = "post" if isinstance(sort, PostId) else sort.name if isinstance(sort, Pattern) else ""
        if what in ("authority", "post", "key"):
            yield from (Naming(what, one, here) for one in values)


def day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def moment(text: str) -> datetime | None:
    """The UTC moment a well-formed text names, None when the calendar has no such day or hour."""
    try:
        return datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC)
    except ValueError:
        return None


def when(text: str) -> datetime:
    """The moment of a value that was checked before."""
    return datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC)


def spans(refs: Sequence[str]) -> str:
    """Persons as people write them: "P1–P40, P43"."""
    numbers = sorted(int(ref[1:]) for ref in refs)
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    parts = [f"P{a}" if a == b else f"P{a}–P{b}" if b > a + 1 else f"P{a}, P{b}" for a, b in runs]
    return ", ".join(parts[:8]) + (" …" if len(parts) > 8 else "")
