"""The roles that run Pulumi may do what the official provider calls for every type that is declared."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

import pytest

from components.documents.statements import document
from tests.unit.components import generated
from tests.unit.components.generated import ROOT, Document
from tests.unit.components.provider_actions import ON_ALL_RESOURCES, PROVIDER, Calls

STACKS = generated.stacks()
_DECLARES = re.compile(r"\baws\.([a-z0-9]+\.[A-Z]\w+)\(")


def test_every_declared_type_has_its_calls() -> None:
    """And no type has, that nothing declares any more."""
    sources = (ROOT / "components").rglob("*.py")
    declared = {kind for one in sources for kind in _DECLARES.findall(one.read_text(encoding="utf-8"))}
    assert declared == PROVIDER.keys()


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("kind", PROVIDER)
def test_deploy_may_do_all_that_the_provider_does(kind: str, stack: str) -> None:
    """Where nothing is protected: what is, deploy does not delete."""
    desired = STACKS[stack].model_copy(update={"protect": False})
    own = {name: one for name, one in generated.managed(desired).items() if "deploy" in name}
    whole = document(*(statement for one in own.values() for statement in one["Statement"]))
    calls: Calls = PROVIDER[kind]
    assert _missing({*calls.create, *calls.read, *calls.update, *calls.delete}, whole) == []


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("kind", PROVIDER)
@pytest.mark.parametrize("role", ["drift", "preview"])
def test_who_refreshes_may_read_all_that_the_provider_reads(role: str, kind: str, stack: str) -> None:
    """By its own policy and within the boundary."""
    for one in (generated.inline(STACKS[stack])[role], generated.managed(STACKS[stack])["hubguard-boundary"]):
        assert _missing(PROVIDER[kind].read, one) == []


def _missing(actions: Iterable[str], policy: Document) -> list[str]:
    return sorted(action for action in actions if not _allowed(action, policy))


def _allowed(action: str, policy: Document) -> bool:
    """Whether some statement allows it, on the kind of resource that AWS judges it on."""
    return any(
        statement["Effect"] == "Allow"
        and any(fnmatchcase(action, pattern) for pattern in statement["Action"])
        and (statement["Resource"] == "*") >= (action in ON_ALL_RESOURCES)
        and not _denied(action, policy)
        for statement in policy["Statement"]
    )


def _denied(action: str, policy: Document) -> bool:
    """Whether it is denied altogether."""
    return any(
        statement["Effect"] == "Deny"
        and statement.get("Resource") == "*"
        and "Condition" not in statement
        and any(fnmatchcase(action, pattern) for pattern in statement["Action"])
        for statement in policy["Statement"]
    )
