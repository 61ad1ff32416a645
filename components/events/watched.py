"""The calls that change what the audit rests on, as CloudTrail names them."""

from __future__ import annotations

from typing import Final

SECRET_CHANGES: Final = (
    "CancelRotateSecret",
    "DeleteResourcePolicy",
    "DeleteSecret",
    "PutResourcePolicy",
    "RemoveRegionsFromReplication",
    "ReplicateSecretToRegions",
    "StopReplicationToReplica",
    "UpdateSecret",
)
KEY_CHANGES: Final = (
    "DeleteImportedKeyMaterial",
    "DisableKey",
    "DisableKeyRotation",
    "PutKeyPolicy",
    "ScheduleKeyDeletion",
    # A tag makes a key one of the stack's, which deploy then administers.
    "TagResource",
    "UntagResource",
)
ALIAS_CHANGES: Final = ("DeleteAlias", "UpdateAlias")
TRAIL_CHANGES: Final = (
    "DeleteTrail",
    "PutEventConfiguration",
    "PutEventSelectors",
    "PutInsightSelectors",
    "StopLogging",
    "UpdateTrail",
)
BUCKET_CHANGES: Final = (
    # CloudTrail's names are not always the API's: all changes of a bucket start with one of these.
    {"prefix": "DeleteBucket"},
    {"prefix": "PutBucket"},
    "PutObjectLockConfiguration",
    # Data events of the log bucket, which the trail records:
    "DeleteObject",
    "DeleteObjects",
    "PutObjectAcl",
    "PutObjectLegalHold",
    "PutObjectRetention",
)
ROLE_CHANGES: Final = (
    "AttachRolePolicy",
    "CreateRole",
    "DeleteRole",
    "DeleteRolePermissionsBoundary",
    "DeleteRolePolicy",
    "DetachRolePolicy",
    "PutRolePermissionsBoundary",
    "PutRolePolicy",
    "UpdateAssumeRolePolicy",
    "UpdateRole",
    "UpdateRoleDescription",
)
POLICY_CHANGES: Final = (
    "CreatePolicyVersion",
    "DeletePolicy",
    "DeletePolicyVersion",
    "SetDefaultPolicyVersion",
)
PROVIDER_CHANGES: Final = (
    "AddClientIDToOpenIDConnectProvider",
    "DeleteOpenIDConnectProvider",
    "RemoveClientIDFromOpenIDConnectProvider",
    "UpdateOpenIDConnectProviderThumbprint",
)
RULE_CHANGES: Final = ("DeleteRule", "DisableRule", "PutRule", "PutTargets", "RemoveTargets")
TOPIC_CHANGES: Final = (
    "AddPermission",
    "DeleteTopic",
    "PutDataProtectionPolicy",
    "RemovePermission",
    "SetSubscriptionAttributes",
    "SetTopicAttributes",
    "Subscribe",
    "Unsubscribe",
)
ALARM_CHANGES: Final = ("DeleteAlarms", "DisableAlarmActions", "PutMetricAlarm", "SetAlarmState")
LOG_CHANGES: Final = (
    "AssociateKmsKey",
    "DeleteLogGroup",
    "DeleteLogStream",
    "DeleteMetricFilter",
    "DeleteRetentionPolicy",
    "DisassociateKmsKey",
    "PutDataProtectionPolicy",
    "PutMetricFilter",
    "PutRetentionPolicy",
    "PutSubscriptionFilter",
)
