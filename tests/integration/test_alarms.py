"""Everything that must not happen unnoticed is done, and its alarm is in the mailbox within ten seconds.

Done for real, by whoever could do it on AWS. Only what the local AWS cannot cause, such as signing in to the
console, is replayed from labelled samples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from components.events.counts import counts
from hubguard import standards
from sandbox.aws.relay import samples
from tests.integration import tampering
from tests.integration.inbox import SOON
from tests.integration.scene import LABEL, RULES, Doing, Scene, staged
from tests.integration.tampering import NAMES, PRODUCTION, SECRETS, Tampering
from tests.integration.walkthrough import Walk

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("walkthrough")]

COUNTS = {count.name: count for count in counts(NAMES)}
DRIFT = "refresh --preview-only --expect-no-changes --color never"

TRAINING, CI = SECRETS["kwanzaa-training-write"], SECRETS["kwanzaa-ci"]
HUB_ADMIN, HUB_READ = SECRETS["kwanzaa-hub-admin"], SECRETS["kwanzaa-hub-read"]
GITHUB_APP = SECRETS["kwanzaa-github-app"]


@pytest.fixture(scope="module")
def stage(provisioned: tuple[Walk, str]) -> Iterator[Scene]:
    """Those who act and the mailbox, made by hand and gone afterwards."""
    with staged(provisioned[0]) as everybody:
        yield everybody


@pytest.fixture
def scene(stage: Scene) -> Scene:
    """The same, with an empty mailbox."""
    stage.inbox.clear()
    return stage


@pytest.fixture
def doing() -> Iterator[Doing]:
    """Does things that are undone at the end of the test."""
    with Doing() as everything:
        yield everything


def read(scene: Scene, who: str, secret: str) -> None:
    """Somebody reads a token's value."""
    answer = scene.acting(who)("secretsmanager").get_secret_value(SecretId=secret, VersionStage=LABEL)
    assert answer["SecretString"] == scene.value


def denied(call: Callable[[], object]) -> None:
    """A call is refused."""
    with pytest.raises(ClientError, match="AccessDenied"):
        call()


def replay(scene: Scene, name: str, **changes: Any) -> None:
    """A sample takes its way through the trail, with other fields where they are given."""
    taken = samples.send(scene.account.endpoint, samples.sample(name) | changes)
    assert taken["trails"] == [NAMES.trail]


# The counts come first: what happens later in this file counts as well.


def test_five_denied_reads_in_five_minutes_are_an_attack(scene: Scene) -> None:
    """Each has its own alarm; the fifth sets off the one on their count, and the fourth does not."""
    watch, name = scene.janitor("cloudwatch"), NAMES.alarm("denied-reads")
    [alarm] = watch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    now = datetime.now(UTC)
    points = watch.get_metric_statistics(
        Namespace=alarm["Namespace"],
        MetricName=alarm["MetricName"],
        StartTime=now - timedelta(seconds=standards.ALARM_PERIOD_SECONDS),
        EndTime=now + timedelta(minutes=1),
        Period=standards.ALARM_PERIOD_SECONDS,
        Statistics=["Sum"],
    )["Datapoints"]
    before = int(sum(point["Sum"] for point in points))
    attempt = partial(denied, partial(read, scene, "nobody", PRODUCTION))
    for _ in range(before, standards.DENIED_READS - 1):
        attempt()
    scene.settle()
    assert watch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["StateValue"] == "OK"
    assert COUNTS["denied-reads"].what in scene.count("denied-reads", attempt)
    each = [line for line in scene.inbox.clear() if RULES["token-read-denied"].what in line]
    assert len(each) == standards.DENIED_READS - before


def test_root_is_noticed_in_a_region_without_a_rule(scene: Scene) -> None:
    """The trail's log group hears of all regions."""
    region = "ap-southeast-2"
    assert region not in (NAMES.region, *NAMES.forwarding_regions)
    root = scene.acting("root", region)("kms")
    assert COUNTS["root-use"].what in scene.count("root-use", root.list_keys)


def test_failed_sign_ins_are_counted(scene: Scene) -> None:
    """Three of a user, from samples: there is no console here to sign in to."""
    who = {
        "type": "IAMUser",
        "principalId": "AIDAEXAMPLE",
        "arn": f"arn:aws:iam::{NAMES.account}:user/sample",
        "accountId": NAMES.account,
        "userName": "sample",
    }

    def sign_in() -> None:
        for _ in range(standards.SIGN_IN_FAILURES):
            replay(scene, "root-console-sign-in-failed", userIdentity=who)

    assert COUNTS["sign-in-failures"].what in scene.count("sign-in-failures", sign_in)


@pytest.mark.parametrize(
    ("rule", "region"), [("alarms-changed", NAMES.region), ("forward-events", "us-east-1")]
)
def test_the_rule_that_would_tell_is_switched_off(scene: Scene, doing: Doing, rule: str, region: str) -> None:
    """No rule is left that could say so, here or in the other region: the count says it."""
    hands = scene.acting("administrator", region), scene.acting("janitor", region)
    said = scene.count("guard-changes", partial(doing.begin, tampering.rule_disabled(rule, *hands)))
    assert COUNTS["guard-changes"].what in said
    assert scene.inbox.take(NAMES.rule(rule), scene.arn("administrator")) is None


def test_every_count_is_reached() -> None:
    """By the tests above."""
    assert COUNTS.keys() == {"denied-reads", "root-use", "sign-in-failures", "guard-changes"}


READS: Mapping[str, tuple[str, str]] = {
    "token-read-production": ("administrator", PRODUCTION),
    "token-read-training": ("user", TRAINING),
    "token-read-ci": ("root", CI),
    "token-read-machine": ("administrator", GITHUB_APP),
    "token-read-machine-deploy": ("deploy", HUB_READ),
    "token-read-machine-drift": ("drift", HUB_ADMIN),
}


@pytest.mark.parametrize("rule", READS)
def test_a_token_is_read_by_somebody_who_is_not_its_reader(scene: Scene, doing: Doing, rule: str) -> None:
    """What lets them read it was changed by hand before, which sets off alarms of its own."""
    who, secret = READS[rule]
    hands = scene.acting("user"), scene.janitor
    first = [
        ("secret-changed", "PutResourcePolicy", tampering.policy_opened(secret, *hands)),
        ("key-changed", "PutKeyPolicy", tampering.key_opened(secret, *hands)),
    ]
    if who == "deploy":
        first.append(("iam-changed", "DetachRolePolicy", tampering.deploy_freed(*hands)))
    if who in ("deploy", "drift"):  # their own policies name the secrets that they read
        first.append(("iam-changed", "PutRolePolicy", tampering.reader_made(who, *hands)))
    for changed, event, steps in first:
        found = scene.alarm(changed, event, "user", partial(doing.begin, steps))
        assert doing.what in found[0]
    found = scene.alarm(rule, "GetSecretValue", who, partial(read, scene, who, secret))
    assert secret in found[0]
    assert not found["error"]


@pytest.mark.parametrize("who", ["administrator", "auditor", "nobody", "user"])
def test_a_read_is_denied(scene: Scene, who: str) -> None:
    """By the secret's policy, by the caller's own, or for want of a right."""
    attempt = partial(denied, partial(read, scene, who, PRODUCTION))
    found = scene.alarm("token-read-denied", "GetSecretValue", who, attempt)
    assert PRODUCTION in found[0]
    assert found["error"] == "AccessDeniedException"


@pytest.mark.parametrize("parameters", [{"secretId": PRODUCTION}, None], ids=["named", "untold"])
def test_another_account_is_denied_a_read(scene: Scene, parameters: dict[str, str] | None) -> None:
    """A sample: of a stranger CloudTrail knows the account alone, and often not what was asked for."""
    stranger = {"type": "AWSAccount", "principalId": "AIDAEXAMPLE", "accountId": "999999999999"}
    attempt = partial(replay, scene, "token-read-denied", userIdentity=stranger, requestParameters=parameters)
    said = scene.inbox.after(attempt, RULES["token-read-denied"].what, "AWSAccount")
    assert "(AWSAccount of account 999999999999)" in said
    assert (PRODUCTION in said) is bool(parameters)


@pytest.mark.parametrize(
    "asked",
    [{"SecretIdList": [PRODUCTION, TRAINING]}, {"Filters": [{"Key": "name", "Values": ["hubguard"]}]}],
    ids=["by name", "by filter"],
)
def test_many_tokens_are_asked_for_at_once(scene: Scene, asked: dict[str, Any]) -> None:
    """Nobody has to, whatever came of it."""
    ask = partial(scene.acting("administrator")("secretsmanager").batch_get_secret_value, **asked)
    found = scene.alarm("token-read-many", "BatchGetSecretValue", "administrator", ask)
    assert all(name in found[0] for name in asked.get("SecretIdList", ()))


@pytest.mark.parametrize("what", tampering.ALL.values(), ids=tampering.ALL)
def test_what_guards_the_tokens_is_changed(scene: Scene, doing: Doing, what: Tampering) -> None:
    """Secrets, keys, trail, log bucket, roles and the alarms themselves."""
    steps = what.steps(scene.acting(what.by), scene.janitor)
    found = scene.alarm(what.rule, what.event, what.by, partial(doing.begin, steps))
    assert doing.what in found[0]
    assert not found["error"]
    assert (" in us-east-1 at " in found[0]) is (what.rule == "iam-changed")


def test_what_was_tried_in_vain_is_told_as_such(scene: Scene) -> None:
    """The alarm has the error: an application wants to delete the trail, an administrator to use a key."""
    trails, keys = scene.acting("nobody")("cloudtrail"), scene.acting("administrator")("kms")
    delete = partial(denied, partial(trails.delete_trail, Name=NAMES.trail))
    assert scene.alarm("trail-changed", "DeleteTrail", "nobody", delete)["error"].startswith("AccessDenied")
    key = keys.describe_key(KeyId=tampering.alias(PRODUCTION))["KeyMetadata"]["KeyId"]
    grant = {"GranteePrincipal": scene.account.administrator, "Operations": ["Decrypt"]}
    give = partial(denied, partial(keys.create_grant, KeyId=key, **grant))
    found = scene.alarm("key-changed", "CreateGrant", "administrator", give)
    assert found["error"] == "AccessDeniedException"


def test_a_log_file_is_deleted(scene: Scene) -> None:
    """A sample: the local AWS has no data events."""
    [bucket] = {NAMES.log_bucket, samples.sample("log-file-deleted")["requestParameters"]["bucketName"]}
    said = scene.inbox.after(
        partial(replay, scene, "log-file-deleted"), RULES["log-bucket-changed"].what, "DeleteObject"
    )
    assert bucket in said


@pytest.mark.parametrize("region", [NAMES.region, *NAMES.forwarding_regions])
def test_root_is_used(scene: Scene, region: str) -> None:
    """For something as harmless as a listing, here or where IAM is."""
    listing = scene.acting("root", region)("kms").list_aliases
    found = scene.alarm("root-used", "ListAliases", "root", listing)
    assert f" in {region} at " in found[0]


@pytest.mark.parametrize(
    ("sample", "ended"), [("root-console-sign-in", "Success"), ("root-console-sign-in-failed", "Failure")]
)
def test_root_signs_in(scene: Scene, sample: str, ended: str) -> None:
    """Or tries to: samples, for there is no console here."""
    found = scene.alarm("root-used", "ConsoleLogin", "root", partial(replay, scene, sample))
    assert f" ConsoleLogin {ended} by " in found[0]


def test_every_rule_is_set_off() -> None:
    """By the tests above: a new one needs a new test."""
    tampered = {what.rule for what in tampering.ALL.values()}
    assert {*READS, *tampered, "token-read-denied", "token-read-many", "root-used"} == RULES.keys()


OWN: Mapping[str, list[str]] = {
    "production-reader": [PRODUCTION],
    "training-writer": [TRAINING],
    "ci": [CI],
    "deploy": [CI, HUB_ADMIN, GITHUB_APP],
    "drift": [HUB_READ, GITHUB_APP],
    "incident-responder": [*SECRETS.values()],
}


def test_readers_read_their_own_tokens(scene: Scene) -> None:
    """Nobody hears of it, however they name the secret."""
    for who in OWN:
        assert scene.arn(who)  # taking a role as root is what everybody hears of

    def everybody() -> None:
        for who, names in OWN.items():
            for name in names:
                read(scene, who, name)
                read(scene, who, scene.janitor("secretsmanager").describe_secret(SecretId=name)["ARN"])

    assert scene.silence(everybody) == []


def test_people_do_their_work(scene: Scene) -> None:
    """The operator puts a value, the auditor looks around: nobody hears of it."""

    def work() -> None:
        put = scene.acting("operator")("secretsmanager").put_secret_value
        version = put(SecretId=PRODUCTION, SecretString=scene.value, VersionStages=["OTHER"])["VersionId"]
        scene.acting("operator")("secretsmanager").update_secret_version_stage(
            SecretId=PRODUCTION, VersionStage="OTHER", RemoveFromVersionId=version
        )
        auditor = scene.acting("auditor")
        assert auditor("secretsmanager").describe_secret(SecretId=PRODUCTION)["Name"] == PRODUCTION
        assert auditor("cloudtrail").lookup_events()["Events"]
        assert auditor("cloudtrail").get_trail_status(Name=NAMES.trail_arn)["IsLogging"]
        assert auditor("logs").filter_log_events(logGroupName=NAMES.log_group)["events"]
        [file, *_] = auditor("s3").list_objects_v2(Bucket=NAMES.log_bucket, Prefix="AWSLogs/")["Contents"]
        assert auditor("s3").get_object(Bucket=NAMES.log_bucket, Key=file["Key"])["Body"].read()

    assert scene.silence(work) == []


def test_deploy_finds_nothing_to_do(scene: Scene, walk: Walk) -> None:
    """An unchanged preview is no news. And nothing is left of all that was done above: there is no drift."""

    def look() -> None:
        for command in ("preview --expect-no-changes --color never", DRIFT):
            ran = walk.pulumi(command)
            assert ran.code == 0, ran.text

    assert scene.silence(look) == []


def test_no_message_ever_held_a_value(
    scene: Scene, record_testsuite_property: Callable[[str, object], None]
) -> None:
    """Of all that came, in whichever field; and the slowest came in time."""
    assert len(scene.inbox.everything) > len(tampering.ALL)
    assert not [one for one in scene.inbox.everything if scene.value in one]
    record_testsuite_property("seconds until the slowest alarm", round(scene.inbox.slowest, 2))
    assert scene.inbox.slowest < SOON
