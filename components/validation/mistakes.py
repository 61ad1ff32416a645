"""What pydantic finds wrong, as lines for a person: the key, and what is expected there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from components.validation.fields import WORDS
from hubguard.errors import SettingsError
from hubguard.redact import redact


def of(error: ValidationError, model: type[BaseModel], borrowed: Mapping[str, str]) -> SettingsError:
    """The mistakes in a configuration, all of them at once.

    Args:
        error: what validation found.
        model: what was validated; its fields are the keys under `hubguard:`.
        borrowed: fields that come from another namespace, to their keys.
    """

    def key(where: tuple[int | str, ...]) -> str:
        first = borrowed.get(str(where[0]), f"hubguard:{where[0]}")
        path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where[1:])
        return f"{first}{path}: "

    def expected(detail: ErrorDetails) -> str:
        # The value itself is never repeated: somebody may have pasted a token.
        context = detail.get("ctx", {})
        match detail["type"]:
            case "missing":
                return "is missing"
            case "extra_forbidden":
                known = sorted(_fields_beside(detail["loc"], model) - borrowed.keys())
                return f"unknown key; expected one of {', '.join(known)}"
            case "literal_error":
                return f"expected one of {context['expected'].replace(chr(39), '')}"
            case "value_error":
                return str(context["error"])
            case "string_pattern_mismatch":
                return f"expected {WORDS[context['pattern']]}"
            case _:
                return detail["msg"].replace("Input should be", "expected")

    details = error.errors(include_url=False)
    # A token may stand in the place of a key, too.
    return SettingsError([redact(f"{key(detail['loc'])}{expected(detail)}") for detail in details])


def _fields_beside(where: tuple[int | str, ...], model: type[BaseModel]) -> set[str]:
    """Names of the fields that are known where an unknown one was given."""
    kind: Any = model
    for part in where[:-1]:
        if isinstance(part, str):
            kind = kind.model_fields[part].annotation
        kind = next(iter(get_args(kind)), kind)  # what a list is of
    return set(kind.model_fields)
