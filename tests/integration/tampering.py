"""What somebody does to the vault, its keys, the trail, the roles and the alarms, and how it is undone.

Each is a generator that does the thing, yields what the alarm has to name, and undoes it when it goes on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from components.documents import trust
from components.documents.statements import allow, document, only_tls, text
from components.names import GITHUB_TOKENS, Names
from components.rights import vaulted
from tests.integration.access.principals import sandbox_settings

Acting = Callable[[str], Any]
"""Somebody's client for a service, by the service's name."""
Steps = Iterator[str]

SETTINGS: Final = sandbox_settings()
NAMES: Final = Names.of(SETTINGS)
SECRETS: Final = {token.name: NAMES.secret(token) for token in vaulted(SETTINGS.tokens)}
PRODUCTION: Final = SECRETS["kwanzaa-production-read"]

_EVERYTHING = text(document(allow("Everything", ["*"], "*")))
_OPEN = text(document(only_tls("secretsmanager")))
_BUCKET = {"Bucket": NAMES.log_bucket}


@dataclass(frozen=True)
class Tampering:
    """Something that sets off an alarm.

    Attributes:
        rule: which of the stack's rules.
        event: the call, as CloudTrail names it.
        by: who does it.
        steps: does it for somebody, and undoes it as somebody else.
    """

    rule: str
    event: str
    by: str
    steps: Callable[[Acting, Acting], Steps]


ALL: Final[dict[str, Tampering]] = {}


def _sets_off(rule: str, event: str, by: str = "administrator") -> Callable[..., Any]:
    def keep(steps: Callable[[Acting, Acting], Steps]) -> Callable[[Acting, Acting], Steps]:
        ALL[steps.__name__.lstrip("_")] = Tampering(rule, event, by, steps)
        return steps

    return keep


def policy_opened(secret: str, doer: Acting, janitor: Acting) -> Steps:
    """A secret's policy denies nobody any more."""
    before = janitor("secretsmanager").get_resource_policy(SecretId=secret)["ResourcePolicy"]
    doer("secretsmanager").put_resource_policy(SecretId=secret, ResourcePolicy=_OPEN)
    yield secret
    janitor("secretsmanager").put_resource_policy(SecretId=secret, ResourcePolicy=before)


def key_opened(secret: str, doer: Acting, janitor: Acting) -> Steps:
    """Everybody whose own policies allow it uses a secret's key."""
    key = _key(janitor, secret)
    before = janitor("kms").get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    everybody = document(allow("Everybody", ["kms:*"], "*", principal={"AWS": NAMES.account_root}))
    doer("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=text(everybody))
    yield key
    janitor("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=before)


def reader_made(role: str, doer: Acting, janitor: Acting) -> Steps:
    """A role's own policies allow it to read every token."""
    reading = document(allow("More", ["secretsmanager:GetSecretValue"], NAMES.secrets_below()))
    policy = {"RoleName": NAMES.role(role), "PolicyName": "more"}
    doer("iam").put_role_policy(**policy, PolicyDocument=text(reading))
    yield policy["RoleName"]
    janitor("iam").delete_role_policy(**policy)


def deploy_freed(doer: Acting, janitor: Acting) -> Steps:
    """What deploy may never do is not denied to it any more."""
    denial = {
        "RoleName": NAMES.role("deploy"),
        "PolicyArn": NAMES.policies_arn.replace("*", "hubguard-deploy-never"),
    }
    doer("iam").detach_role_policy(**denial)
    yield denial["RoleName"]
    janitor("iam").attach_role_policy(**denial)


@_sets_off("secret-changed", "DeleteSecret")
def _secret_deleted(doer: Acting, janitor: Acting) -> Steps:
    doer("secretsmanager").delete_secret(SecretId=PRODUCTION, RecoveryWindowInDays=30)
    yield PRODUCTION
    janitor("secretsmanager").restore_secret(SecretId=PRODUCTION)


@_sets_off("secret-changed", "PutResourcePolicy", by="deploy")
def _secret_policy_replaced(doer: Acting, janitor: Acting) -> Steps:
    yield from policy_opened(PRODUCTION, doer, janitor)


@_sets_off("secret-changed", "DeleteResourcePolicy", by="user")
def _secret_policy_removed(doer: Acting, janitor: Acting) -> Steps:
    before = janitor("secretsmanager").get_resource_policy(SecretId=PRODUCTION)
    doer("secretsmanager").delete_resource_policy(SecretId=before["ARN"])
    yield str(before["ARN"])
    janitor("secretsmanager").put_resource_policy(
        SecretId=PRODUCTION, ResourcePolicy=before["ResourcePolicy"]
    )


def alias(secret: str) -> str:
    """The alias of the key that a secret is encrypted with: there is one for each environment."""
    return f"alias/hubguard/{NAMES.organization}/{secret.split('/')[2]}"


def _key(janitor: Acting, secret: str = PRODUCTION) -> str:
    return str(janitor("kms").describe_key(KeyId=alias(secret))["KeyMetadata"]["KeyId"])


@_sets_off("key-changed", "DisableKey", by="deploy")
def _key_disabled(doer: Acting, janitor: Acting) -> Steps:
    key = _key(janitor)
    doer("kms").disable_key(KeyId=key)
    yield key
    janitor("kms").enable_key(KeyId=key)


@_sets_off("key-changed", "ScheduleKeyDeletion")
def _key_scheduled_for_deletion(doer: Acting, janitor: Acting) -> Steps:
    key = _key(janitor)
    doer("kms").schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    yield key
    janitor("kms").cancel_key_deletion(KeyId=key)
    janitor("kms").enable_key(KeyId=key)


@_sets_off("key-changed", "PutKeyPolicy")
def _key_policy_replaced(doer: Acting, janitor: Acting) -> Steps:
    yield from key_opened(PRODUCTION, doer, janitor)


@_sets_off("key-changed", "UpdateAlias")
def _alias_moved(doer: Acting, janitor: Acting) -> Steps:
    key, moved = _key(janitor), {"AliasName": alias(PRODUCTION)}
    doer("kms").update_alias(**moved, TargetKeyId=_key(janitor, SECRETS["kwanzaa-ci"]))
    yield moved["AliasName"]
    janitor("kms").update_alias(**moved, TargetKeyId=key)


@_sets_off("trail-changed", "StopLogging")
def _trail_stopped(doer: Acting, janitor: Acting) -> Steps:
    doer("cloudtrail").stop_logging(Name=NAMES.trail_arn)
    yield NAMES.trail_arn
    janitor("cloudtrail").start_logging(Name=NAMES.trail)


@_sets_off("trail-changed", "PutEventSelectors", by="deploy")
def _trail_narrowed(doer: Acting, janitor: Acting) -> Steps:
    before = janitor("cloudtrail").get_event_selectors(TrailName=NAMES.trail)["AdvancedEventSelectors"]
    writes = [
        {"Field": "eventCategory", "Equals": ["Management"]},
        {"Field": "readOnly", "Equals": ["false"]},
    ]
    doer("cloudtrail").put_event_selectors(
        TrailName=NAMES.trail, AdvancedEventSelectors=[{"FieldSelectors": writes}]
    )
    yield NAMES.trail
    janitor("cloudtrail").put_event_selectors(TrailName=NAMES.trail, AdvancedEventSelectors=before)


@_sets_off("trail-changed", "UpdateTrail")
def _trail_no_longer_validated(doer: Acting, janitor: Acting) -> Steps:
    doer("cloudtrail").update_trail(Name=NAMES.trail, EnableLogFileValidation=False)
    yield NAMES.trail
    janitor("cloudtrail").update_trail(Name=NAMES.trail, EnableLogFileValidation=True)


@_sets_off("trail-changed", "DeleteTrail")
def _trail_deleted(doer: Acting, janitor: Acting) -> Steps:
    trails = janitor("cloudtrail")
    before = trails.get_trail(Name=NAMES.trail)["Trail"]
    selectors = trails.get_event_selectors(TrailName=NAMES.trail)["AdvancedEventSelectors"]
    tags = trails.list_tags(ResourceIdList=[NAMES.trail_arn])["ResourceTagList"][0]["TagsList"]
    doer("cloudtrail").delete_trail(Name=NAMES.trail_arn)
    yield NAMES.trail_arn
    known = trails.meta.service_model.operation_model("CreateTrail").input_shape.members
    trails.create_trail(
        **{name: value for name, value in before.items() if name in known},
        EnableLogFileValidation=before["LogFileValidationEnabled"],
        TagsList=tags,
    )
    trails.put_event_selectors(TrailName=NAMES.trail, AdvancedEventSelectors=selectors)
    trails.start_logging(Name=NAMES.trail)


@_sets_off("log-bucket-changed", "PutBucketPolicy", by="deploy")
def _bucket_policy_replaced(doer: Acting, janitor: Acting) -> Steps:
    before = janitor("s3").get_bucket_policy(**_BUCKET)["Policy"]
    weaker = json.loads(before)
    weaker["Statement"] = [one for one in weaker["Statement"] if one["Sid"] != "NobodyLiftsALock"]
    doer("s3").put_bucket_policy(**_BUCKET, Policy=json.dumps(weaker))
    yield NAMES.log_bucket
    janitor("s3").put_bucket_policy(**_BUCKET, Policy=before)


@_sets_off("log-bucket-changed", "DeleteBucketPolicy")
def _bucket_policy_removed(doer: Acting, janitor: Acting) -> Steps:
    before = janitor("s3").get_bucket_policy(**_BUCKET)["Policy"]
    doer("s3").delete_bucket_policy(**_BUCKET)
    yield NAMES.log_bucket
    janitor("s3").put_bucket_policy(**_BUCKET, Policy=before)


@_sets_off("log-bucket-changed", "PutBucketObjectLockConfiguration")
def _bucket_lock_shortened(doer: Acting, janitor: Acting) -> Steps:
    before = janitor("s3").get_object_lock_configuration(**_BUCKET)["ObjectLockConfiguration"]
    shorter = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}
    doer("s3").put_object_lock_configuration(
        **_BUCKET, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": shorter}
    )
    yield NAMES.log_bucket
    janitor("s3").put_object_lock_configuration(**_BUCKET, ObjectLockConfiguration=before)


@_sets_off("log-bucket-changed", "PutBucketLifecycle")
def _bucket_emptied_by_its_lifecycle(doer: Acting, janitor: Acting) -> Steps:
    before = janitor("s3").get_bucket_lifecycle_configuration(**_BUCKET)["Rules"]
    soon = {"ID": "soon", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}
    doer("s3").put_bucket_lifecycle_configuration(**_BUCKET, LifecycleConfiguration={"Rules": [soon]})
    yield NAMES.log_bucket
    janitor("s3").put_bucket_lifecycle_configuration(**_BUCKET, LifecycleConfiguration={"Rules": before})


@_sets_off("log-bucket-changed", "DeleteBucketPublicAccessBlock")
def _bucket_opened(doer: Acting, janitor: Acting) -> Steps:
    before = janitor("s3").get_public_access_block(**_BUCKET)["PublicAccessBlockConfiguration"]
    doer("s3").delete_public_access_block(**_BUCKET)
    yield NAMES.log_bucket
    janitor("s3").put_public_access_block(**_BUCKET, PublicAccessBlockConfiguration=before)


def _trusting_everybody(role: str, doer: Acting, janitor: Acting) -> Steps:
    before = janitor("iam").get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    doer("iam").update_assume_role_policy(
        RoleName=role, PolicyDocument=text(trust.principals([NAMES.account_root]))
    )
    yield role
    janitor("iam").update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(before))


@_sets_off("iam-changed", "UpdateAssumeRolePolicy", by="user")
def _readers_trust_widened(doer: Acting, janitor: Acting) -> Steps:
    yield from _trusting_everybody(NAMES.role("production-reader"), doer, janitor)


@_sets_off("iam-changed", "UpdateAssumeRolePolicy")
def _deploys_trust_widened(doer: Acting, janitor: Acting) -> Steps:
    yield from _trusting_everybody(NAMES.role("deploy"), doer, janitor)


@_sets_off("iam-changed", "PutRolePolicy")
def _role_got_more_rights(doer: Acting, janitor: Acting) -> Steps:
    role = NAMES.role("auditor")
    doer("iam").put_role_policy(RoleName=role, PolicyName="more", PolicyDocument=_EVERYTHING)
    yield role
    janitor("iam").delete_role_policy(RoleName=role, PolicyName="more")


@_sets_off("iam-changed", "CreatePolicyVersion")
def _boundary_widened(doer: Acting, janitor: Acting) -> Steps:
    boundary, iam = {"PolicyArn": NAMES.boundary_arn}, janitor("iam")
    old = iam.get_policy(**boundary)["Policy"]["DefaultVersionId"]
    before = iam.get_policy_version(**boundary, VersionId=old)["PolicyVersion"]["Document"]
    wide = doer("iam").create_policy_version(**boundary, PolicyDocument=_EVERYTHING, SetAsDefault=True)
    yield NAMES.boundary_arn
    iam.create_policy_version(**boundary, PolicyDocument=json.dumps(before), SetAsDefault=True)
    for version in (old, wide["PolicyVersion"]["VersionId"]):
        iam.delete_policy_version(**boundary, VersionId=version)


@_sets_off("iam-changed", "AddClientIDToOpenIDConnectProvider")
def _oidc_audience_added(doer: Acting, janitor: Acting) -> Steps:
    added = {"OpenIDConnectProviderArn": NAMES.oidc_provider_arn, "ClientID": "own"}
    doer("iam").add_client_id_to_open_id_connect_provider(**added)
    yield GITHUB_TOKENS
    janitor("iam").remove_client_id_from_open_id_connect_provider(**added)


def rule_disabled(what: str, doer: Acting, janitor: Acting) -> Steps:
    """A rule is switched off. EnableRule would not give it back the state in which it hears of reads."""
    before = janitor("events").describe_rule(Name=NAMES.rule(what))
    doer("events").disable_rule(Name=NAMES.rule(what))
    yield NAMES.rule(what)
    known = ("Name", "EventPattern", "State", "Description")
    janitor("events").put_rule(**{name: before[name] for name in known})


@_sets_off("alarms-changed", "DisableRule")
def _alarm_on_root_disabled(doer: Acting, janitor: Acting) -> Steps:
    yield from rule_disabled("root-used", doer, janitor)


@_sets_off("alarms-changed", "PutRule", by="deploy")
def _alarm_on_reads_disabled_by_deploy(doer: Acting, janitor: Acting) -> Steps:
    before = janitor("events").describe_rule(Name=NAMES.rule("token-read-production"))
    rule = {name: before[name] for name in ("Name", "EventPattern", "State", "Description")}
    doer("events").put_rule(**{**rule, "State": "DISABLED"})
    yield rule["Name"]
    janitor("events").put_rule(**rule)


@_sets_off("alarms-changed", "RemoveTargets")
def _alarm_goes_nowhere(doer: Acting, janitor: Acting) -> Steps:
    rule = NAMES.rule("secret-changed")
    before = janitor("events").list_targets_by_rule(Rule=rule)["Targets"]
    doer("events").remove_targets(Rule=rule, Ids=[one["Id"] for one in before])
    yield rule
    janitor("events").put_targets(Rule=rule, Targets=before)


@_sets_off("alarms-changed", "SetTopicAttributes", by="deploy")
def _topic_no_longer_encrypted(doer: Acting, janitor: Acting) -> Steps:
    key = {"TopicArn": NAMES.topic_arn, "AttributeName": "KmsMasterKeyId"}
    before = janitor("sns").get_topic_attributes(TopicArn=NAMES.topic_arn)["Attributes"]["KmsMasterKeyId"]
    doer("sns").set_topic_attributes(**key, AttributeValue="")
    yield NAMES.topic_arn
    janitor("sns").set_topic_attributes(**key, AttributeValue=before)


def _listener(doer: Acting) -> dict[str, Any]:
    queue = f"arn:aws:sqs:{NAMES.region}:{NAMES.account}:listener"
    return dict(
        doer("sns").subscribe(
            TopicArn=NAMES.topic_arn, Protocol="sqs", Endpoint=queue, ReturnSubscriptionArn=True
        )
    )


@_sets_off("alarms-changed", "Subscribe")
def _somebody_else_listens(doer: Acting, janitor: Acting) -> Steps:
    made = _listener(doer)
    yield NAMES.topic_arn
    janitor("sns").unsubscribe(SubscriptionArn=made["SubscriptionArn"])


@_sets_off("alarms-changed", "Unsubscribe")
def _subscription_deleted(doer: Acting, janitor: Acting) -> Steps:
    made = _listener(janitor)
    doer("sns").unsubscribe(SubscriptionArn=made["SubscriptionArn"])
    yield str(made["SubscriptionArn"])


@_sets_off("alarms-changed", "DeleteAlarms")
def _metric_alarm_deleted(doer: Acting, janitor: Acting) -> Steps:
    name, watch = NAMES.alarm("sign-in-failures"), janitor("cloudwatch")
    [before] = watch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    tags = watch.list_tags_for_resource(ResourceARN=before["AlarmArn"])["Tags"]
    doer("cloudwatch").delete_alarms(AlarmNames=[name])
    yield name
    known = watch.meta.service_model.operation_model("PutMetricAlarm").input_shape.members
    watch.put_metric_alarm(**{key: value for key, value in before.items() if key in known}, Tags=tags)


@_sets_off("alarms-changed", "DeleteMetricFilter", by="deploy")
def _metric_filter_deleted(doer: Acting, janitor: Acting) -> Steps:
    [before] = janitor("logs").describe_metric_filters(
        logGroupName=NAMES.log_group, filterNamePrefix=NAMES.alarm("denied-reads")
    )["metricFilters"]
    doer("logs").delete_metric_filter(logGroupName=NAMES.log_group, filterName=before["filterName"])
    yield NAMES.log_group
    known = ("logGroupName", "filterName", "filterPattern", "metricTransformations")
    janitor("logs").put_metric_filter(**{name: before[name] for name in known})


@_sets_off("alarms-changed", "PutRetentionPolicy")
def _logs_kept_for_a_day(doer: Acting, janitor: Acting) -> Steps:
    group = {"logGroupName": NAMES.log_group}
    [before] = janitor("logs").describe_log_groups(logGroupNamePrefix=NAMES.log_group)["logGroups"]
    doer("logs").put_retention_policy(**group, retentionInDays=1)
    yield NAMES.log_group
    janitor("logs").put_retention_policy(**group, retentionInDays=before["retentionInDays"])
