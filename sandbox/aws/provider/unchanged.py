"""The ordinary case, seen without the SDK: nothing has changed since the last operation.

Loading the SDK's classes takes longer than everything else of an unchanged preview. What is not plainly
the same goes the long way, through `check` and `diff`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.aws.provider.compare import DEFAULTS
from sandbox.aws.provider.documents import same_json, same_policy
from sandbox.aws.provider.wire import has_unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.aws.facts import Facts
    from sandbox.aws.provider.wire import Props

_TAGS, _TAGS_ALL, _REGION = "tags", "tagsAll", "region"
_ALWAYS = frozenset({"id", _TAGS_ALL, _REGION})


def still_checked(facts: Facts, news: Props, olds: Props) -> bool:
    """Whether the last checked inputs are what a check of the program's inputs would give again.

    Args:
        facts: the type's facts.
        news: the program's inputs.
        olds: the checked inputs of the last operation; empty for a new resource.
    """
    if not olds or has_unknown(news):
        return False
    given = _given(olds)
    return given.keys() == news.keys() and all(_same(facts, name, given[name], news[name]) for name in news)


def still_there(
    facts: Facts,
    state: Props,
    olds: Props,
    news: Props,
    *,
    region: str,
    default_tags: Mapping[str, str],
) -> bool:
    """Whether a diff would find nothing: the inputs are those of the last operation, and so is the state.

    Args:
        facts: the type's facts.
        state: the outputs of the last operation or refresh.
        olds: the checked inputs of then.
        news: the checked inputs of now.
        region: the provider's region, for inputs that name none.
        default_tags: the provider's default tags; with any of them the diff takes the long way.
    """
    if not olds or default_tags or has_unknown(news) or olds != news:
        return False
    if state.get(_REGION, region) != news.get(_REGION, region):
        return False
    if _TAGS_ALL in state and _plain(state[_TAGS_ALL]) != _plain(news.get(_TAGS) or {}):
        return False
    if any(_tells_more(facts, name, state[name]) for name in state.keys() - news.keys()):
        return False
    return all(
        _same(facts, name, state.get(name), _plain(value))
        for name, value in news.items()
        if name != DEFAULTS and name not in facts.local
    )


def _tells_more(facts: Facts, name: str, value: Any) -> bool:
    """Whether a value that the program does not set may be an input that somebody else set."""
    ordinary = name in facts.computed or name in facts.readback or name in _ALWAYS
    return not ordinary and bool(value) and value != facts.defaults.get(name)


def _same(facts: Facts, name: str, one: Any, other: Any) -> bool:
    if one == other:
        return True
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    if name in facts.policies:
        return same_policy(one, other)
    return name in facts.json and same_json(one, other)


def _given(value: Any) -> Any:
    """Checked inputs without what the check had added."""
    if isinstance(value, dict):
        added = {DEFAULTS, *value.get(DEFAULTS, ())}
        return {key: _given(item) for key, item in value.items() if key not in added}
    return [_given(item) for item in value] if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    """Checked inputs without their marks."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if key != DEFAULTS}
    return [_plain(item) for item in value] if isinstance(value, list) else value
