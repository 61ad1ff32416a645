"""What sets off an alarm when it happens too often: counts over the trail's log group, as plain data.

The log group has the events of all regions, and gets them by another way than the rules do: switching off
a rule or the trail shows here even when the rule that watches was the one switched off.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from components.events.watched import RULE_CHANGES, TRAIL_CHANGES
from components.names import Names
from hubguard import standards


@dataclass(frozen=True)
class Count:
    """A metric filter and the alarm on it.

    Attributes:
        name: what is counted; `Names.alarm` makes the alarm's name of it.
        what: what it means, for a person, and where to look, since a count names nobody.
        pattern: a CloudWatch Logs filter pattern over the record's JSON.
        threshold: events in one period that set off the alarm.
    """

    name: str
    what: str
    pattern: str
    threshold: int


def counts(names: Names) -> list[Count]:
    """All counts of the stack."""
    return [
        Count(
            "denied-reads",
            "Somebody keeps trying to read tokens and is denied. Who it is: hubguard audit denials",
            _both(
                '$.eventSource = "secretsmanager.amazonaws.com"',
                '$.errorCode = "AccessDenied*"',
                _one(
                    f'$.requestParameters.secretId = "*hubguard/{names.organization}/*"',
                    # A denied call often has no parameters in the log.
                    "$.requestParameters.secretId NOT EXISTS",
                ),
            ),
            standards.DENIED_READS,
        ),
        Count(
            "root-use",
            "The account's root user was used, in whichever region."
            f" What it did: log group {names.log_group}",
            _both(
                '$.userIdentity.type = "Root"',
                "$.userIdentity.invokedBy NOT EXISTS",
                '$.eventType != "AwsServiceEvent"',
            ),
            standards.ROOT_USES,
        ),
        Count(
            "sign-in-failures",
            f"Somebody keeps failing to sign in to the console. Who it is: log group {names.log_group}",
            _both('$.eventName = "ConsoleLogin"', '$.errorMessage = "Failed authentication"'),
            standards.SIGN_IN_FAILURES,
        ),
        Count(
            "guard-changes",
            "A rule or the audit trail was changed or switched off, in whichever region."
            " Who did it, or tried to: hubguard audit changes, hubguard audit denials",
            _one(
                _both(
                    '$.eventSource = "events.amazonaws.com"',
                    _one(*(f'$.requestParameters.{key} = "{names.rule("*")}"' for key in ("name", "rule"))),
                    _called(RULE_CHANGES),
                ),
                _both('$.eventSource = "cloudtrail.amazonaws.com"', _called(TRAIL_CHANGES)),
            ),
            standards.GUARD_CHANGES,
        ),
    ]


def filter_pattern(count: Count) -> str:
    """The pattern as CloudWatch Logs takes it."""
    return f"{{ {count.pattern} }}"


def _both(*terms: str) -> str:
    return " && ".join(f"({term})" for term in terms)


def _one(*terms: str) -> str:
    return " || ".join(f"({term})" for term in terms)


def _called(events: Iterable[str]) -> str:
    return _one(*(f'$.eventName = "{event}"' for event in events))
