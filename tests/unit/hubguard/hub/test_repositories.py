"""Repositories: private unless listed, and nothing is opened on a word alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubguard import standards
from hubguard.hub import repositories
from hubguard.hub.client import Repository
from hubguard.hub.limits import TooMuchAtOnce

APPROVAL = "https://github.com/kw/kwanzaa/pull/7"


def repository(name: str, visibility: str = "private", kind: str = "model") -> Repository:
    """A repository as the organization's settings list it."""
    return Repository.model_validate({"id": f"kw/{name}", "type": kind, "visibility": visibility})


QUIET = [repository(f"quiet-{n}") for n in range(30)]


@pytest.mark.parametrize("visibility", ["public", "protected"])
def test_what_is_open_and_not_listed_is_closed(visibility: str) -> None:
    """A protected Space shows its app to everybody: it counts as public."""
    stray = repository("demo", visibility, "space")
    assert repositories.plan({}, [*QUIET, stray]).close == (stray,)


def test_a_listed_repository_stays_open() -> None:
    """What is approved is left alone."""
    assert repositories.plan({"models/kw/out": APPROVAL}, [*QUIET, repository("out", "public")]).close == ()


def test_a_listed_private_repository_is_held() -> None:
    """A mention is not an approval: nothing is opened."""
    plan = repositories.plan({"models/kw/soon": APPROVAL}, [*QUIET, repository("soon")])
    assert (plan.close, plan.held) == ((), ("models/kw/soon",))


def test_a_listed_open_repository_is_not_yet_proved() -> None:
    """It stays open, and the verdict is neither pass nor failure."""
    plan = repositories.plan({"models/kw/out": APPROVAL}, [*QUIET, repository("out", "public")])
    assert plan.unproved == ("models/kw/out",)


@pytest.mark.parametrize("approval", ["", "yes", "https://github.com/", "http://github.com/kw/x/pull/1"])
def test_a_listing_without_a_pull_request_counts_as_none(approval: str) -> None:
    """Whoever runs without the policies is protected too."""
    stray = repository("out", "public")
    public = {"models/kw/out": approval}
    assert repositories.plan(public, [*QUIET, stray]).close == (stray,)
    assert repositories.plan(public, [*QUIET, repository("out")]).held == ()
    assert repositories.seen(public, [*QUIET, stray]) == {"models/kw/out": repositories.UNAPPROVED}


def test_a_listed_repository_that_is_not_there_is_reported() -> None:
    """A misspelt name does not pass in silence."""
    assert repositories.plan({"models/kw/gone": APPROVAL}, QUIET).missing == ("models/kw/gone",)


def test_a_type_without_a_call_is_left_to_a_person() -> None:
    """A kernel has no settings call: it is a manual finding, not a failure."""
    plan = repositories.plan({}, [*QUIET, repository("fast", "public", "kernel")])
    assert (plan.close, plan.manual) == ((), ("kernels/kw/fast",))


def test_a_name_is_listed_with_its_type() -> None:
    """A model's approval does not open the dataset of the same name."""
    stray = repository("twin", "public", "dataset")
    assert repositories.plan({"models/kw/twin": APPROVAL}, [*QUIET, stray]).close == (stray,)


def test_many_closures_stop_before_any_call_unless_stated() -> None:
    """Eleven at once is a mistake or is said."""
    strays = [repository(f"stray-{n}", "public") for n in range(11)]
    crowd = [repository(f"calm-{n}") for n in range(200)] + strays
    with pytest.raises(TooMuchAtOnce, match=r"11 of 211, and 10 .*allow\.closures: 11"):
        repositories.plan({}, crowd)
    assert len(repositories.plan({}, crowd, stated_closures=11).close) == 11


def test_an_open_repository_is_seen_as_not_approved() -> None:
    """Drift names each one."""
    live = [*QUIET, repository("stray", "public"), repository("out", "public")]
    assert repositories.seen({"models/kw/out": APPROVAL, "models/kw/soon": APPROVAL}, live) == {
        "models/kw/out": APPROVAL,
        "models/kw/soon": APPROVAL,
        "models/kw/stray": repositories.UNAPPROVED,
    }


VISIBILITY = st.sampled_from(["public", "private", "protected"])
TYPE = st.sampled_from(["model", "dataset", "space", "bucket"])


@given(st.dictionaries(st.integers(0, 30), st.tuples(VISIBILITY, TYPE)), st.sets(st.integers(0, 30)))
def test_after_a_plan_only_listed_repositories_are_open(
    found: dict[int, tuple[str, str]], listed: set[int]
) -> None:
    """From any organization, a plan leaves open what is listed and nothing else, and then rests."""
    live = [repository(str(n), visibility, kind) for n, (visibility, kind) in found.items()]
    public = {r.path: APPROVAL for r in live if int(r.id.split("/")[1]) in listed}
    strays = sum(r.visibility in standards.OPEN_VISIBILITIES and r.path not in public for r in live)
    plan = repositories.plan(public, live, stated_closures=strays)
    closed = {r.path for r in plan.close}
    after = [r.model_copy(update={"visibility": "private"}) if r.path in closed else r for r in live]
    assert {r.path for r in after if r.visibility in standards.OPEN_VISIBILITIES} <= public.keys()
    assert repositories.plan(public, after).close == ()
