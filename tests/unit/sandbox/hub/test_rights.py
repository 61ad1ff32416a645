"""Who may see and do what."""

from __future__ import annotations

import pytest

from sandbox.hub import seed
from sandbox.hub.model import Repository, Scope, Token, TokenRole, now
from sandbox.hub.rights import Caller, Rights
from sandbox.hub.store import Store

ORG = "kwanzaa-project"


def rights(user: str, role: TokenRole = "write", *scopes: Scope) -> Rights:
    """The rights of an account with a token of some kind."""
    store = Store(seed.load())
    token = Token(digest="-", user=user, role=role, display_name="-", created_at=now(), scopes=scopes)
    return Rights(store, Caller(store.state.accounts[user], token))


def repository(subject: Rights, type_: str, name: str) -> Repository:
    """A repository of the organization."""
    found = subject.store.repository(type_, ORG, name)
    assert found is not None
    return found


def scope(kind: str, name: str, *permissions: str) -> Scope:
    """A scope of a fine-grained token."""
    return Scope(entity_type=kind, entity_name=name, permissions=frozenset(permissions))


@pytest.mark.parametrize(
    ("user", "reads", "writes"),
    [
        ("ainativestudio", True, True),
        ("umoja-training", True, True),
        ("baobab-intern", True, False),
        ("karamu-reviews", True, False),
        ("ujamaa-contractor", False, False),
        ("jua-newcomer", False, False),
    ],
)
def test_role_decides_on_a_private_repository(user: str, *, reads: bool, writes: bool) -> None:
    """Admin and write change it, read and contributor see it, no_access and strangers do not."""
    subject = rights(user)
    model = repository(subject, "model", "griot-8b-base")
    assert (subject.reads(model), subject.writes(model)) == (reads, writes)


def test_contributor_writes_what_it_made() -> None:
    """A contributor changes the repositories it created and no others."""
    subject = rights("baobab-intern")
    assert subject.writes(repository(subject, "model", "tokenizer-experiments"))
    assert not subject.writes(repository(subject, "model", "refusal-classifier"))


@pytest.mark.parametrize(
    ("user", "reads", "writes"),
    [
        ("mkeka-data", True, True),
        ("mwezi-archive", True, False),
        ("ujamaa-contractor", True, False),
        ("umoja-training", False, False),
        ("ainativestudio", True, True),
    ],
)
def test_group_decides_on_its_repositories(user: str, *, reads: bool, writes: bool) -> None:
    """Inside a resource group its roles count instead of the organization's, except for admins."""
    subject = rights(user)
    raw = repository(subject, "dataset", "primary-sources-raw")
    assert (subject.reads(raw), subject.writes(raw)) == (reads, writes)


def test_everybody_reads_what_is_public_and_nobody_else_a_protected_space() -> None:
    """Anonymous visitors see public repositories; of a protected Space they see the app alone."""
    store = Store(seed.load())
    anonymous = Rights(store, Caller())
    assert anonymous.reads(repository(anonymous, "model", "griot-8b-adapter-preview"))
    space = repository(anonymous, "space", "griot-chat")
    space.visibility = "protected"
    assert not anonymous.reads(space)
    assert not anonymous.writes(space)
    assert not anonymous.creates(ORG, None)


def test_read_token_of_an_admin_changes_nothing() -> None:
    """A token can do less than its owner, never more."""
    subject = rights("ainativestudio", "read")
    model = repository(subject, "model", "griot-8b-base")
    assert subject.reads(model)
    assert not subject.writes(model)
    assert not subject.manages(subject.store.state.organizations[ORG])
    assert not subject.creates(ORG, None)


def test_fine_grained_token_reaches_what_it_names() -> None:
    """Write access to one repository gives nothing on others, nor on the organization."""
    subject = rights("ainativestudio", "fineGrained", scope("model", f"{ORG}/griot-8b-base", "repo.write"))
    assert subject.writes(repository(subject, "model", "griot-8b-base"))
    assert not subject.reads(repository(subject, "model", "citation-checker"))
    organization = subject.store.state.organizations[ORG]
    assert subject.role(organization) is None
    assert not subject.manages(organization)
    assert not subject.creates(ORG, None)


def test_fine_grained_token_manages_members_with_that_permission() -> None:
    """`org.write` on the organization is what managing members takes, and it opens no content."""
    subject = rights("ainativestudio", "fineGrained", scope("org", ORG, "org.write"))
    organization = subject.store.state.organizations[ORG]
    assert subject.role(organization) == "admin"
    assert subject.manages(organization)
    assert not subject.reads(repository(subject, "model", "griot-8b-base"))


def test_gate_is_open_to_members_unless_it_is_meant_for_them() -> None:
    """A gated repository lets members in; with the gate for members too, writers alone."""
    reader, stranger, writer = (
        rights(name) for name in ("karamu-reviews", "jua-newcomer", "kuumba-adapters")
    )
    for subject, open_, strict in (
        (reader, True, False),
        (stranger, False, False),
        (writer, True, True),
    ):
        model = repository(subject, "model", "griot-8b-adapter")
        model.visibility = "public"
        assert subject.passes_gate(model) is open_
        model.org_members_gated = True
        assert subject.passes_gate(model) is strict


@pytest.mark.parametrize(
    ("user", "anywhere", "in_group"),
    [
        ("ainativestudio", True, True),
        ("umoja-training", True, True),
        ("mkeka-data", True, False),
        ("baobab-intern", True, False),
        ("karamu-reviews", False, False),
        ("jua-newcomer", False, False),
    ],
)
def test_creating_takes_the_role_contributor(user: str, *, anywhere: bool, in_group: bool) -> None:
    """From contributor on, in the organization or in the group that is asked for."""
    subject = rights(user)
    groups = subject.store.state.organizations[ORG].groups
    group = next(each.id for each in groups.values() if each.name == "adapter-release")
    assert subject.creates(ORG, None) is anywhere
    assert subject.creates(ORG, group) is in_group


def test_everybody_creates_in_the_own_namespace() -> None:
    """An account's own namespace is its own, and nobody else's."""
    subject = rights("jua-newcomer")
    assert subject.creates("jua-newcomer", None)
    assert not subject.creates("upepo-visitor", None)
