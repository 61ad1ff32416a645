"""Facts about AWS resource types, read once from `facts.yaml`."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("facts.yaml")


@dataclass(frozen=True)
class AutoName:
    """How an unset name is made up: logical name, a dash, seven hexadecimal digits.

    Attributes:
        property: the input that is named.
        max: the longest name in characters.
        lower: whether the name is put into lower case.
        prefix: what AWS wants in front of every name.
    """

    property: str
    max: int = 255
    lower: bool = False
    prefix: str = ""


@dataclass(frozen=True)
class Facts:
    """What is known about one type; `facts.yaml` explains each field.

    Attributes:
        regional: whether the type has a region input.
    """

    regional: bool
    replaces: frozenset[str] = frozenset()
    autoname: AutoName | None = None
    defaults: dict[str, Any] = field(default_factory=dict)
    limits: dict[str, dict[str, Any]] = field(default_factory=dict)
    needs: dict[str, str] = field(default_factory=dict)
    conflicts: tuple[tuple[str, ...], ...] = ()
    any_of: tuple[tuple[str, ...], ...] = ()
    readback: frozenset[str] = frozenset()
    computed: tuple[str, ...] = ()
    policies: frozenset[str] = frozenset()
    json: frozenset[str] = frozenset()
    sets: frozenset[str] = frozenset()
    local: frozenset[str] = frozenset()

    def filled_in(self, name: str) -> bool:
        """Whether AWS or the plugin gives an unset input its value, so that unset is no difference."""
        named = self.autoname is not None and name == self.autoname.property
        return named or name in self.readback or name in PREFIXES


# A name prefix reads back from the name, and the other way round.
PREFIXES = {"namePrefix": "name", "bucketPrefix": "bucket", "statementIdPrefix": "statementId"}

_SETS = ("replaces", "policies", "json", "sets", "local")


@cache
def known() -> frozenset[str]:
    """The tokens of all types with facts, implemented or not."""
    return frozenset(_load()["types"])


@cache
def facts_of(token: str) -> Facts:
    """The facts of one type.

    Args:
        token: such as `aws:kms/key:Key`.

    Raises:
        KeyError: there are none.
    """
    loaded = _load()
    entry = dict(loaded["types"][token])
    autoname = entry.pop("autoname", None)
    sets: dict[str, Any] = {name: frozenset(entry.pop(name, ())) for name in _SETS}
    return Facts(
        regional=token not in loaded["global"],
        autoname=AutoName(**autoname) if autoname else None,
        conflicts=tuple(tuple(group) for group in entry.pop("conflicts", ())),
        any_of=tuple(tuple(group) for group in entry.pop("anyOf", ())),
        readback=frozenset(entry.pop("readBack", ())),
        computed=tuple(entry.pop("computed", ())),
        **sets,
        **entry,
    )


@cache
def _load() -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where it was built
    with _FILE.open(encoding="utf-8") as text:
        loaded: dict[str, Any] = yaml.load(text, Loader=loader)  # noqa: S506  both are safe loaders
    return loaded
