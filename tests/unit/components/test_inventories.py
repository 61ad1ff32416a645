"""What holds for every inventory of tokens, and how many tokens AWS's limits leave room for."""

from __future__ import annotations

from typing import Any, get_args

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import rights
from components.documents import roles
from components.documents.statements import text
from components.matrix import cells
from components.names import Names, Role
from components.rights import Right
from components.settings import Environment, Settings, Token
from tests.unit.components import generated
from tests.unit.components.generated import Document

PROD = generated.stacks()["prod"]
NAMES = Names.of(generated.far(PROD))
VALUES: dict[Right, str] = {"read": "OnlyNamedReaders", "write": "OnlyNamedWriters"}

# AWS's quotas of IAM, KMS and Secrets Manager, in characters; white space does not count.
MANAGED, INLINE, TRUST, KEY, SECRET = 6144, 10240, 2048, 32768, 20480


@st.composite
def tokens(draw: st.DrawFn) -> Token:
    """Any token that the settings take."""
    environment: Environment = draw(st.sampled_from(get_args(Environment)))
    values: dict[str, Any] = {
        # A name that ends as AWS ends ARNs is refused.
        "name": draw(st.from_regex(r"[a-z0-9][a-z0-9-]{1,53}-token", fullmatch=True)),
        "environment": environment,
        "role": "read",
        "owner": "ainativestudio",
        "generation": draw(st.integers(1, 999)),
    }
    if environment == "machine":
        values["consumers"] = draw(st.lists(st.sampled_from(["deploy", "drift"]), min_size=1, unique=True))
    return Token.model_validate(values)


QUICK = hypothesis.settings(max_examples=50, deadline=None)
inventories = st.lists(tokens(), max_size=8, unique_by=lambda token: token.name)


@QUICK
@given(tokens())
def test_only_holders_are_spared_by_a_secrets_policy(token: Token) -> None:
    """Who reads and who puts is the matrix's word, and nobody else's."""
    for right, sid in VALUES.items():
        holders = [role for role in rights.ROLES if right in rights.rights(role, token)]
        assert rights.holders(right, token) == holders
        for policy in _secrets([token]):
            [deny] = [s for s in policy["Statement"] if s["Sid"] == sid]
            spared = deny.get("Condition", {"ArnNotEquals": {"aws:PrincipalArn": []}})
            expected = sorted(NAMES.role_arn(role) for role in holders)
            assert spared["ArnNotEquals"]["aws:PrincipalArn"] == expected


@QUICK
@given(inventories)
def test_a_role_reaches_exactly_the_secrets_of_the_matrix(inventory: list[Token]) -> None:
    """Action by action, exact ARNs, in every region of the vault."""
    for role in rights.ROLES:
        if role == "deploy":
            continue
        allowed = _allowed(roles.permissions(role, inventory, NAMES, None))
        for right, actions in rights.ACTIONS.items():
            reached = rights.secrets_of(role, right, inventory)
            expected = {arn for token in reached for arn in NAMES.secret_arns(token)}
            assert all(allowed.get(action, set()) == expected for action in actions)


@QUICK
@given(inventories)
def test_only_deploy_manages_and_only_operators_put(inventory: list[Token]) -> None:
    """Nobody who reads puts, and nobody who puts manages; a production value is not deploy's."""
    for token in rights.vaulted(inventory):
        assert rights.holders("manage", token) == ["deploy"]
        assert rights.holders("write", token) == ["operator"]
        readers = set(rights.holders("read", token))
        assert not readers & {"preview", "operator", "auditor"}
        assert "deploy" not in readers or token.environment in ("ci", "machine")


@QUICK
@given(inventories)
def test_a_local_token_is_in_no_document(inventory: list[Token]) -> None:
    """It has no secret, and nobody here a right on it."""
    local = [token for token in inventory if token.environment == "local"]
    assert not [c for c in cells.cells(local) if c.allowed]
    for role in rights.ROLES:
        if role != "deploy":
            policy = text(roles.permissions(role, inventory, NAMES, None))
            assert not [token for token in local if f"/local/{token.name}" in policy]


@QUICK
@given(inventories)
def test_readers_in_the_boundary_are_those_of_any_inventory(inventory: list[Token]) -> None:
    """Nobody whom the matrix names is stopped by the boundary."""
    for right in VALUES:
        named = {role for token in rights.vaulted(inventory) for role in rights.holders(right, token)}
        assert named - {"deploy"} <= set(rights.possible_holders(right))


@pytest.mark.parametrize("stack", generated.stacks())
def test_documents_are_within_the_limits(stack: str) -> None:
    """The committed stacks, and one with three replica regions and its state in S3."""
    assert _too_long(generated.stacks()[stack]) == {}


@pytest.mark.parametrize(("replicas", "count"), [(0, 28), (3, 6)])
def test_many_tokens_with_long_names_are_within_the_limits(replicas: int, count: int) -> None:
    """All names as long as can be; ordinary ones leave room for half as many again."""
    desired = _with(PROD, count)
    assert _too_long(generated.far(desired) if replicas else desired) == {}


def test_the_limit_that_is_met_first_is_that_of_a_roles_own_policy() -> None:
    """It names every secret in every region; the policies of keys and secrets stay as long as they are."""
    assert _too_long(_with(PROD, 60)).keys() <= set(rights.ROLES)
    assert _too_long(generated.far(_with(PROD, 60))).keys() <= set(rights.ROLES)


def _with(desired: Settings, count: int) -> Settings:
    """The same settings with that many tokens, evenly over the environments, all names as long as can be."""
    kinds = ("production", "training", "ci", "machine")
    inventory = [
        Token.model_validate(
            {
                "name": f"{number:03}".ljust(63, "x"),
                "environment": kinds[number % 4],
                "role": "read",
                "owner": "ainativestudio",
                "consumers": ["deploy", "drift"] if kinds[number % 4] == "machine" else [],
            }
        )
        for number in range(count)
    ]
    return desired.model_copy(update={"tokens": inventory})


def _too_long(desired: Settings) -> dict[str, int]:
    limits = (
        (generated.managed(desired), MANAGED),
        (generated.inline(desired), INLINE),
        (generated.trusts(desired), TRUST),
        (generated.keys(desired), KEY),
        (generated.resources(desired), SECRET),
    )
    return {
        name: len(text(document))
        for documents, limit in limits
        for name, document in documents.items()
        if len(text(document)) > limit
    }


def _allowed(policy: Document) -> dict[str, set[str]]:
    """The ARNs of secrets that each action is allowed on."""
    found: dict[str, set[str]] = {}
    for statement in policy["Statement"]:
        if statement["Effect"] == "Allow" and statement["Resource"] != "*":
            for action in statement["Action"]:
                found.setdefault(action, set()).update(statement["Resource"])
    return found


def _secrets(inventory: list[Token]) -> list[Document]:
    found = generated.resources(generated.far(PROD.model_copy(update={"tokens": inventory})))
    return [policy for name, policy in found.items() if name.startswith("secret ")]


def test_every_role_is_judged() -> None:
    """The matrix knows each role, and nobody else's name."""
    assert set(cells.PRINCIPALS) == {*get_args(Role), "administrator", "nobody"}
