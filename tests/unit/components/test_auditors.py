"""Auditors that know nothing of this project find nothing in its documents, but what is accepted by name."""

from __future__ import annotations

import importlib
import importlib.resources
import sys
import warnings
from collections.abc import Iterator
from fnmatch import fnmatchcase
from types import ModuleType
from typing import Any

import pytest

from components.documents.statements import document, text
from components.settings import Settings
from tests.unit.components import generated
from tests.unit.components.exceptions import PARLIAMENT
from tests.unit.components.generated import Document

STACKS = generated.stacks()

# What cloudsplaining calls risks. Its list of actions that cannot be restricted is none.
RISKS = (
    "allows_data_exfiltration_actions",
    "allows_privilege_escalation",
    "contains_statement_using_not_action",
    "credentials_exposure",
    "infrastructure_modification",
    "permissions_management_without_constraints",
    "service_wildcard",
    "tagging_actions_without_constraints",
    "write_actions_without_constraints",
)


def identities(desired: Settings) -> dict[str, Document]:
    """What principals may do. Deploy's policies count together: one denies what another allows."""
    managed = generated.managed(desired)
    deploy = [s for name, one in managed.items() if "deploy" in name for s in one["Statement"]]
    bound = {"boundary": managed["hubguard-boundary"], "deploy": document(*deploy)}
    return bound | generated.inline(desired)


def attached(desired: Settings) -> dict[str, Document]:
    """Policies of resources. A role's trust names no resource, and the auditor wants one."""
    trusts = {
        name: document(
            *({**statement, "Resource": "arn:aws:iam::*:role/*"} for statement in one["Statement"])
        )
        for name, one in generated.trusts(desired).items()
    }
    return trusts | generated.keys(desired) | generated.resources(desired)


@pytest.fixture(scope="module")
def parliament() -> Iterator[Any]:
    """parliament, which asks a part of setuptools that is gone for the place of its data."""
    stand_in = ModuleType("pkg_resources")
    stand_in.__dict__["resource_filename"] = lambda package, name: str(
        importlib.resources.files(package) / name
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "pkg_resources", stand_in)
        yield quietly("parliament")


@pytest.fixture(scope="module")
def cloudsplaining() -> Any:
    """Cloudsplaining's view of one policy."""
    return quietly("cloudsplaining.scan.policy_document").PolicyDocument


def quietly(name: str) -> ModuleType:
    """Import a module whose code is older than some warnings of the language."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(name)


def findings(parliament: Any, policy: Document) -> Iterator[tuple[str, str]]:
    """Each finding and what it is about, one for each action."""
    analyzed = parliament.analyze_policy_string(text(policy), include_community_auditors=True)
    for finding in analyzed.findings:
        detail = finding.location.get("actions") or finding.detail
        for one in detail if isinstance(detail, list) else [detail]:
            yield finding.issue, one["action"] if isinstance(one, dict) else str(one)


@pytest.mark.parametrize("stack", STACKS)
def test_parliament_finds_nothing_that_is_not_accepted(parliament: Any, stack: str) -> None:
    """In identity, trust, key and resource policies of every stack file."""
    found = {
        (issue, name, subject)
        for name, policy in (identities(STACKS[stack]) | attached(STACKS[stack])).items()
        for issue, subject in findings(parliament, policy)
    }
    assert {one for one in found if not any(_matches(one, accepted) for accepted in PARLIAMENT)} == set()


def test_every_exception_is_needed(parliament: Any) -> None:
    """One that matches nothing any more goes away."""
    found = {
        (issue, name, subject)
        for desired in STACKS.values()
        for name, policy in (identities(desired) | attached(desired)).items()
        for issue, subject in findings(parliament, policy)
    }
    assert [a for a in PARLIAMENT if not any(_matches(one, a) for one in found)] == []


@pytest.mark.parametrize("stack", STACKS)
def test_cloudsplaining_finds_nothing(cloudsplaining: Any, stack: str) -> None:
    """No escalation, no exposure, no unrestricted write, no wildcard."""
    found = {
        (name, risk, str(value))
        for name, policy in identities(STACKS[stack]).items()
        for risk in RISKS
        if (value := getattr(cloudsplaining(policy), risk))
    }
    assert found == set()


def _matches(found: tuple[str, str, str], accepted: Any) -> bool:
    issue, name, subject = found
    return (
        issue == accepted.finding
        and fnmatchcase(name, accepted.document)
        and fnmatchcase(subject.lower(), accepted.subject.lower())
    )
