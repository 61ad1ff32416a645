"""IAM: nobody reaches a secret through a wildcard."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from pulumi_policy import ResourceValidationArgs

from policy.rule import Judge, resource_rule

# They concern no single secret: AWS knows them on all resources only (Service Authorization Reference).
_ACCOUNT_LEVEL = {
    f"secretsmanager:{name}" for name in ("listsecrets", "getrandompassword", "batchgetsecretvalue")
}

# The six characters that Secrets Manager adds to a name: one exact secret, not a wildcard.
_EXACT_SUFFIX = "-??????"
_SERVICE = "secretsmanager"
_WILDCARD = re.compile(r"[*?]|\$\{")  # a policy variable is filled in by whoever calls


def _each_allow(judge: Callable[[Mapping[str, Any]], Iterator[str]]) -> Judge:
    """A judge of every Allow statement in every policy document of a resource."""

    def judged(args: ResourceValidationArgs) -> Iterator[str]:
        for document in _documents(args):
            if document is None:
                yield "The policy cannot be read as JSON, so nothing in it can be judged"
                continue
            for number, statement in enumerate(_list(document.get("Statement")), start=1):
                if isinstance(statement, Mapping) and statement.get("Effect") == "Allow":
                    yield from (f"Statement {number} {wrong}" for wrong in judge(statement))

    return judged


def _documents(args: ResourceValidationArgs) -> Iterator[Mapping[str, Any] | None]:
    policies = [args.props.get("policy")]
    policies += [inline.get("policy") for inline in args.props.get("inlinePolicies") or []]
    for policy in filter(None, policies):
        yield _document(policy)


def _document(policy: object) -> Mapping[str, Any] | None:
    try:
        document = json.loads(policy) if isinstance(policy, str) else policy
    except ValueError:
        return None
    return document if isinstance(document, Mapping) else None


def _of_identity(statement: Mapping[str, Any]) -> Iterator[str]:
    if "NotAction" in statement:
        yield "allows all actions but some, those on secrets included"
        return
    actions = [str(action).lower() for action in _list(statement.get("Action"))]
    on_secrets = [action for action in actions if _reaches_secrets(action)]
    if not set(on_secrets) - _ACCOUNT_LEVEL:
        return
    if any(_WILDCARD.search(action) for action in on_secrets):
        yield "allows actions on secrets by a wildcard"
    if "NotResource" in statement:
        yield "allows actions on all secrets but some"
    if "Resource" not in statement:
        yield "allows actions on secrets without a resource"
    if any(_is_open(str(resource)) for resource in _list(statement.get("Resource"))):
        yield "allows actions on secrets that it does not name"


def _reaches_secrets(action: str) -> bool:
    service = action.partition(":")[0]
    return fnmatchcase(_SERVICE, service)


def _is_open(resource: str) -> bool:
    name = resource.removesuffix(_EXACT_SUFFIX)
    return bool(_WILDCARD.search(name)) or name.endswith(":secret:")


def _of_secret(statement: Mapping[str, Any]) -> Iterator[str]:
    actions = _list(statement.get("Action"))
    if "NotAction" in statement or any(_WILDCARD.search(str(action)) for action in actions):
        yield "allows actions on the secret by a wildcard"
    principal = statement.get("Principal")
    named = _list(principal.get("AWS")) if isinstance(principal, Mapping) else [principal]
    if "NotPrincipal" in statement or any(_WILDCARD.search(str(who)) for who in named):
        yield "lets principals in that it does not name"


def _list(value: object) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


RULES = [
    resource_rule(
        "iam-secrets-by-name",
        items=["2.3.4", "6.1.1"],
        why="A wildcard on secrets reads tokens that nobody meant to hand out.",
        fix="name each action, and each secret by its ARN ending in -??????",
        types=[
            "aws:iam/groupPolicy:GroupPolicy",
            "aws:iam/policy:Policy",
            "aws:iam/role:Role",
            "aws:iam/rolePolicy:RolePolicy",
            "aws:iam/userPolicy:UserPolicy",
        ],
        judge=_each_allow(_of_identity),
    ),
    resource_rule(
        "secret-policy-by-name",
        items=["2.3.4", "6.1.1"],
        why="A secret's own policy lets in whom it names, other accounts included.",
        fix="name each action, and each principal by its ARN",
        types=["aws:secretsmanager/secret:Secret", "aws:secretsmanager/secretPolicy:SecretPolicy"],
        judge=_each_allow(_of_secret),
    ),
]
