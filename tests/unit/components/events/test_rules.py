"""Which events set off which alarm, judged by MiniStack's matcher on records as CloudTrail writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from ministack.services import eventbridge

from components.events import patterns, rules
from components.names import Names
from components.settings import Token
from hubguard import standards

ACCOUNT = "123456789012"
NAMES = Names(ACCOUNT, "eu-central-1", "kwanzaa-project", ("eu-west-1",))
CALL = "AWS API Call via CloudTrail"
SIGN_IN = "AWS Console Sign In via CloudTrail"


def token(name: str, environment: str, *consumers: str) -> Token:
    """An entry of the inventory."""
    role = "write" if environment == "training" else "read"
    entry = {"name": name, "environment": environment, "role": role, "owner": "ainativestudio"}
    return Token.model_validate({**entry, "consumers": list(consumers)})


TOKENS = [
    token("inference", "production"),
    token("trainer", "training"),
    token("pipeline", "ci"),
    token("laptop", "local"),
    token("hub-admin", "machine", "deploy"),
    token("hub-read", "machine", "drift"),
    token("github-app", "machine", "deploy", "drift"),
]
RULES = {rule.name: rule for rule in rules.rules(TOKENS, NAMES)}


def role(what: str, path: str = "/hubguard/") -> dict[str, Any]:
    """A session of a role."""
    return {
        "type": "AssumedRole",
        "principalId": "AROAEXAMPLE:session",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{what}/session",
        "accountId": ACCOUNT,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": "AROAEXAMPLE",
                "arn": f"arn:aws:iam::{ACCOUNT}:role{path}{what}",
                "accountId": ACCOUNT,
                "userName": what,
            },
            "attributes": {"mfaAuthenticated": "false", "creationDate": "2026-01-01T00:00:00Z"},
        },
    }


READER = role("hubguard-production-reader")
DEPLOY = role("hubguard-deploy")
DRIFT = role("hubguard-drift")
ADMIN = role("administrator", "/")
USER = {
    "type": "IAMUser",
    "arn": f"arn:aws:iam::{ACCOUNT}:user/builder",
    "accountId": ACCOUNT,
    # A session of a user has no issuer.
    "sessionContext": {"attributes": {"mfaAuthenticated": "true"}},
}
ROOT = {"type": "Root", "arn": f"arn:aws:iam::{ACCOUNT}:root", "accountId": ACCOUNT}
STRANGER = {"type": "AWSAccount", "principalId": "AIDAEXAMPLE", "accountId": "999999999999"}


def record(service: str, call: str, who: Mapping[str, Any], **parameters: Any) -> dict[str, Any]:
    """A CloudTrail record of a call that succeeded."""
    return {
        "eventVersion": "1.11",
        "userIdentity": who,
        "eventTime": "2026-01-01T12:00:00Z",
        "eventSource": f"{service}.amazonaws.com",
        "eventName": call,
        "awsRegion": "eu-central-1",
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2",
        "requestParameters": parameters or None,
        "responseElements": None,
        "eventID": "6f1d1c0e-0000-4000-8000-000000000000",
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
    }


def read(secret: str, who: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A token's value was read."""
    return record("secretsmanager", "GetSecretValue", who, secretId=secret) | more


def envelope(detail: Mapping[str, Any], kind: str = CALL, source: str = "") -> dict[str, Any]:
    """The event that CloudTrail makes of a record."""
    return {
        "EventId": "1",
        "Source": source or f"aws.{detail['eventSource'].partition('.')[0]}",
        "DetailType": kind,
        "Detail": detail,
        "Account": ACCOUNT,
        "Region": detail["awsRegion"],
        "Resources": [],
        "Time": 0,
    }


def fired(detail: Mapping[str, Any], kind: str = CALL, source: str = "") -> set[str]:
    """Names of the rules that an event sets off."""
    event = envelope(detail, kind, source)
    return {
        name
        for name, rule in RULES.items()
        if eventbridge._matches_pattern(patterns.text(rule.pattern), event)
    }


def forwards(region: str, detail: Mapping[str, Any], kind: str = CALL) -> bool:
    """Whether a region sends an event on."""
    pattern = patterns.text(patterns.forwarded(region, NAMES))
    return bool(eventbridge._matches_pattern(pattern, envelope(detail, kind)))


def secret(environment: str, name: str) -> str:
    """Name of a secret."""
    return f"hubguard/kwanzaa-project/{environment}/{name}"


def arn(name: str, end: str = "-a1B2c3", region: str = "eu-central-1") -> str:
    """ARN of a secret."""
    return f"arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:{name}{end}"


PRODUCTION = secret("production", "inference")
ADMIN_TOKEN = secret("machine", "hub-admin")


@pytest.mark.parametrize("who", [READER, role("hubguard-incident-responder")])
def test_a_reader_that_reads_is_no_news(who: dict[str, Any]) -> None:
    """The readers of the access matrix set off nothing."""
    assert fired(read(PRODUCTION, who)) == set()


@pytest.mark.parametrize(
    "who", [ADMIN, DEPLOY, DRIFT, USER, STRANGER], ids=["admin", "deploy", "drift", "user", "stranger"]
)
@pytest.mark.parametrize(
    "named",
    [PRODUCTION, arn(PRODUCTION), arn(PRODUCTION, ""), arn(PRODUCTION, region="eu-west-1")],
    ids=["name", "arn", "partial-arn", "replica"],
)
def test_a_read_by_somebody_else_alarms(who: dict[str, Any], named: str) -> None:
    """Whoever it is, with a role or without, and however the secret is named."""
    assert fired(read(named, who)) == {"token-read-production"}


def test_root_reading_a_token_is_both() -> None:
    """Root is no reader, and should not be used at all."""
    assert fired(read(PRODUCTION, ROOT)) == {"token-read-production", "root-used"}


def test_a_role_of_the_same_name_elsewhere_is_somebody_else() -> None:
    """The reader is an exact ARN: path and account count."""
    assert fired(read(PRODUCTION, role("hubguard-production-reader", "/"))) == {"token-read-production"}


def test_a_secret_that_nobody_declared_is_watched_too() -> None:
    """The world is closed: what lies beside the tokens counts as one."""
    assert fired(read(secret("production", "forgotten"), ADMIN)) == {"token-read-production"}


def test_other_peoples_secrets_are_not_watched() -> None:
    """Another application's secret, or another organization's."""
    assert fired(read("shop/database", ADMIN)) == set()
    assert fired(read("hubguard/another-organization/production/inference", ADMIN)) == set()


@pytest.mark.parametrize(
    ("name", "who", "alarm"),
    [
        ("hub-admin", DEPLOY, set()),
        ("hub-read", DRIFT, set()),
        ("github-app", DEPLOY, set()),
        ("github-app", DRIFT, set()),
        ("hub-admin", DRIFT, {"token-read-machine-drift"}),
        ("hub-read", DEPLOY, {"token-read-machine-deploy"}),
        ("hub-admin", READER, {"token-read-machine"}),
        ("hub-admin", USER, {"token-read-machine"}),
    ],
)
@pytest.mark.parametrize("end", [None, "-a1B2c3", ""], ids=["name", "arn", "partial-arn"])
def test_a_job_reads_its_own_credentials_only(
    name: str, who: dict[str, Any], alarm: set[str], end: str | None
) -> None:
    """The machine's tokens have readers of their own, one by one."""
    own = secret("machine", name)
    assert fired(read(own if end is None else arn(own, end), who)) == alarm


def test_a_name_that_continues_another_sets_off_no_false_alarm() -> None:
    """The ARN of hub-read looks like one of hub to a pattern: its reader stays unsuspected."""
    tokens = [token("hub", "machine", "deploy"), token("hub-read", "machine", "drift")]
    event = envelope(read(arn(secret("machine", "hub-read")), DRIFT))
    stolen = envelope(read(secret("machine", "hub"), DRIFT))
    texts = [patterns.text(rule.pattern) for rule in rules.rules(tokens, NAMES)]
    assert not any(eventbridge._matches_pattern(text, event) for text in texts)
    assert any(eventbridge._matches_pattern(text, stolen) for text in texts)


def test_a_denied_read_has_its_own_alarm() -> None:
    """It says denied, not read."""
    denied = read(PRODUCTION, ADMIN, errorCode="AccessDeniedException", errorMessage="not authorized")
    assert fired(denied) == {"token-read-denied"}


def test_a_denied_read_that_does_not_tell_of_what_alarms_too() -> None:
    """CloudTrail often drops the parameters of a denied call."""
    denied = read(PRODUCTION, ADMIN, errorCode="AccessDenied", requestParameters=None)
    assert fired(denied) == {"token-read-denied"}


def test_a_read_that_found_nothing_is_neither() -> None:
    """No value was given, and nobody was refused."""
    assert fired(read(PRODUCTION, READER, errorCode="ResourceNotFoundException")) == set()


@pytest.mark.parametrize(
    ("parameters", "alarm"),
    [
        ({"secretIdList": ["shop/database", arn(PRODUCTION)]}, {"token-read-many"}),
        ({"filters": [{"key": "name", "values": ["hub"]}]}, {"token-read-many"}),
        ({"secretIdList": ["shop/database"]}, set()),
    ],
)
def test_reading_many_at_once_alarms_even_for_readers(parameters: Any, alarm: set[str]) -> None:
    """Ours by name, or by a filter that does not say whose."""
    assert fired(record("secretsmanager", "BatchGetSecretValue", READER, **parameters)) == alarm


@pytest.mark.parametrize(
    "call", ["DeleteSecret", "PutResourcePolicy", "DeleteResourcePolicy", "UpdateSecret"]
)
@pytest.mark.parametrize("who", [ADMIN, DEPLOY], ids=["admin", "deploy"])
def test_a_changed_secret_alarms(call: str, who: dict[str, Any]) -> None:
    """By anybody: what deploy does on purpose announces itself as well."""
    assert fired(record("secretsmanager", call, who, secretId=arn(PRODUCTION))) == {"secret-changed"}


def test_putting_a_value_and_describing_are_no_change() -> None:
    """An operator's everyday work."""
    for call in ("PutSecretValue", "DescribeSecret", "TagResource"):
        assert fired(record("secretsmanager", call, role("hubguard-operator"), secretId=PRODUCTION)) == set()


KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.mark.parametrize("call", ["DisableKey", "ScheduleKeyDeletion", "PutKeyPolicy", "DisableKeyRotation"])
def test_a_changed_key_alarms(call: str) -> None:
    """Whichever key it is: events name keys by ids that nobody knows beforehand."""
    assert fired(record("kms", call, ADMIN, keyId=KEY)) == {"key-changed"}


def test_a_grant_alarms_unless_a_service_makes_it() -> None:
    """Services make grants for whoever uses them."""
    assert fired(record("kms", "CreateGrant", ADMIN, keyId=KEY)) == {"key-changed"}
    service = {**ADMIN, "invokedBy": "ebs.amazonaws.com"}
    assert fired(record("kms", "CreateGrant", service, keyId=KEY)) == set()


def test_only_our_aliases_are_watched() -> None:
    """An alias that points elsewhere changes which key is used next."""
    ours = "alias/hubguard/kwanzaa-project/production"
    assert fired(record("kms", "UpdateAlias", ADMIN, aliasName=ours)) == {"key-changed"}
    assert fired(record("kms", "UpdateAlias", ADMIN, aliasName="alias/shop")) == set()


@pytest.mark.parametrize(
    ("call", "parameters"),
    [
        ("StopLogging", {"name": NAMES.trail_arn}),
        ("StopLogging", {"name": NAMES.trail}),
        ("DeleteTrail", {"name": NAMES.trail_arn}),
        ("UpdateTrail", {"name": NAMES.trail}),
        ("PutEventSelectors", {"trailName": NAMES.trail}),
        ("PutInsightSelectors", {"trailName": NAMES.trail_arn}),
    ],
)
def test_a_changed_trail_alarms(call: str, parameters: dict[str, str]) -> None:
    """By its name or its ARN, in the parameter that the call has for it."""
    assert fired(record("cloudtrail", call, ADMIN, **parameters)) == {"trail-changed"}


@pytest.mark.parametrize(
    "call",
    [
        "DeleteBucket",
        "DeleteBucketEncryption",
        "DeleteBucketLifecycle",
        "DeleteBucketPolicy",
        "DeleteBucketPublicAccessBlock",
        "DeleteObject",
        "PutBucketAcl",
        "PutBucketEncryption",
        "PutBucketLifecycle",
        "PutBucketLogging",
        "PutBucketObjectLockConfiguration",
        "PutBucketOwnershipControls",
        "PutBucketPolicy",
        "PutBucketPublicAccessBlock",
        "PutBucketVersioning",
        "PutObjectRetention",
    ],
)
@pytest.mark.parametrize("bucket", NAMES.buckets)
def test_a_changed_bucket_alarms(call: str, bucket: str) -> None:
    """All that opens, empties, unlocks or blinds one of the three."""
    assert fired(record("s3", call, ADMIN, bucketName=bucket)) == {"log-bucket-changed"}


def test_filling_and_reading_the_log_bucket_is_no_change() -> None:
    """CloudTrail writes into it every few minutes, the auditor reads it."""
    service = {"type": "AWSService", "invokedBy": "cloudtrail.amazonaws.com"}
    assert fired(record("s3", "PutObject", service, bucketName=NAMES.log_bucket)) == set()
    assert fired(record("s3", "GetObject", role("hubguard-auditor"), bucketName=NAMES.log_bucket)) == set()
    assert fired(record("s3", "PutBucketPolicy", ADMIN, bucketName="shop")) == set()


def test_root_alarms_when_it_signs_in_reads_or_writes() -> None:
    """Any use; what AWS does in root's name is none."""
    sign_in = record("signin", "ConsoleLogin", ROOT)
    assert fired(sign_in, SIGN_IN) == {"root-used"}
    assert fired(record("ec2", "DescribeRegions", ROOT)) == {"root-used"}
    aws = {**ROOT, "invokedBy": "support.amazonaws.com"}
    assert fired(record("ec2", "DescribeRegions", aws)) == set()
    assert fired(record("signin", "ConsoleLogin", USER), SIGN_IN) == set()


@pytest.mark.parametrize(
    ("call", "parameters", "who", "alarms"),
    [
        ("UpdateAssumeRolePolicy", {"roleName": "hubguard-auditor"}, ADMIN, True),
        ("UpdateAssumeRolePolicy", {"roleName": "hubguard-auditor"}, USER, True),
        ("UpdateAssumeRolePolicy", {"roleName": "hubguard-auditor"}, DEPLOY, False),
        ("PutRolePolicy", {"roleName": "hubguard-deploy"}, DEPLOY, True),
        ("DeleteRolePermissionsBoundary", {"roleName": "hubguard-deploy"}, DEPLOY, True),
        ("CreatePolicyVersion", {"policyArn": NAMES.boundary_arn}, DEPLOY, True),
        ("CreatePolicyVersion", {"policyArn": NAMES.boundary_arn}, ADMIN, True),
        ("DeleteOpenIDConnectProvider", {"openIDConnectProviderArn": NAMES.oidc_provider_arn}, DEPLOY, True),
        ("PutRolePolicy", {"roleName": "shop"}, ADMIN, False),
        ("CreatePolicyVersion", {"policyArn": f"arn:aws:iam::{ACCOUNT}:policy/shop"}, ADMIN, False),
        ("GetRole", {"roleName": "hubguard-auditor"}, ADMIN, False),
    ],
)
def test_who_may_change_iam_unnoticed(
    call: str, parameters: dict[str, str], who: dict[str, Any], alarms: bool
) -> None:
    """Deploy changes the stack's roles; on what deploy rests nobody changes anything unnoticed."""
    assert fired(record("iam", call, who, **parameters)) == ({"iam-changed"} if alarms else set())


@pytest.mark.parametrize(
    ("service", "call", "parameters"),
    [
        ("events", "DisableRule", {"name": NAMES.rule("root-used")}),
        ("events", "DeleteRule", {"name": NAMES.rule("root-used")}),
        ("events", "PutRule", {"name": NAMES.rule("root-used"), "state": "DISABLED"}),
        ("events", "RemoveTargets", {"rule": NAMES.rule("root-used"), "ids": ["topic"]}),
        ("sns", "DeleteTopic", {"topicArn": NAMES.topic_arn}),
        ("sns", "SetTopicAttributes", {"topicArn": NAMES.topic_arn, "attributeName": "Policy"}),
        ("sns", "Subscribe", {"topicArn": NAMES.topic_arn, "protocol": "https"}),
        ("sns", "Unsubscribe", {"subscriptionArn": f"{NAMES.topic_arn}:{KEY}"}),
        ("monitoring", "DeleteAlarms", {"alarmNames": ["shop", NAMES.alarm("root-use")]}),
        ("monitoring", "DisableAlarmActions", {"alarmNames": [NAMES.alarm("root-use")]}),
        ("monitoring", "PutMetricAlarm", {"alarmName": NAMES.alarm("root-use")}),
        ("logs", "DeleteMetricFilter", {"logGroupName": NAMES.log_group}),
        ("logs", "DeleteLogGroup", {"logGroupName": NAMES.log_group}),
        ("logs", "PutRetentionPolicy", {"logGroupName": NAMES.log_group, "retentionInDays": 1}),
        ("logs", "PutDataProtectionPolicy", {"logGroupIdentifier": NAMES.log_group_arn}),
    ],
)
def test_a_changed_alarm_alarms(service: str, call: str, parameters: dict[str, Any]) -> None:
    """By anybody, deploy included."""
    assert fired(record(service, call, DEPLOY, **parameters)) == {"alarms-changed"}


def test_other_peoples_alarms_are_not_watched() -> None:
    """Nor is reading ours."""
    assert fired(record("events", "DisableRule", ADMIN, name="shop")) == set()
    assert (
        fired(record("sns", "DeleteTopic", ADMIN, topicArn=f"arn:aws:sns:eu-central-1:{ACCOUNT}:s")) == set()
    )
    assert fired(record("events", "DescribeRule", ADMIN, name=NAMES.rule("root-used"))) == set()


def test_an_application_cannot_forge_an_alarm() -> None:
    """Whoever puts events of its own cannot name AWS as their source."""
    assert fired(read(PRODUCTION, ADMIN), source="com.example.shop") == set()


@pytest.mark.parametrize(
    ("region", "detail", "kind", "goes"),
    [
        ("us-east-1", record("iam", "PutRolePolicy", ADMIN, roleName="hubguard-ci"), CALL, True),
        ("us-east-1", record("iam", "PutRolePolicy", DEPLOY, roleName="hubguard-ci"), CALL, False),
        ("us-east-1", record("signin", "ConsoleLogin", ROOT), SIGN_IN, True),
        ("us-east-1", record("events", "DisableRule", ADMIN, name=NAMES.rule("x")), CALL, True),
        ("us-east-1", record("kms", "DisableKey", ADMIN, keyId=KEY), CALL, False),
        ("us-east-1", record("ec2", "RunInstances", ADMIN), CALL, False),
        ("eu-west-1", read(arn(PRODUCTION, region="eu-west-1"), ADMIN), CALL, True),
        ("eu-west-1", record("secretsmanager", "DeleteSecret", ADMIN, secretId=PRODUCTION), CALL, True),
        ("eu-west-1", record("secretsmanager", "BatchGetSecretValue", ADMIN, filters=[]), CALL, True),
        ("eu-west-1", record("kms", "DisableKey", ADMIN, keyId=KEY), CALL, True),
        ("eu-west-1", read("shop/database", ADMIN), CALL, False),
    ],
)
def test_other_regions_send_on_what_alarms(region: str, detail: Any, kind: str, goes: bool) -> None:
    """us-east-1 what has no region, a region with replicas what happens to them."""
    assert NAMES.forwarding_regions == ("us-east-1", "eu-west-1")
    assert forwards(region, detail, kind) is goes


@pytest.mark.parametrize("replicas", [(), ("us-east-1", "eu-central-1", "eu-west-1", "us-west-2")])
def test_every_pattern_fits_and_is_one_that_eventbridge_takes(replicas: tuple[str, ...]) -> None:
    """With the longest names there can be, and many tokens."""
    names = Names(ACCOUNT, "ap-southeast-2", "o" * 96, replicas)
    many = [token(f"t{'x' * 58}{number}", "machine", ("deploy", "drift")[number % 2]) for number in range(30)]
    made = rules.rules([*TOKENS, *many], names)
    texts = [patterns.text(rule.pattern) for rule in made]
    texts += [patterns.text(patterns.forwarded(region, names)) for region in names.forwarding_regions]
    for text in texts:
        assert len(text) <= standards.EVENT_PATTERN_MAX
        assert eventbridge._parse_pattern_text(text)[1] is None
    assert len({rule.name for rule in made}) == len(made)
    assert all(len(names.rule(rule.name)) <= 64 for rule in made)


def test_rules_on_reads_ask_for_reads() -> None:
    """CloudTrail's read events reach a rule only in a state of their own."""
    assert {name for name, rule in RULES.items() if rule.reads} == {
        "root-used",
        "token-read-ci",
        "token-read-denied",
        "token-read-machine",
        "token-read-machine-deploy",
        "token-read-machine-drift",
        "token-read-many",
        "token-read-production",
        "token-read-training",
    }


def rendered(rule: rules.Rule, detail: Mapping[str, Any]) -> str:
    """The message that a rule sends about a record."""
    message = rules.message(rule, NAMES)
    transformer = {"InputPathsMap": message.paths, "InputTemplate": message.template}
    view = eventbridge._pattern_event_view(envelope(detail))
    return str(json.loads(eventbridge._apply_input_transformer(transformer, {}, view)))


def test_a_message_is_one_line_that_a_person_understands() -> None:
    """Who did what to what, from where and when."""
    assert rendered(RULES["token-read-production"], read(PRODUCTION, ADMIN)) == (
        "Hubguard kwanzaa-project: a token of the environment production was read by somebody who is not its"
        " reader. GetSecretValue hubguard/kwanzaa-project/production/inference by"
        " arn:aws:sts::123456789012:assumed-role/administrator/session (AssumedRole of account 123456789012)"
        " from 198.51.100.7 in eu-central-1 at 2026-01-01T12:00:00Z. Error, if it failed: . CloudTrail event"
        " 6f1d1c0e-0000-4000-8000-000000000000"
    )


def test_a_message_names_the_account_of_a_stranger() -> None:
    """Of a caller from another account CloudTrail knows no ARN."""
    denied = read(PRODUCTION, STRANGER, errorCode="AccessDenied")
    said = rendered(RULES["token-read-denied"], denied)
    assert " (AWSAccount of account 999999999999) from " in said
    assert " Error, if it failed: AccessDenied. " in said


@pytest.mark.parametrize("ended", ["Success", "Failure"])
def test_a_message_says_how_a_sign_in_ended(ended: str) -> None:
    """A failed one has no error code."""
    sign_in = record("signin", "ConsoleLogin", ROOT) | {"responseElements": {"ConsoleLogin": ended}}
    assert f" ConsoleLogin {ended} by {ROOT['arn']} " in rendered(RULES["root-used"], sign_in)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_message_never_holds_a_value(rule: rules.Rule) -> None:
    """Of a call's parameters only names are shown, of its answer nothing."""
    value = "never" * 8
    detail = record("secretsmanager", "UpdateSecret", ADMIN, secretId=PRODUCTION, secretString=value)
    detail |= {"responseElements": {"secretString": value}, "errorMessage": value, "userAgent": value}
    assert value not in rendered(rule, detail)
