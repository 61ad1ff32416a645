"""EventBridge patterns over CloudTrail's events, as plain data.

A field that a pattern names must be there: `anything-but` does not match an event without it. That is why
"somebody else" always has two halves, another role and no role at all (an IAM user, root, another account).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from components.events.watched import (
    ALARM_CHANGES,
    ALIAS_CHANGES,
    KEY_CHANGES,
    LOG_CHANGES,
    POLICY_CHANGES,
    PROVIDER_CHANGES,
    ROLE_CHANGES,
    RULE_CHANGES,
    TOPIC_CHANGES,
)
from components.names import GLOBAL_REGION, Names
from components.settings import Token
from hubguard import standards

Pattern = dict[str, Any]

_CALL: Final = "AWS API Call via CloudTrail"
_CONSOLE: Final = ("AWS Console Sign In via CloudTrail", "AWS Console Action via CloudTrail")


def text(pattern: Mapping[str, Any]) -> str:
    """A pattern as EventBridge takes it, without a space: its length is limited."""
    return json.dumps(pattern, separators=(",", ":"))


def calls(service: str, **detail: Any) -> Pattern:
    """A service's API calls.

    Args:
        service: what precedes `.amazonaws.com` in the event source.
        **detail: fields of the CloudTrail record.
    """
    return _events(_of(service, **detail))


def any_of(*details: Pattern) -> Pattern:
    """API calls of which one of these is true."""
    return _events({"$or": list(details)})


def root() -> Pattern:
    """Root's own calls and sign-ins; not what AWS does in its name."""
    return _events({"userIdentity": {"type": ["Root"], "invokedBy": [{"exists": False}]}}, *_CONSOLE)


def forwarded(region: str, names: Names) -> Pattern:
    """What another region sends on: there, no rule can reach the topic.

    Args:
        region: where AWS reports IAM and sign-ins, or a region with replicas of the secrets.
        names: the stack's names.
    """
    watched: list[Pattern] = [{"userIdentity": {"type": ["Root"]}}, *_rule_changes(names)]
    if region == GLOBAL_REGION:
        watched.append(_of("iam", **iam(names)))
    if region in names.replica_regions:
        watched.append(_of("secretsmanager", requestParameters=secrets(names)))
        watched.append(_of("secretsmanager", **many(names)))
        watched.append(_of("kms", **keys(names)))
    return _events({"$or": watched}, *_CONSOLE)


def secrets(names: Names, below: str = "") -> Pattern:
    """The parameter that names a secret of ours, by its name or by a whole or partial ARN."""
    return {"secretId": [{"wildcard": f"*hubguard/{names.organization}/{below}*"}]}


def ours_or_untold(names: Names) -> Pattern:
    """A secret of ours, or one that CloudTrail does not name: a denied call often has no parameters."""
    return {
        "$or": [
            {"requestParameters": secrets(names)},
            {"requestParameters": {"secretId": [{"exists": False}]}},
        ]
    }


def named(token: Token, confusable: Sequence[Token], names: Names) -> list[Any]:
    """How a caller may name one secret: its name, its ARN, or its ARN without the six characters.

    Args:
        token: whose secret it is.
        confusable: tokens that must not be taken for it. Where one of them is called like this token and a
            dash, the whole ARN is left out, for a pattern cannot tell the two apart.
        names: the stack's names.
    """
    secret = names.secret(token)
    arns = [f"arn:aws:secretsmanager:{r}:{names.account}:secret:{secret}" for r in names.vault_regions]
    if any(names.secret(other).startswith(f"{secret}-") for other in confusable):
        return [secret, *arns]
    return [secret, *arns, *({"prefix": f"{arn}-"} for arn in arns)]


def many(names: Names) -> Pattern:
    """Reading many secrets at once: ours by name, or by a filter that does not say whose."""
    return {
        "eventName": ["BatchGetSecretValue"],
        "$or": [
            {"requestParameters": {"secretIdList": secrets(names)["secretId"]}},
            {"requestParameters": {"secretIdList": [{"exists": False}]}},
        ],
    }


def by(*roles: str) -> Pattern:
    """One of these roles, by ARN."""
    return {"userIdentity": _issuer(sorted(roles))}


def by_others_than(*roles: str) -> Pattern:
    """Anybody but these roles."""
    return {
        "$or": [
            {"userIdentity": _issuer([{"anything-but": sorted(roles)}])},
            {"userIdentity": _issuer([{"exists": False}])},
        ]
    }


def trail(names: Names) -> Pattern:
    """The trail, by its name or its ARN."""
    return {"$or": [{"requestParameters": {key: [{"suffix": names.trail}]}} for key in ("name", "trailName")]}


def keys(names: Names) -> Pattern:
    """Changes of any key: an event names a key by its id, and ids are not known beforehand."""
    aliases = [{"prefix": f"alias/hubguard/{names.organization}/"}]
    return {
        "$or": [
            {"eventName": [*KEY_CHANGES]},
            # Services make grants all day, for those who ask them to; a person has no reason.
            {"eventName": ["CreateGrant"], "userIdentity": {"invokedBy": [{"exists": False}]}},
            {"eventName": [*ALIAS_CHANGES], "requestParameters": {"aliasName": aliases}},
        ]
    }


def iam(names: Names) -> Pattern:
    """Roles by anybody but deploy; what deploy itself rests on by anybody at all."""

    def changes(events: Sequence[str], key: str, values: list[Any]) -> Pattern:
        return {"eventName": [*events], "requestParameters": {key: values}}

    roles = changes(ROLE_CHANGES, "roleName", [{"prefix": names.role("")}])
    policies = [{"prefix": names.policies_arn.removesuffix("*")}]
    return {
        "$or": [
            *({**roles, **somebody} for somebody in by_others_than(names.role_arn("deploy"))["$or"]),
            changes(ROLE_CHANGES, "roleName", [names.role("deploy")]),
            changes(POLICY_CHANGES, "policyArn", policies),
            changes(PROVIDER_CHANGES, "openIDConnectProviderArn", [names.oidc_provider_arn]),
        ]
    }


def alarms(names: Names) -> Iterator[Pattern]:
    """Changes of rules, topic, metric alarms and log group."""
    topic = [{"prefix": names.topic_arn}]
    group = [{"wildcard": f"*{names.log_group}*"}]
    ours = [{"prefix": names.alarm("")}]
    yield from _rule_changes(names)
    yield from _changes("sns", TOPIC_CHANGES, topicArn=topic, subscriptionArn=topic, resourceArn=topic)
    yield from _changes("monitoring", ALARM_CHANGES, alarmName=ours, alarmNames=ours)
    yield from _changes(
        "logs",
        LOG_CHANGES,
        logGroupName=[names.log_group],
        logGroupIdentifier=group,
        resourceIdentifier=group,
    )


def fitting(forms: Sequence[Any], pattern: Pattern) -> Iterator[list[Any]]:
    """The forms of secrets' names, in parts that fit into the length of a pattern.

    Args:
        forms: values for the parameter that names a secret.
        pattern: the pattern without them.
    """
    room = standards.EVENT_PATTERN_MAX - len(text(pattern)) - len(',"requestParameters":{"secretId":[]}')
    part: list[Any] = []
    used = 0
    for form in forms:
        length = len(text(form)) + len(",")
        if part and used + length > room:
            yield part
            part, used = [], 0
        part.append(form)
        used += length
    if part:
        yield part


def _rule_changes(names: Names) -> Iterator[Pattern]:
    ours = [{"prefix": names.rule("")}]
    yield from _changes("events", RULE_CHANGES, name=ours, rule=ours)


def _changes(service: str, events: Sequence[str], **parameters: list[Any]) -> Iterator[Pattern]:
    """One of these calls, with one of these parameters."""
    for key, values in parameters.items():
        yield _of(service, eventName=[*events], requestParameters={key: values})


def _of(service: str, **detail: Any) -> Pattern:
    return {"eventSource": [f"{service}.amazonaws.com"], **detail}


def _issuer(values: list[Any]) -> Pattern:
    return {"sessionContext": {"sessionIssuer": {"arn": values}}}


def _events(detail: Pattern, *kinds: str) -> Pattern:
    # Only AWS can send events whose source starts with "aws.".
    return {"source": [{"prefix": "aws."}], "detail-type": [_CALL, *kinds], "detail": detail}
