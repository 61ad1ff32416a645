"""Repositories: everything is private unless it is listed. Plain functions, no calls."""

from __future__ import annotations

import re
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
        unproved: listed ones that are open already; whether that was approved cannot be told yet.
        missing: listed ones that the listing does not show.
    """

    close: tuple[Repository, ...]
    manual: tuple[str, ...]
    held: tuple[str, ...]
    unproved: tuple[str, ...]
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
    open_ = [r for r in live if r.visibility in standards.OPEN_VISIBILITIES]
    stray = [r for r in open_ if not approved(public.get(r.path))]
    close = tuple(r for r in stray if r.type != "kernel")
    limits.check(
        len(close),
        len(live),
        most=standards.CLOSURES_MAX,
        stated=stated_closures,
        what="closes repositories",
        key="hubguard:organization.allow.closures",
    )
    known = {r.path for r in live}
    listed = [path for path in public if path in known and approved(public[path])]
    opened = {r.path for r in open_}
    return RepositoriesPlan(
        close=close,
        manual=tuple(r.path for r in stray if r.type == "kernel"),
        held=tuple(path for path in listed if path not in opened),
        unproved=tuple(path for path in listed if path in opened),
        missing=tuple(p for p in public if p not in known),
    )


def seen(public: Mapping[str, str], live: Sequence[Repository]) -> dict[str, str]:
    """The same shape as the desired `public`, as the organization really is, so that a diff names each.

    A listed repository that is still private keeps its entry: waiting for its approval is not drift.
    """
    return dict(public) | {
        r.path: UNAPPROVED
        for r in live
        if r.visibility in standards.OPEN_VISIBILITIES and not approved(public.get(r.path))
    }


def approved(by: str | None) -> bool:
    """Whether an entry names a pull request at all; one that does not counts as not listed."""
    return by is not None and re.fullmatch(standards.PULL_REQUEST, by) is not None
