"""Repositories: everything is private unless it is listed. Plain functions, no calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hubguard import standards
from hubguard.hub import limits
from hubguard.hub.client import Repository

UNAPPROVED = "no approval"
"""What stands in the place of the approval of a repository that is open and not listed."""


@dataclass(frozen=True)
class RepositoriesPlan:
    """What to close, and what only a person can settle.

    Attributes:
        close: open repositories that are not listed.
        manual: open ones of a type that no call can close, by path.
        held: listed ones that are private; they stay so until their approval can be looked up.
        missing: listed ones that the listing does not show.
    """

    close: tuple[Repository, ...]
    manual: tuple[str, ...]
    held: tuple[str, ...]
    missing: tuple[str, ...]


def plan(
    public: Mapping[str, str], live: Sequence[Repository], *, stated_closures: int | None = None
) -> RepositoriesPlan:
    """What makes every repository private that is not listed as public.

    Nothing is opened: the approval of a listed one is not proved by its mention alone.

    Args:
        public: path of each repository that may be public, to its approval.
        live: the organization's whole listing.
        stated_closures: how many closures the configuration says are meant.

    Raises:
        TooMuchAtOnce: the plan closes more than the standard allows without being asked for.
    """
    stray = [r for r in live if r.visibility in standards.OPEN_VISIBILITIES and r.path not in public]
    close = tuple(r for r in stray if r.type != "kernel")
    limits.check(
        len(close),
        len(live),
        most=standards.CLOSURES_MAX,
        stated=stated_closures,
        what="closes repositories",
        key="hubguard:organization.allow.closures",
    )
    known = {r.path: r for r in live}
    return RepositoriesPlan(
        close=close,
        manual=tuple(r.path for r in stray if r.type == "kernel"),
        held=tuple(p for p in public if p in known and known[p].visibility == "private"),
        missing=tuple(p for p in public if p not in known),
    )


def seen(public: Mapping[str, str], live: Sequence[Repository]) -> dict[str, str]:
    """The same shape as the desired `public`, as the organization really is, so that a diff names each.

    A listed repository that is still private keeps its entry: waiting for its approval is not drift.
    """
    found = {p: public[p] for p in public}
    for repository in live:
        if repository.visibility in standards.OPEN_VISIBILITIES and repository.path not in public:
            found[repository.path] = UNAPPROVED
    return found
