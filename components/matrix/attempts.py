"""Attempts to get more than the access matrix gives, and what stops each of them.

`docs/access.md` lists them, and a test makes every one of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Attempt:
    """One attempt.

    Attributes:
        name: what the test calls it.
        who: the principal, in words.
        does: what it tries.
        stopped_by: what denies it.
    """

    name: str
    who: str
    does: str
    stopped_by: str


_ITSELF: Final = "an explicit Deny on its own role, the bootstrap's policies and the OIDC provider"
_BOUND: Final = "it changes roles only while the boundary is on them"
_BOUNDARY: Final = "the boundary"
_VALUE: Final = "an explicit Deny in the role's own policy, and the secret's policy"

OF_DEPLOY: Final[tuple[Attempt, ...]] = (
    Attempt("own_policy", "deploy", "gives itself an inline policy", _ITSELF),
    Attempt("own_attachment", "deploy", "attaches AWS's AdministratorAccess to itself", _ITSELF),
    Attempt("own_trust", "deploy", "changes whom its own role trusts", _ITSELF),
    Attempt("own_session", "deploy", "lengthens its own sessions", _ITSELF),
    Attempt("own_policy_version", "deploy", "puts a new version of one of its own policies", _ITSELF),
    Attempt("boundary_version", "deploy", "puts a new version of the boundary", _ITSELF),
    Attempt(
        "boundary_removed", "deploy", "takes the boundary off a role", "an explicit Deny, whatever the role"
    ),
    Attempt("boundary_exchanged", "deploy", "puts another boundary on a role", _BOUND),
    Attempt("unbound_role", "deploy", "makes a role without the boundary", _BOUND),
    Attempt("otherwise_bound_role", "deploy", "makes a role with another boundary", _BOUND),
    Attempt("role_elsewhere", "deploy", "makes a role outside `/hubguard/`", "it has no right there"),
    Attempt("unbound_policy", "deploy", "gives a policy to a role that has no boundary", _BOUND),
    Attempt("attachment", "deploy", "attaches a policy to a role", "it has no right to attach"),
    Attempt("oidc_audience", "deploy", "adds an audience to the OIDC provider", _ITSELF),
    Attempt("oidc_provider", "deploy", "makes another OIDC provider", "it has no right to"),
    Attempt("user", "deploy", "makes a user with an access key", "it has no right to"),
    Attempt(
        "handed_role",
        "deploy",
        "hands a role to a service that is not meant for it",
        "it may hand two roles on, each to its service",
    ),
    Attempt(
        "own_reading",
        "deploy",
        "names itself in a production secret's policy and reads",
        "an explicit Deny on every value but those it seals, and the key's policy",
    ),
    Attempt("own_putting", "deploy", "names itself as a writer and puts a value", "an explicit Deny"),
    Attempt(
        "deleted_at_once",
        "deploy",
        "deletes a secret without the days to restore it",
        "an explicit Deny, and the secret's policy",
    ),
    Attempt("tagged_key", "deploy", "puts the stack's tag over another stack's", "it tags what has no tag"),
    Attempt(
        "taken_reader",
        "deploy",
        "has the production reader trust it, and takes that role",
        "an explicit Deny",
    ),
    Attempt(
        "own_reader",
        "a role that deploy made",
        "is named in a production secret's policy, has every right in its own, and reads",
        "the boundary: roles of other names read no value",
    ),
    Attempt(
        "bound_everything",
        "a role that deploy made",
        "has every right in its own policy, uses IAM",
        _BOUNDARY,
    ),
    Attempt(
        "own_logs",
        "deploy",
        "lets itself into the log bucket by the bucket's policy, to read and to forge",
        "an explicit Deny on every object of the log buckets",
    ),
)
"""Deploy, and roles that it makes."""

OF_OTHERS: Final[tuple[Attempt, ...]] = (
    Attempt("operator_reads", "operator", "reads a value that it put", _VALUE),
    Attempt("preview_reads", "preview", "reads a CI token", _VALUE),
    Attempt("auditor_reads", "auditor", "reads a value", _VALUE),
    Attempt("auditor_puts", "auditor", "puts a value", "no right, and the secret's policy"),
    Attempt("reader_puts", "production reader", "puts a value", "no right, and the secret's policy"),
    Attempt(
        "reader_decrypts",
        "production reader",
        "uses the key without Secrets Manager",
        "the role's and the key's policy: only through Secrets Manager",
    ),
    Attempt(
        "administrator_reads",
        "an administrator",
        "reads a production value with every right in IAM",
        "the secret's policy",
    ),
    Attempt(
        "administrator_deletes",
        "an administrator",
        "deletes a secret without the days to restore it",
        "the secret's policy",
    ),
    Attempt(
        "administrator_decrypts",
        "an administrator",
        "uses the key with every right in IAM",
        "the key's policy gives the account no use",
    ),
)
"""The other roles, and an administrator."""

INTRUSIONS: Final[tuple[Attempt, ...]] = (
    Attempt("other_environment", "a job in another environment", "takes ci, deploy or drift", "`sub`"),
    Attempt("other_branch", "a job without an environment", "takes ci, deploy or drift", "`sub`"),
    Attempt("other_repository", "the same environment of another repository's number", "takes any", "`sub`"),
    Attempt("other_owner", "the same names under another owner's number", "takes any", "`sub`"),
    Attempt("no_numbers", "a token whose `sub` has no numbers", "takes any", "`sub`"),
    Attempt("pull_request", "a pull request", "takes ci, deploy or drift", "`sub`"),
    Attempt("deploy_job", "a job that deploys", "takes preview, ci or drift", "`sub`"),
    Attempt("other_audience", "the right job with a token for another audience", "takes any", "`aud`"),
    Attempt("unnamed", "a principal that no setting names", "takes any role", "the role's trust"),
    Attempt(
        "other_person", "a principal that is named for another role", "takes any other", "the role's trust"
    ),
    Attempt("long_session", "whoever may take a role", "asks for more than an hour", "the role's limit"),
)
"""Getting into a role."""
