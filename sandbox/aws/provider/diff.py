"""Diff: what would change, which of it replaces the resource, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.aws.provider.compare import DEFAULTS, Comparer, Difference
from sandbox.aws.provider.sdk import Shape
from sandbox.aws.provider.wire import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from sandbox.aws.provider.wire import Props

TAGS, TAGS_ALL, REGION = "tags", "tagsAll", "region"
_TAG_MAP = Shape("map", Shape("string"))


@dataclass(frozen=True)
class Plan:
    """The outcome of a diff.

    Attributes:
        differences: every difference that counts.
        replaces: the inputs at the top whose change replaces the resource.
        stables: the inputs that would replace it and did not change.
        delete_first: whether the old one must go before the new one is made.
    """

    differences: tuple[Difference, ...]
    replaces: tuple[str, ...]
    stables: tuple[str, ...]
    delete_first: bool

    @property
    def changed(self) -> frozenset[str]:
        """The inputs at the top that differ; a change of default tags counts as `tags`."""
        return frozenset(TAGS if one.top == TAGS_ALL else one.top for one in self.differences)

    def replaced_by(self, difference: Difference) -> bool:
        """Whether this one difference replaces the resource."""
        return difference.top in self.replaces


def diff(
    comparer: Comparer,
    shape: Shape,
    state: Props,
    news: Props,
    *,
    region: str,
    default_tags: Mapping[str, str],
    ignored: Collection[str] = (),
) -> Plan:
    """Compare the state with the program's inputs.

    Args:
        comparer: of the type.
        shape: the type's inputs.
        state: the outputs of the last operation.
        news: the checked inputs.
        region: the provider's region, for an input that names none.
        default_tags: the provider's default tags.
        ignored: property paths that the program ignores.
    """
    facts = comparer.facts
    found: list[Difference] = []
    for name, inside in shape.fields.items():
        if name == REGION:
            found += _region(state, news, region)
        else:
            found += comparer.differences(state.get(name), news.get(name), inside.shape, name)
    if TAGS in shape.fields and not any(one.top == TAGS for one in found):
        wanted = all_tags(news.get(TAGS), default_tags)
        found += comparer.differences(state.get(TAGS_ALL), wanted, _TAG_MAP, TAGS_ALL)
    kept = tuple(one for one in found if not _ignored(one.path, ignored))
    nested = {name for name in facts.replaces if "." in name}
    replaces = {
        one.top
        for one in kept
        if one.top in facts.replaces or any(_inside(one.name, name) for name in nested)
    }
    changed = {one.top for one in kept}
    return Plan(
        differences=kept,
        replaces=tuple(sorted(replaces)),
        stables=tuple(sorted(name for name in facts.replaces if name not in changed)),
        delete_first=bool(replaces) and _named_by_program(comparer, news),
    )


def all_tags(tags: Any, default_tags: Mapping[str, str]) -> Any:
    """The provider's default tags with the resource's own over them; unknown where those are."""
    if tags is UNKNOWN:
        return UNKNOWN
    own = {key: value for key, value in (tags or {}).items() if key != DEFAULTS}
    return {**default_tags, **own}


def _region(state: Props, news: Props, region: str) -> Iterable[Difference]:
    wanted = news.get(REGION) or region
    live = state.get(REGION)
    if live and wanted is not UNKNOWN and live != wanted:
        yield Difference(REGION, REGION, "update" if news.get(REGION) else "delete")


def _named_by_program(comparer: Comparer, news: Props) -> bool:
    """Whether two of them would want the same name: made-up names differ, given ones do not."""
    auto = comparer.facts.autoname
    return (
        auto is not None
        and news.get(auto.property) is not None
        and auto.property not in news.get(DEFAULTS, ())
    )


def _ignored(path: str, ignored: Collection[str]) -> bool:
    return any(path == one or path.startswith((f"{one}.", f"{one}[")) for one in ignored)


def _inside(name: str, outer: str) -> bool:
    return name == outer or name.startswith(f"{outer}.")
