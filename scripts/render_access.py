"""Write docs/access.md from the access matrix; with --check, tell whether it says what the matrix says.

Exit code 7 when it does not.
"""
# ruff: noqa: INP001  a script, not part of a package

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from components import rights, settings
from components.documents import trust
from components.matrix import attempts, cells
from components.matrix.attempts import Attempt
from components.matrix.cells import MARKS, OUTSIDERS, PRINCIPALS
from components.names import Role
from components.settings import Environment, Settings, Token
from hubguard import standards

_ROOT: Final = Path(__file__).parents[1]
_PAGE: Final = _ROOT / "docs/access.md"
_STACK: Final = _ROOT / "Pulumi.sandbox.yaml"
_FINDINGS: Final = 7

_HEAD: Final = """\
# Who may do what with which token

Made by `scripts/render_access.py` from `components/rights.py`; do not edit it by hand. It shows the stack
file `Pulumi.sandbox.yaml`; the rights are the same in every stack. The policies of the secrets, of the keys
and of the roles are made of the same table, and `tests/integration/access` takes each role as it is taken in
real life and tries every call on every secret of the local AWS. What a cell does not name is denied.
"""

_WORDS: Final = {
    "describe": "see names, dates and tags, never a value",
    "inspect": "see the secret's policy",
    "read": "read the value",
    "write": "put a value",
    "manage": "change the container: policy, tags, replicas, rotation, deletion with 30 days to come back",
}

_ENVIRONMENTS: Final[dict[Environment, str]] = {
    "production": "Production",
    "training": "Training",
    "ci": "CI",
    "machine": "The machine's own credentials",
}

_PEOPLE: Final = "their identity provider enforces the second factor; of an IAM user the role asks for it"

_LIMITS: Final = """\
## What could still be done

**By deploy.** It makes the roles and writes the secrets' policies, so it decides who reads. It cannot read by
itself, and roles of other names that it makes read nothing. But it can change whom a reader's role trusts,
and no policy of AWS limits what it writes there. What guards this lies outside of AWS: the GitHub environment
of deploy with its reviewers, the ruleset of the repository that holds this program, and the policy pack. What
shows it: the trail, and the next drift run. A role that somebody puts under `/hubguard/` without the boundary
is in its reach as well: keep such roles elsewhere.

It can put the stack's tag on a key of the account that has none, and administers that key from then on as far
as the key's own policy lets the account: AWS asks for the tagging at a time when a new key has no tag yet. It
uses no key by that, and each tagging raises an alarm. Give keys of other programs a tag
`hubguard:organization` of another value, or a policy that names who administers them.

It adds a replica to an empty secret. For one that has a value AWS decrypts that value in the caller's name,
which deploy may not: add the region by hand, or put the value again afterwards.

**By an administrator of the account.** Whoever has every right in IAM can rewrite a secret's policy and name
themselves. That is a change of a policy, which raises an alarm before any value is read.
"""

_REAL_ONLY: Final = (
    ("The signature and the expiry of a job's token", "the local AWS reads the claims alone"),
    (
        "That root is held to the policies of secrets and keys",
        "root of the local AWS passes everything; on AWS the policies of secrets and keys hold for it too",
    ),
    (
        "The second factor of an IAM user",
        "no local session has one; the trust policy is checked as a document",
    ),
    (
        "The source conditions of AWS's own services: trail, event rules, alarms, log group",
        "no service of the local AWS calls with a source; checked on the documents",
    ),
    (
        "That the topic and its key let EventBridge and CloudWatch publish an alarm",
        "the local AWS asks neither; the documents are checked, and one real alarm should be seen to arrive",
    ),
    (
        "The encryption context of a secret's key, and keys in replica regions",
        "the local AWS asks for the key of a value that is read or put, in one region and without context",
    ),
    (
        "That a key policy which locks everybody out is refused",
        "the local AWS takes any; `bypassPolicyLockoutSafetyCheck` is never set",
    ),
    (
        "That a secret's policy which opens it to the public is refused",
        "the local AWS takes any; `blockPublicPolicy` is always set",
    ),
    (
        "Policy variables, and the condition keys of Secrets Manager but those of a deletion",
        "not evaluated there, and not used here",
    ),
    (
        "That a replica of a secret needs the keys of both regions",
        "the local AWS asks for no key then; the documents give deploy and the writers what AWS asks for",
    ),
    ("The lengths of policies", "the local AWS takes any; tests compare every document with AWS's limits"),
    (
        "Access Analyzer's own findings",
        "there is none locally; parliament and cloudsplaining run in the tests",
    ),
)


def page(desired: Settings) -> str:
    """The whole page for a stack's settings."""
    parts = [_HEAD, _legend(), *_tables(desired.tokens), _takers(desired)]
    parts += [_escalations(), _LIMITS, _real_only()]
    return "\n".join(parts)


def _legend() -> str:
    rows = [
        (f"**{mark}**", right, _WORDS[right], ", ".join(_short(action) for action in rights.ACTIONS[right]))
        for right, mark in MARKS.items()
    ]
    text = _table(("mark", "right", "in words", "calls of Secrets Manager"), rows)
    nobodys = " or ".join(_short(action) for action in rights.NOBODYS)
    return (
        f"{text}\nNobody may use {nobodys}, and nobody deletes a secret in less than"
        f" {standards.SECRET_RECOVERY_DAYS} days. Local tokens have no secret.\n"
    )


def _tables(tokens: Sequence[Token]) -> Iterator[str]:
    for environment, title in _ENVIRONMENTS.items():
        own = [token for token in tokens if token.environment == environment]
        if own:
            rows = [
                (_called(principal), *(_marks(principal, token) for token in own)) for principal in PRINCIPALS
            ]
            heads = ("", *(f"`{token.name}`" for token in own))
            yield f"## {title}\n\n{_table(heads, rows)}"


def _marks(principal: cells.Principal, token: Token) -> str:
    mine = cells.held(principal, token)
    return " ".join(mark for right, mark in MARKS.items() if right in mine) or "-"


def _called(principal: cells.Principal) -> str:
    return next((words for outsider, words in OUTSIDERS.items() if outsider == principal), principal)


def _takers(desired: Settings) -> str:
    access, owner, github = desired.access, desired.github_owner, desired.github
    applications: dict[Role, list[str]] = {
        "production-reader": access.production_readers,
        "training-writer": access.training_writers,
    }
    people: dict[Role, list[str]] = {
        "operator": access.operators,
        "incident-responder": access.incident_responders,
        "auditor": access.auditors,
    }
    jobs = {
        "ci": trust.subjects_of("ci", owner, github),
        "preview": trust.pull_requests(owner, github),
        "drift": trust.subjects_of("drift", owner, github),
        "deploy": trust.subjects_of("deploy", owner, github),
    }
    rows: list[tuple[str, str, str]]
    rows = [(role, "applications", _code(arns)) for role, arns in applications.items()]
    rows += [(role, "jobs of GitHub Actions with this `sub`", _code(subs)) for role, subs in jobs.items()]
    rows += [(role, f"people; {_PEOPLE}", _code(arns)) for role, arns in people.items()]
    minutes = standards.SESSION_SECONDS // 60
    return (
        "## Who may take a role\n\n"
        f"{_table(('role', 'by whom', 'exactly'), rows)}\n"
        f"A session lasts {minutes} minutes at most. Deploy's role, the boundary of all the others and the"
        " trust in GitHub belong to the bootstrap, which an administrator runs. There is no IAM user and no"
        " access key.\n\nThese attempts are made, and refused:\n\n" + _attempts(attempts.INTRUSIONS)
    )


def _escalations() -> str:
    return (
        "## Attempts to get further\n\nEach is made by a test, and fails for the reason beside it.\n\n"
        + _attempts((*attempts.OF_DEPLOY, *attempts.OF_OTHERS))
    )


def _attempts(made: Sequence[Attempt]) -> str:
    return _table(("who", "tries", "stopped by"), [(one.who, one.does, one.stopped_by) for one in made])


def _real_only() -> str:
    return (
        "## Proved on real AWS only\n\nWhat the local AWS cannot show, and what is done about it here.\n\n"
        + _table(("what", "why not here"), _REAL_ONLY)
    )


def _short(action: str) -> str:
    return f"`{action.partition(':')[2]}`"


def _code(values: Sequence[str]) -> str:
    return ", ".join(f"`{value}`" for value in values) or "nobody"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main(arguments: Sequence[str]) -> int:
    """Write the page, or compare it; the exit code."""
    wanted = page(settings.from_file(_STACK))
    if list(arguments) == ["--check"]:
        if _PAGE.exists() and _PAGE.read_text(encoding="utf-8") == wanted:
            return 0
        sys.stderr.write("docs/access.md does not say what the access matrix says: run `make format`\n")
        return _FINDINGS
    if arguments:
        sys.stderr.write("usage: render_access.py [--check]\n")
        return 2
    _PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
