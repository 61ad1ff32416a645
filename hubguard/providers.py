"""What every dynamic provider of this project shares: plain errors and quiet imports.

Provider classes live in importable modules and have no attributes, so that Pulumi's state holds a
reference to them and not a copy of their code (measured with SDK 3.272).
"""

from __future__ import annotations

import sys
import traceback
import types
from collections.abc import Mapping
from typing import Any

from pulumi.dynamic import DiffResult, ResourceProvider
from pulumi.output import Unknown

from hubguard import log
from hubguard.errors import HubguardError
from hubguard.redact import redact


class Provider(ResourceProvider):
    """A dynamic provider that compares inputs by value and reports its errors in one line.

    Subclasses name the inputs that make another object of the resource in `identity`.
    """

    identity: tuple[str, ...] = ()

    def configure(self, req: Any) -> None:  # noqa: ARG002  the stack's config is not read here: settings do that
        """Make errors plain and start the log before the first operation."""
        log.start()
        _speak_plainly()

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Changed where an input differs; replaced where an identity input does.

        Args:
            _id: id of the resource.
            _olds: the last outputs, which carry every input under its own name.
            _news: the new inputs; unknown ones count as changed.
        """
        changed = [
            key
            for key, value in _news.items()
            if not key.startswith("__")
            and value is not None  # an output that the program declares, not an input
            and (isinstance(value, Unknown) or _olds.get(key) != value)
        ]
        replaces = [key for key in changed if key in self.identity]
        return DiffResult(changes=bool(changed), replaces=replaces, delete_before_replace=True)


def inputs_of(props: Mapping[str, Any]) -> dict[str, Any]:
    """The properties without the engine's own bookkeeping."""
    return {key: value for key, value in props.items() if not key.startswith("__")}


def _speak_plainly() -> None:
    # pulumi.dynamic answers every exception with `traceback.format_exc()`. For an error of ours a
    # person wants its one line. Only the name inside that process's main module is replaced; should
    # a later SDK do it differently, the worst that follows is the traceback of today.
    main = sys.modules.get("__main__")
    if main is not None and getattr(main.__spec__, "name", None) == "pulumi.dynamic.__main__":
        main.traceback = types.SimpleNamespace(format_exc=_plain)  # type: ignore[attr-defined]


def _plain() -> str:
    error = sys.exc_info()[1]
    return str(error) if isinstance(error, HubguardError) else redact(traceback.format_exc())
