"""The case kinds: one folder each, found by being here. `kind(code)` and `kinds()` are the only ways in."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from cases.kinds.base import Kind


@cache
def kinds() -> Mapping[str, Kind]:
    """{code: Kind} of every folder in cases/kinds that has a KIND, in the folders' order."""
    found = (import_module(f"{__name__}.{one.name}") for one in iter_modules(__path__) if one.ispkg)
    return MappingProxyType({module.KIND.code: module.KIND for module in found})


def kind(code: str) -> Kind:
    """The kind of that code; KeyError for one we do not know."""
    return kinds()[code]
