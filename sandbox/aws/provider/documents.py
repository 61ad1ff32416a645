"""IAM policy documents and other JSON texts, compared by what they mean."""

from __future__ import annotations

import json
from typing import Any

# Values in these places are sets: one item may stand without its list, order means nothing.
_SET_KEYS = ("Action", "NotAction", "Resource", "NotResource")
_PRINCIPALS = ("Principal", "NotPrincipal")


def compact(value: Any) -> str:
    """A document, given as text or as an object, in one line of JSON with sorted keys.

    Raises:
        ValueError: the text is not JSON, or not an object.
    """
    parsed = json.loads(value) if isinstance(value, str) else value
    if not isinstance(parsed, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004  a wrong value for the caller, not a bug
    return json.dumps(parsed, separators=(",", ":"), sort_keys=True)


def same_policy(first: Any, second: Any) -> bool:
    """Whether two policy documents mean the same to AWS.

    The order of statements, of keys and of values, a list of one against the value itself, and
    `"Principal": "*"` against `{"AWS": "*"}` make no difference. Everything else does.
    """
    try:
        return bool(_policy(_parsed(first)) == _policy(_parsed(second)))
    except ValueError:
        return bool(first == second)


def same_json(first: Any, second: Any) -> bool:
    """Whether two JSON texts hold the same value; texts that are not JSON compare as text."""
    try:
        return bool(_parsed(first) == _parsed(second))
    except ValueError:
        return bool(first == second)


def _parsed(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _policy(document: Any) -> Any:
    if not isinstance(document, dict):
        return document
    meaning = dict(document)
    if "Statement" in meaning:
        statements = {_key(_statement(item)) for item in _listed(meaning["Statement"])}
        meaning["Statement"] = sorted(statements)
    return meaning


def _statement(statement: Any) -> Any:
    if not isinstance(statement, dict):
        return statement
    meaning = dict(statement)
    for name in _SET_KEYS:
        if name in meaning:
            meaning[name] = _as_set(meaning[name])
    for name in _PRINCIPALS:
        if name in meaning:
            principal = {"AWS": "*"} if meaning[name] == "*" else meaning[name]
            meaning[name] = _sets_within(principal)
    if isinstance(meaning.get("Condition"), dict):
        meaning["Condition"] = {
            operator: _sets_within(keys) for operator, keys in meaning["Condition"].items()
        }
    return meaning


def _sets_within(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_set(item) for name, item in value.items()}
    return value


def _as_set(value: Any) -> list[str]:
    # AWS keeps the boolean of a condition as text, so true and "true" are one value.
    return sorted({item if isinstance(item, str) else _key(item) for item in _listed(value)})


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
