"""What the independent auditors say that is no weakness here, each with the reason.

One line of this table is one decision: read the reason again before adding to it. An entry that no
finding matches any more fails the tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Accepted:
    """A finding that is accepted.

    Attributes:
        finding: the auditor's name of it.
        document: the document's name, or a pattern of names.
        subject: the action or resource that it is about, or a pattern.
        reason: why it is right as it is.
    """

    finding: str
    document: str
    subject: str
    reason: str


_OTHER_TYPES: Final = (
    "athena tags workgroups, catalogues and reservations; the auditor wants a resource of each kind, and the"
    " stack has workgroups only"
)
_HALVES: Final = (
    "an alias needs the right on itself and on its key: they stand in two statements, because only keys can"
    " be told by their tag"
)
_MAKES: Final = (
    "making and keeping roles, keys, secrets and buckets is what deploy is for; its boundary and Denies"
)
_BUCKETS: Final = (
    "deploy keeps the buckets' policies, and an explicit Deny keeps it from every object in them, which this"
    " auditor does not weigh"
)
_LIFECYCLE: Final = (
    "deploy keeps the lifecycle rules; what Object Lock holds outlives them, and a change raises an alarm"
)
_THIS: Final = "in the policy of a resource, the star is that one resource"
_GUIDE: Final = "the statement is the one of the service's user guide"

PARLIAMENT: Final = (
    Accepted("RESOURCE_MISMATCH", "*", "athena:*TagResource", _OTHER_TYPES),
    Accepted("RESOURCE_MISMATCH", "*", "athena:ListTagsForResource", _OTHER_TYPES),
    Accepted("RESOURCE_MISMATCH", "deploy", "kms:*Alias", _HALVES),
    Accepted("PERMISSIONS_MANAGEMENT_ACTIONS", "deploy", "iam:*", f"{_MAKES} say which roles"),
    Accepted("PERMISSIONS_MANAGEMENT_ACTIONS", "deploy", "kms:*", f"{_MAKES} leave no use of a key"),
    Accepted("PERMISSIONS_MANAGEMENT_ACTIONS", "deploy", "s3:*", f"{_MAKES} leave no object of a log"),
    Accepted("PERMISSIONS_MANAGEMENT_ACTIONS", "deploy", "secretsmanager:*", f"{_MAKES} leave no value"),
    Accepted("PERMISSIONS_MANAGEMENT_ACTIONS", "deploy", "sns:*", f"{_MAKES} name the one topic"),
    Accepted(
        "PERMISSIONS_MANAGEMENT_ACTIONS", "key of *", "kms:*", "without it nobody could mend a key policy"
    ),
    Accepted(
        "PERMISSIONS_MANAGEMENT_ACTIONS", "topic", "sns:*", "the account administers; IAM says who in it does"
    ),
    Accepted("RESOURCE_POLICY_PRIVILEGE_ESCALATION", "deploy", "*s3:PutBucketPolicy", _BUCKETS),
    Accepted("RESOURCE_POLICY_PRIVILEGE_ESCALATION", "deploy", "*s3:PutLifecycleConfiguration", _LIFECYCLE),
    Accepted("RESOURCE_STAR", "key of *", "kms:*", _THIS),
    Accepted(
        "UNKNOWN_FEDERATION_SOURCE", "trust of *", "*token.actions.githubusercontent.com", "GitHub Actions"
    ),
    Accepted(
        "UNKNOWN_CONDITION_FOR_ACTION",
        "trust of *",
        "*token.actions.githubusercontent.com:*",
        "the claims of an OIDC provider are condition keys, which this auditor's list does not have",
    ),
    Accepted("CREDENTIALS_EXPOSURE", "trust of *", "sts:AssumeRole*", "giving a session is what trust is"),
    Accepted("UNKNOWN_CONDITION_FOR_ACTION", "key of the logs", "*kms:DescribeKey", _GUIDE),
    Accepted("MISMATCHED_TYPE", "key of the logs", "*ArnEquals*", _GUIDE),
)
