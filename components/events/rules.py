"""The rules that set off an alarm at once, and what each of them says, as plain data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from components import rights
from components.events import patterns
from components.events.patterns import Pattern, calls
from components.events.watched import BUCKET_CHANGES, SECRET_CHANGES, TRAIL_CHANGES
from components.names import Names
from components.settings import Environment, Token

_SECRET: Final = ("secretId",)
_GET: Final[Pattern] = {"eventName": ["GetSecretValue"], "errorCode": [{"exists": False}]}


@dataclass(frozen=True)
class Rule:
    """A rule and what it says.

    Attributes:
        name: what it watches; `Names.rule` makes the rule's name of it.
        what: what happened, for a person.
        pattern: the EventBridge pattern.
        subjects: parameters of the call that say what it happened to. One of them is there.
        answers: elements of the answer that say how it ended, where CloudTrail gives no error code.
        reads: whether the calls are reads, which CloudTrail hands over to rules in a state of their own.
    """

    name: str
    what: str
    pattern: Pattern
    subjects: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    reads: bool = False


@dataclass(frozen=True)
class Message:
    """An EventBridge input transformer.

    Attributes:
        paths: names to JSON paths in the event.
        template: a JSON string; what the event does not have is left out of it.
    """

    paths: dict[str, str]
    template: str


def message(rule: Rule, names: Names) -> Message:
    """One line for a mailbox: who did what to which thing, from where and when. Never a value.

    No error message and no user agent: a caller writes them as it likes.
    """
    about = [f"requestParameters.{parameter}" for parameter in rule.subjects]
    about += [f"responseElements.{element}" for element in rule.answers]
    subjects = {f"subject{number}": path for number, path in enumerate(about)}
    line = (
        f"Hubguard {names.organization}: {rule.what}."
        f" <call> {''.join(f'<{name}>' for name in subjects)} by <who> (<kind> of account <account>)"
        " from <address> in <region> at <time>. Error, if it failed: <error>. CloudTrail event <event>"
    )
    return Message(
        paths={
            "call": "$.detail.eventName",
            "who": "$.detail.userIdentity.arn",
            "kind": "$.detail.userIdentity.type",
            # All that is known of a caller from another account.
            "account": "$.detail.userIdentity.accountId",
            "address": "$.detail.sourceIPAddress",
            "region": "$.detail.awsRegion",
            "time": "$.detail.eventTime",
            "error": "$.detail.errorCode",
            "event": "$.detail.eventID",
            **{name: f"$.detail.{path}" for name, path in subjects.items()},
        },
        template=json.dumps(line),
    )


def rules(tokens: Sequence[Token], names: Names) -> list[Rule]:
    """All rules of the stack's own region."""
    return [*_token_rules(tokens, names), *_guard_rules(names)]


def _token_rules(tokens: Sequence[Token], names: Names) -> Iterator[Rule]:
    """Reading and changing what holds the tokens."""
    kept = rights.vaulted(tokens)
    for environment in dict.fromkeys(token.environment for token in kept):
        yield from _reads(environment, kept, names)
    yield Rule(
        "token-read-many",
        "reading many secrets with one call was tried, which nobody has to do",
        calls("secretsmanager", **patterns.many(names)),
        ("secretIdList",),
        reads=True,
    )
    denied = {"eventName": ["GetSecretValue"], "errorCode": [{"prefix": "AccessDenied"}]}
    yield Rule(
        "token-read-denied",
        "reading a token was denied",
        calls("secretsmanager", **denied, **patterns.ours_or_untold(names)),
        _SECRET,
        reads=True,
    )
    yield Rule(
        "secret-changed",
        "a token's secret or its policy was changed or deleted",
        calls("secretsmanager", eventName=[*SECRET_CHANGES], requestParameters=patterns.secrets(names)),
        _SECRET,
    )
    yield Rule(
        "key-changed",
        "an encryption key was disabled, scheduled for deletion or opened to somebody",
        calls("kms", **patterns.keys(names)),
        ("keyId", "aliasName"),
    )


def _guard_rules(names: Names) -> Iterator[Rule]:
    """Changing what watches, and who may change it."""
    yield Rule(
        "trail-changed",
        "the audit trail was stopped, deleted or changed",
        calls("cloudtrail", eventName=[*TRAIL_CHANGES], **patterns.trail(names)),
        ("name", "trailName"),
    )
    yield Rule(
        "log-bucket-changed",
        "a bucket of the audit trail, or what is in it, was changed",
        calls("s3", eventName=[*BUCKET_CHANGES], requestParameters={"bucketName": [*names.buckets]}),
        ("bucketName",),
    )
    yield Rule(
        "root-used",
        "the account's root user was used",
        patterns.root(),
        answers=("ConsoleLogin",),  # Success or Failure
        reads=True,
    )
    yield Rule(
        "iam-changed",
        "a role, the boundary or the trust of the stack was changed",
        calls("iam", **patterns.iam(names)),
        ("roleName", "policyArn", "openIDConnectProviderArn"),
    )
    yield Rule(
        "alarms-changed",
        "an alarm, its topic or its log group was changed or deleted",
        patterns.any_of(*patterns.alarms(names)),
        ("name", "rule", "topicArn", "subscriptionArn", "alarmName", "alarmNames", "logGroupName"),
    )


def _reads(environment: Environment, tokens: Sequence[Token], names: Names) -> Iterator[Rule]:
    """Reading by somebody who is nobody's reader, and by the reader of another token."""
    own = [token for token in tokens if token.environment == environment]
    readable = {role: [t for t in own if role in rights.holders("read", t)] for role in rights.ROLES}
    readers = [role for role in rights.ROLES if readable[role]]
    yield Rule(
        f"token-read-{environment}",
        f"a token of the environment {environment} was read by somebody who is not its reader",
        calls(
            "secretsmanager",
            **_GET,
            requestParameters=patterns.secrets(names, f"{environment}/"),
            **patterns.by_others_than(*(names.role_arn(role) for role in readers)),
        ),
        _SECRET,
        reads=True,
    )
    for role in readers:
        others = [token for token in own if token not in readable[role]]
        forms = [form for token in others for form in patterns.named(token, readable[role], names)]
        by_role = {**_GET, **patterns.by(names.role_arn(role))}
        for number, part in enumerate(patterns.fitting(forms, calls("secretsmanager", **by_role)), 1):
            yield Rule(
                f"token-read-{environment}-{role}" + (f"-{number}" if number > 1 else ""),
                f"a token of the environment {environment} was read by {role}, which is not its reader",
                calls("secretsmanager", **by_role, requestParameters={"secretId": part}),
                _SECRET,
                reads=True,
            )
