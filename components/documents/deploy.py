"""What the bootstrap gives out: deploy's own rights, and the boundary of every role that deploy makes.

Deploy manages the vault without seeing more of it than it has to seal, and makes roles that can never do
more than the boundary. It can change neither itself, nor the boundary, nor whom the account trusts.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any, Final

from components import rights
from components.documents import configuration
from components.documents.roles import ASKING, LOG_READING, through_secrets_manager
from components.documents.statements import Statement, allow, deny, document
from components.documents.vault import KEY_ADMINISTRATION, never_at_once
from components.names import Names
from components.rights import Right
from components.settings import State, Token


def boundary(names: Names, state: State | None) -> dict[str, Any]:
    """The most that any role under `/hubguard/` can ever do: no IAM, no policy of a secret or a key.

    What only reads stands in one statement, since AWS limits the length: each action goes with the resources
    of its own kind.
    """
    # Of any region: a key is used in those of the vault only.
    secrets = [f"arn:aws:secretsmanager:*:{names.account}:secret:hubguard/{names.organization}/*"]
    answers = f"arn:aws:s3:::{names.answers_bucket}/*"
    log_group = [names.log_group_arn, f"{names.log_group_arn}:*"]
    of_state = configuration.state(state, write=False) if state else []
    reading = [
        *configuration.reading(names),
        *(one for one in of_state if one["Sid"] != configuration.KEY_OF_THE_STATE),
        allow("Metadata", [*rights.ACTIONS["describe"], *rights.ACTIONS["inspect"]], secrets),
        allow("Partitions", ["glue:GetPartitions"], configuration.catalog(names)),
        allow("Lists", ["cloudtrail:LookupEvents", "secretsmanager:ListSecrets"], "*"),
    ]
    asking = [
        allow("Logs", ["s3:GetObject"], _log_objects(names)),
        allow("Ask", ASKING, [configuration.workgroup(names)]),
        allow("LogGroup", LOG_READING, log_group),
    ]
    auditor = {"ArnEquals": {"aws:PrincipalArn": names.role_arn("auditor")}}
    return document(
        _shorter(_together("Read", [one for one in reading if one["Resource"] != "*"])),
        _together("Lists", [one for one in reading if one["Resource"] == "*"]),
        *(one for one in of_state if one["Sid"] == configuration.KEY_OF_THE_STATE),
        allow(
            "UseKeys",
            ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
            [names.keys_arn("*")],
            condition={"StringEquals": {"kms:ViaService": _services(names)}},
        ),
        _together("Ask", asking) | {"Condition": auditor},
        # Deploy could make a role of another name and give it a right: it would come to nothing.
        allow("ReadValues", rights.ACTIONS["read"], secrets, condition=_only_holders("read", names)),
        allow("PutValues", rights.ACTIONS["write"], secrets, condition=_only_holders("write", names)),
        allow("Answers", ["s3:AbortMultipartUpload", "s3:PutObject"], [answers], condition=auditor),
        allow("Deliver", ["logs:CreateLogStream", "logs:PutLogEvents"], log_group),
        allow("Forward", ["events:PutEvents"], [names.event_bus_arn]),
    )


def _together(sid: str, statements: Sequence[Statement]) -> Statement:
    """One statement of their actions and resources, without their conditions."""
    resources = {r for one in statements for r in one["Resource"]}
    return allow(
        sid,
        sorted({action for one in statements for action in one["Action"]}),
        "*" if resources == {"*"} else sorted(resources),
    )


def _shorter(reading: Statement) -> Statement:
    """The same in fewer words, since the length is limited: it only reads configuration and metadata.

    What lies in several regions stands without its region.
    """
    several = ("arn:aws:events:", "arn:aws:kms:")

    def anywhere(arn: str) -> str:
        fields = arn.split(":", 4)
        return ":".join((*fields[:3], "*", *fields[4:])) if arn.startswith(several) else arn

    exact = [action for action in reading["Action"] if not fnmatchcase(action, _OF_BUCKETS)]
    return reading | {
        "Action": sorted([*exact, _OF_BUCKETS]),
        "Resource": sorted(set(map(anywhere, reading["Resource"]))),
    }


_OF_BUCKETS: Final = "s3:GetBucket*"


def _services(names: Names) -> list[str]:
    """What a role under the boundary uses a key through: KMS itself gives it nothing but the state."""
    vault = [f"secretsmanager.{region}.amazonaws.com" for region in names.vault_regions]
    return [*vault, *(f"{service}.{names.region}.amazonaws.com" for service in ("athena", "logs", "s3"))]


def _only_holders(right: Right, names: Names) -> dict[str, dict[str, list[str]]]:
    return {"ArnEquals": {"aws:PrincipalArn": [names.role_arn(r) for r in rights.possible_holders(right)]}}


def permissions(
    names: Names, state: State | None, *, protect: bool, tokens: Sequence[Token]
) -> dict[str, dict[str, Any]]:
    """Deploy's own rights, by the name of the managed policy: AWS limits the length of each.

    Args:
        names: the stack's names.
        state: where the stack's state lies, when that is S3.
        protect: whether what is protected may not be deleted by deploy either.
        tokens: the inventory: of the machine's own tokens deploy reads those that name it.
    """
    readable = _readable(names, tokens)
    return {
        "hubguard-deploy-vault": document(*_vault(names, protect=protect)),
        "hubguard-deploy-sealing": document(*_sealing(names, readable)),
        "hubguard-deploy-audit": document(*_audit(names, protect=protect), *_roles(names)),
        "hubguard-deploy-reading": document(
            *configuration.reading(names), *(configuration.state(state, write=True) if state else [])
        ),
        "hubguard-deploy-never": document(*_never(names, readable)),
    }


def _readable(names: Names, tokens: Sequence[Token]) -> list[str]:
    """ARNs of the secrets whose values deploy seals or works with; of any region, the length is limited."""
    own = (t for t in tokens if t.environment == "machine" and "deploy" in t.consumers)
    below = f"arn:aws:secretsmanager:*:{names.account}:secret:"
    return [*names.secrets_below("ci"), *sorted(f"{below}{names.secret(token)}-??????" for token in own)]


def _vault(names: Names, *, protect: bool) -> list[Statement]:
    tag = {"aws:RequestTag/hubguard:organization": names.organization}
    untagged = {"aws:ResourceTag/hubguard:organization": "true"}
    keys = [names.keys_arn(region) for region in names.vault_regions]
    lasting = {"kms:DisableKey", "kms:ScheduleKeyDeletion"} if protect else set()
    administration = [action for action in KEY_ADMINISTRATION if action not in lasting]
    aliases = [
        f"arn:aws:kms:{region}:{names.account}:alias/hubguard/{names.organization}/*"
        for region in names.vault_regions
    ]
    return [
        allow(
            "ManageSecrets",
            [*rights.ACTIONS["describe"], *rights.ACTIONS["inspect"], *rights.ACTIONS["manage"]],
            names.secrets_below(),
        ),
        # AWS knows CreateKey on all resources only: what is made carries the stack's tag.
        allow("MakeKeys", ["kms:CreateKey"], "*", condition={"StringEquals": tag}),
        # CreateKey asks for this as well, at a time when the key has no tag yet.
        allow("TagNewKeys", ["kms:TagResource"], keys, condition={"StringEquals": tag, "Null": untagged}),
        allow("ManageKeys", administration, keys, condition=configuration.owned(names)),
        allow("ManageAliases", ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"], aliases),
    ]


def _sealing(names: Names, readable: Sequence[str]) -> list[Statement]:
    """Its length grows with the inventory, so it is a policy by itself."""
    statements = [
        allow("ReadWhatItSeals", rights.ACTIONS["read"], readable),
        through_secrets_manager("DecryptWhatItSeals", ["kms:Decrypt"], names),
    ]
    if regions := names.replica_regions:
        # A replica is encrypted for whoever adds it, an empty secret's too; the keys' policies name deploy.
        sealing = ["kms:Encrypt", "kms:GenerateDataKey"]
        statements.append(through_secrets_manager("SealReplicas", sealing, names, regions))
    return statements


def _roles(names: Names) -> list[Statement]:
    bounded = {"ArnEquals": {"iam:PermissionsBoundary": names.boundary_arn}}
    roles = [configuration.roles(names)]
    return [
        allow(
            "ChangeBoundedRoles",
            [
                "iam:CreateRole",
                "iam:DeleteRolePolicy",
                "iam:DetachRolePolicy",
                "iam:PutRolePermissionsBoundary",
                "iam:PutRolePolicy",
            ],
            roles,
            condition=bounded,
        ),
        allow(
            "KeepRoles",
            [
                "iam:DeleteRole",
                "iam:ListInstanceProfilesForRole",
                "iam:ListRoleTags",
                "iam:TagRole",
                "iam:UntagRole",
                "iam:UpdateAssumeRolePolicy",
                "iam:UpdateRole",
                "iam:UpdateRoleDescription",
            ],
            roles,
        ),
        _hand("HandDeliveryToTheTrail", names.role_arn("trail-delivery"), "cloudtrail"),
        _hand("HandForwardingToTheRules", names.role_arn("event-forwarder"), "events"),
    ]


def _hand(sid: str, role: str, service: str) -> Statement:
    to_it = {"StringEquals": {"iam:PassedToService": f"{service}.amazonaws.com"}}
    return allow(sid, ["iam:PassRole"], [role], condition=to_it)


def _audit(names: Names, *, protect: bool) -> list[Statement]:
    def unless_protected(*actions: str) -> list[str]:
        return [] if protect else list(actions)

    return [
        allow(
            "KeepBuckets",
            [*_BUCKETS, *unless_protected("s3:DeleteBucket", "s3:DeleteBucketPolicy")],
            configuration.buckets(names),
        ),
        allow(
            "KeepTrail",
            [
                "cloudtrail:AddTags",
                "cloudtrail:CreateTrail",
                "cloudtrail:PutEventSelectors",
                "cloudtrail:RemoveTags",
                "cloudtrail:StartLogging",
                "cloudtrail:UpdateTrail",
                *unless_protected("cloudtrail:DeleteTrail", "cloudtrail:StopLogging"),
            ],
            [names.trail_arn],
        ),
        allow(
            "KeepLogGroup",
            [
                "logs:AssociateKmsKey",
                "logs:CreateLogGroup",
                "logs:DeleteMetricFilter",
                "logs:PutMetricFilter",
                "logs:PutRetentionPolicy",
                "logs:TagResource",
                "logs:UntagResource",
                *unless_protected("logs:DeleteLogGroup"),
            ],
            [names.log_group_arn, f"{names.log_group_arn}:*"],
        ),
        allow(
            "KeepRules",
            [
                "events:DeleteRule",
                "events:PutRule",
                "events:PutTargets",
                "events:RemoveTargets",
                "events:TagResource",
                "events:UntagResource",
            ],
            configuration.rules(names),
        ),
        allow(
            "KeepTopic",
            [
                "sns:CreateTopic",
                "sns:SetTopicAttributes",
                "sns:Subscribe",
                "sns:TagResource",
                "sns:UntagResource",
                *unless_protected("sns:DeleteTopic"),
            ],
            [names.topic_arn],
        ),
        # AWS knows these on all resources only.
        allow("KeepSubscriptions", ["sns:SetSubscriptionAttributes", "sns:Unsubscribe"], "*"),
        allow(
            "KeepAlarms",
            [
                "cloudwatch:DeleteAlarms",
                "cloudwatch:PutMetricAlarm",
                "cloudwatch:TagResource",
                "cloudwatch:UntagResource",
            ],
            [configuration.alarms(names)],
        ),
        allow(
            "KeepCatalog",
            [
                "glue:CreateDatabase",
                "glue:CreateTable",
                "glue:DeleteDatabase",
                "glue:DeleteTable",
                "glue:TagResource",
                "glue:UntagResource",
                "glue:UpdateDatabase",
                "glue:UpdateTable",
            ],
            configuration.catalog(names),
        ),
        allow(
            "KeepWorkgroup",
            [
                "athena:CreateWorkGroup",
                "athena:DeleteWorkGroup",
                "athena:TagResource",
                "athena:UntagResource",
                "athena:UpdateWorkGroup",
            ],
            [configuration.workgroup(names)],
        ),
    ]


def _never(names: Names, readable: Sequence[str]) -> list[Statement]:
    """Denied whatever else a policy says, because deploy could write that policy."""
    return [
        deny(
            "NeverItself",
            _IAM_CHANGES,
            [names.role_arn("deploy"), names.policies_arn, names.oidc_provider_arn],
        ),
        deny("NeverUnbound", ["iam:DeleteRolePermissionsBoundary"], "*"),
        {
            "Sid": "NeverAnotherValue",
            "Effect": "Deny",
            "Action": ["secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"],
            "NotResource": list(readable),
        },
        deny("NeverPuts", [*rights.ACTIONS["write"], "secretsmanager:UpdateSecret"], "*"),
        *never_at_once(),
        # It changes whom a role trusts, so it must not become that role.
        deny("NeverAnotherRole", ["sts:AssumeRole"], "*"),
        # It keeps the buckets, and could let itself in by their policies: to read, forge or delete logs.
        deny("NeverALog", ["s3:*"], _log_objects(names)),
    ]


def _log_objects(names: Names) -> list[str]:
    return [f"{bucket}/*" for bucket in configuration.buckets(names)]


_IAM_CHANGES: Final = (
    "iam:Add*",
    "iam:Attach*",
    "iam:Create*",
    "iam:Delete*",
    "iam:Detach*",
    "iam:Pass*",
    "iam:Put*",
    "iam:Remove*",
    "iam:Set*",
    "iam:Tag*",
    "iam:Untag*",
    "iam:Update*",
    "iam:Upload*",
)

_BUCKETS: Final = (
    "s3:CreateBucket",
    "s3:PutBucketLogging",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketTagging",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
)
