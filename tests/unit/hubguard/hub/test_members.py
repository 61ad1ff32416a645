"""Members: a plan reaches the desired roles and never locks anybody out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubguard import standards
from hubguard.errors import HubguardError
from hubguard.hub import members
from hubguard.hub.client import GroupMembership, Member
from hubguard.hub.limits import TooMuchAtOnce

USERS = st.sampled_from([f"user-{n}" for n in range(40)])
ROLES = st.sampled_from(standards.ROLES)
EVERYTHING = 10_000


def live(roles: dict[str, str]) -> list[Member]:
    """A membership as the Hub lists it."""
    return [
        Member.model_validate({"user": user, "role": role, "resourceGroups": []})
        for user, role in roles.items()
    ]


def result(roles: dict[str, str], plan: members.MembersPlan) -> dict[str, str]:
    """The membership after the plan's calls, invitations not accepted."""
    return roles | {c.user: c.role for c in plan.calls if isinstance(c, members.SetRole)}


def test_a_changed_role_is_one_call() -> None:
    """Only what differs is touched."""
    plan = members.plan({"a": "admin", "b": "read"}, live({"a": "admin", "b": "contributor", **many(20)}),
                        caller="a", invited={}, stated_demotions=1)  # fmt: skip
    assert [(c.user, c.role) for c in plan.calls] == [("b", "read")]


def test_resource_groups_are_sent_back_with_a_role() -> None:
    """The Hub removes a member from every group that the call leaves out."""
    group = GroupMembership(id="0" * 24, name="curators", role="write")
    member = Member.model_validate({"user": "b", "role": "read", "resourceGroups": [group.model_dump()]})
    plan = members.plan({"a": "admin", "b": "write"}, [*live({"a": "admin"}), member], caller="a", invited={})
    [call] = plan.calls
    assert isinstance(call, members.SetRole)
    assert call.groups == (group,)


def test_a_missing_member_is_invited_once() -> None:
    """An invitation that was sent before is known and not repeated."""
    desired, present = {"a": "admin", "new": "read"}, live({"a": "admin"})
    first = members.plan(desired, present, caller="a", invited={})
    assert first.calls == (members.Invite("new", "read"),)
    assert members.plan(desired, present, caller="a", invited={"new": "read"}).calls == ()


def test_groups_that_are_not_shown_are_not_wiped() -> None:
    """Absent is not empty: the role stays as it is, unless the plan has no groups at all."""
    hidden = Member.model_validate({"user": "b", "role": "read"})
    desired, present = {"a": "admin", "b": "write"}, [*live({"a": "admin"}), hidden]
    with pytest.raises(members.CannotTell, match="which resource groups b is in"):
        members.plan(desired, present, caller="a", invited={})
    [call] = members.plan(desired, present, caller="a", invited={}, has_groups=False).calls
    assert call == members.SetRole("b", "write", "read", ())


def test_an_invitation_with_another_role_is_left_to_a_person() -> None:
    """It cannot be withdrawn from here, and a second one would be refused."""
    plan = members.plan(
        {"a": "admin", "new": "read"}, live({"a": "admin"}), caller="a", invited={"new": "admin"}
    )
    assert plan.calls == ()
    assert plan.misinvited == ("new",)


@pytest.mark.parametrize("role", ["write", "read", "no_access"])
def test_only_an_admin_sees_everything(role: str) -> None:
    """Whoever sees less may not conclude that the rest is not there."""
    with pytest.raises(members.CannotTell, match="not an admin"):
        members.require_admin(live({"a": role, "b": "admin"}), "a")
    members.require_admin(live({"Ada": "admin"}), "ada")


def test_an_admin_arrives_before_another_one_goes() -> None:
    """A crash between the calls leaves an admin there."""
    plan = members.plan(
        {"a": "read", "b": "admin"},
        live({"a": "admin", "b": "write"}),
        caller="b",
        invited={},
        stated_demotions=1,
    )
    assert [(c.user, c.role) for c in plan.calls] == [("b", "admin"), ("a", "read")]


def test_what_the_code_does_not_name_is_reported_and_left() -> None:
    """Unmanaged members are findings, not targets."""
    plan = members.plan({"a": "admin"}, live({"a": "admin", "stranger": "write"}), caller="a", invited={})
    assert plan.calls == ()
    assert plan.unmanaged == {"stranger": "write"}


def test_names_compare_without_case() -> None:
    """The Hub's own spelling is not a difference."""
    plan = members.plan({"Ainative": "admin"}, live({"ainative": "admin"}), caller="AINATIVE", invited={})
    assert plan.calls == ()
    assert plan.unmanaged == {}


def test_the_last_admin_stays() -> None:
    """Invited admins do not count."""
    with pytest.raises(members.LockOut, match="last admin"):
        members.plan({"a": "write", "new": "admin"}, live({"a": "admin"}), caller="x", invited={})


def test_the_caller_stays_admin() -> None:
    """The plan would lock itself out half-way."""
    with pytest.raises(members.LockOut, match="whose token"):
        members.plan({"a": "write", "b": "admin"}, live({"a": "admin", "b": "admin"}), caller="A", invited={})


def test_many_demotions_stop_before_any_call_unless_stated() -> None:
    """A truncated file must not empty a team."""
    before = {"a": "admin"} | {f"w{n}": "write" for n in range(60)}
    desired = before | {f"w{n}": "read" for n in range(4)}
    with pytest.raises(TooMuchAtOnce, match=r"4 of 61, and 3 .*allow\.demotions: 4"):
        members.plan(desired, live(before), caller="a", invited={})
    stated = members.plan(desired, live(before), caller="a", invited={}, stated_demotions=4)
    assert len(stated.calls) == 4


def test_roles_that_are_not_shown_stop_everything() -> None:
    """Nothing is concluded from a list without roles."""
    with pytest.raises(HubguardError, match="without their roles"):
        members.plan({"a": "admin"}, [Member.model_validate({"user": "a"})], caller="a", invited={})


@given(st.dictionaries(USERS, ROLES), st.dictionaries(USERS, ROLES))
def test_a_plan_reaches_the_desired_roles_and_then_rests(
    desired: dict[str, str], now: dict[str, str]
) -> None:
    """From any membership, applying a plan makes the next plan empty but for open invitations."""
    desired, now = desired | {"root": "admin"}, now | {"root": "admin"}
    plan = members.plan(
        desired, live(now), caller="root", invited={}, stated_demotions=demotions(desired, now)
    )
    after = result(now, plan)
    assert {u: after[u] for u in desired if u in after} == {u: r for u, r in desired.items() if u in now}
    sent = {c.user: c.role for c in plan.calls if isinstance(c, members.Invite)}
    again = members.plan(desired, live(after), caller="root", invited=sent)
    assert again.calls == ()
    assert again.unmanaged.keys() == now.keys() - desired.keys()


@given(st.dictionaries(USERS, ROLES, min_size=1), st.dictionaries(USERS, ROLES, min_size=1), st.data())
def test_no_crash_leaves_the_organization_without_an_admin(
    desired: dict[str, str], now: dict[str, str], data: st.DataObject
) -> None:
    """Whatever prefix of the calls was made, somebody present is admin."""
    now = now | {"root": "admin"}
    desired = desired | {"root": data.draw(ROLES)}
    try:
        plan = members.plan(
            desired, live(now), caller="nobody", invited={}, stated_demotions=demotions(desired, now)
        )
    except members.LockOut:
        return
    made = data.draw(st.integers(0, len(plan.calls)))
    after = now | {c.user: c.role for c in plan.calls[:made] if isinstance(c, members.SetRole)}
    assert "admin" in after.values()


def demotions(desired: dict[str, str], now: dict[str, str]) -> int:
    """How many members the desired roles demote."""
    order = standards.ROLES.index
    return sum(order(desired[u]) < order(now[u]) for u in desired if u in now)


def many(count: int) -> dict[str, str]:
    """Members that make an organization large enough for one demotion."""
    return {f"m{n}": "read" for n in range(count)}
