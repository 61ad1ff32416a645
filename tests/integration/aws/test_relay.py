"""Calls on the local AWS reach the bus, the log bucket and the log group, as CloudTrail brings them."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import secrets
import time
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from sandbox.aws.relay import samples
from tests.integration.aws.conftest import LocalAws, start_aws

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Start = Callable[[Path, Path], LocalAws]

ACCOUNT = "123456789012"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
HERE, GLOBAL = "eu-central-1", "us-east-1"
BUCKET, GROUP, TRAIL, LOG = "trail-logs", "/trail", "all", "log"
CALL = "AWS API Call via CloudTrail"
READS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
SOON = 10  # seconds


def document(*statements: dict[str, Any]) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the state and the log of the shared local AWS lie."""
    return tmp_path_factory.mktemp("relay")


@pytest.fixture(scope="module")
def aws(folder: Path) -> Iterator[LocalAws]:
    """A local AWS with a multi-region trail that is logging, for all tests here."""
    running = start_aws(folder / "state", folder / LOG)
    make_trail(running)
    yield running
    assert running.stop() == 0
    assert "ERROR" not in (folder / LOG).read_text()


def make_trail(aws: LocalAws) -> None:
    """A trail with a bucket and a log group."""
    aws.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": HERE})
    aws.client("logs").create_log_group(logGroupName=GROUP)
    trails = aws.client("cloudtrail")
    trails.create_trail(
        Name=TRAIL,
        S3BucketName=BUCKET,
        S3KeyPrefix="audit",
        IsMultiRegionTrail=True,
        CloudWatchLogsLogGroupArn=f"arn:aws:logs:{HERE}:{ACCOUNT}:log-group:{GROUP}:*",
        CloudWatchLogsRoleArn=f"arn:aws:iam::{ACCOUNT}:role/logs",
    )
    trails.start_logging(Name=TRAIL)


def unique(name: str) -> str:
    """A name that no other test uses."""
    return f"{name}-{uuid.uuid4().hex[:8]}"


class Inbox:
    """An encrypted topic and a queue that is subscribed to it."""

    def __init__(self, aws: LocalAws) -> None:
        name = unique("inbox")
        key = aws.client("kms").create_key()["KeyMetadata"]["KeyId"]
        topic = aws.client("sns").create_topic(Name=name, Attributes={"KmsMasterKeyId": key})
        self.topic = str(topic["TopicArn"])
        self.queues = aws.client("sqs")
        self.url = self.queues.create_queue(QueueName=name)["QueueUrl"]
        arn = f"arn:aws:sqs:{HERE}:{ACCOUNT}:{name}"
        policy = document(
            {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage",
             "Resource": arn, "Condition": {"ArnEquals": {"aws:SourceArn": self.topic}}}
        )  # fmt: skip
        self.queues.set_queue_attributes(QueueUrl=self.url, Attributes={"Policy": policy})
        aws.client("sns").subscribe(
            TopicArn=self.topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"}
        )

    def wait(self) -> str:
        """The next message; it must come soon."""
        deadline = time.monotonic() + SOON
        while time.monotonic() < deadline:
            found = self.queues.receive_message(QueueUrl=self.url, WaitTimeSeconds=1).get("Messages")
            if found:
                self.queues.delete_message(QueueUrl=self.url, ReceiptHandle=found[0]["ReceiptHandle"])
                return str(found[0]["Body"])
        raise AssertionError(f"nothing came within {SOON} seconds")

    def is_empty(self) -> bool:
        """Whether nothing is there."""
        return "Messages" not in self.queues.receive_message(QueueUrl=self.url)


def rule(
    aws: LocalAws, pattern: dict[str, Any], target: dict[str, Any], region: str = HERE, state: str = "ENABLED"
) -> None:
    """A rule on the default bus with one target."""
    events, name = aws.client("events", region), unique("rule")
    events.put_rule(Name=name, EventPattern=json.dumps(pattern), State=state)
    answer = events.put_targets(Rule=name, Targets=[{"Id": "one", **target}])
    assert answer["FailedEntryCount"] == 0


def make_role(aws: LocalAws, name: str, *allowed: str) -> str:
    """A role with a path that may do something everywhere."""
    iam, name = aws.client("iam"), unique(name)
    trust = {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "sts:AssumeRole"}
    arn = iam.create_role(RoleName=name, Path="/hubguard/", AssumeRolePolicyDocument=document(trust))
    if allowed:
        may = document({"Effect": "Allow", "Action": list(allowed), "Resource": "*"})
        iam.put_role_policy(RoleName=name, PolicyName="may", PolicyDocument=may)
    return str(arn["Role"]["Arn"])


def files(aws: LocalAws) -> dict[str, list[dict[str, Any]]]:
    """The records in the log files by key."""
    s3 = aws.client("s3")
    return {
        one["Key"]: json.loads(gzip.decompress(s3.get_object(Bucket=BUCKET, Key=one["Key"])["Body"].read()))[
            "Records"
        ]
        for one in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
    }


def wait_for_file(aws: LocalAws, event: str, about: str) -> tuple[str, dict[str, Any]]:
    """The key of the file that an event about something is in, and its record."""
    deadline = time.monotonic() + SOON
    while time.monotonic() < deadline:
        for key, records in files(aws).items():
            for record in records:
                if record["eventName"] == event and about in json.dumps(record["requestParameters"]):
                    return key, record
        time.sleep(0.1)
    raise AssertionError(f"no file with {event} within {SOON} seconds")


def test_a_read_outside_the_reader_list_arrives(aws: LocalAws) -> None:
    """An assumed role reads a token: rule, transformer, encrypted topic, queue."""
    inbox = Inbox(aws)
    reader = make_role(aws, "reader", "secretsmanager:GetSecretValue")
    other = make_role(aws, "other", "secretsmanager:GetSecretValue")
    issuer = {"sessionContext": {"sessionIssuer": {"arn": [{"anything-but": [reader]}]}}}
    pattern = {
        "source": ["aws.secretsmanager"],
        "detail-type": [CALL],
        "detail": {
            "eventName": ["GetSecretValue", "BatchGetSecretValue"],
            "errorCode": [{"exists": False}],
            "userIdentity": issuer,
        },
    }
    shown = {
        "InputPathsMap": {"who": "$.detail.userIdentity.arn", "what": "$.detail.requestParameters.secretId"},
        "InputTemplate": '{"who": <who>, "what": <what>}',
    }
    rule(aws, pattern, {"Arn": inbox.topic, "InputTransformer": shown}, state=READS)
    made = aws.client("secretsmanager").create_secret(Name=unique("token"), SecretString="made up")["ARN"]

    aws.session_of(reader, "secretsmanager").get_secret_value(SecretId=made)
    aws.session_of(other, "secretsmanager").get_secret_value(SecretId=made)
    assert json.loads(inbox.wait()) == {
        "who": f"arn:aws:sts::{ACCOUNT}:assumed-role/{other.rpartition('/')[2]}/test",
        "what": made,
    }
    assert inbox.is_empty()


def test_a_denied_read_arrives(aws: LocalAws) -> None:
    """With the role behind the session, its path included."""
    inbox = Inbox(aws)
    pattern = {"detail": {"errorCode": [{"prefix": "AccessDenied"}], "eventName": ["GetSecretValue"]}}
    rule(aws, pattern, {"Arn": inbox.topic}, state=READS)
    role = make_role(aws, "nobody")
    made = aws.client("secretsmanager").create_secret(Name=unique("token"))["ARN"]
    with pytest.raises(ClientError, match="AccessDenied"):
        aws.session_of(role, "secretsmanager").get_secret_value(SecretId=made)
    event = json.loads(inbox.wait())
    assert (event["source"], event["region"], event["account"]) == ("aws.secretsmanager", HERE, ACCOUNT)
    assert event["detail"]["errorCode"] == "AccessDeniedException"
    who = event["detail"]["userIdentity"]
    assert who["type"] == "AssumedRole"
    assert who["sessionContext"]["sessionIssuer"]["arn"] == role
    assert event["detail"]["requestParameters"] == {"secretId": made}


def test_a_denied_role_arrives(aws: LocalAws) -> None:
    """Trust is refused inside STS, which is a call like any other."""
    inbox = Inbox(aws)
    rule(aws, {"detail": {"errorCode": ["AccessDenied"]}}, {"Arn": inbox.topic}, state=READS)
    with pytest.raises(ClientError, match="AccessDenied"):
        aws.session_of(make_role(aws, "first"), "sts").assume_role(
            RoleArn=make_role(aws, "second"), RoleSessionName="next"
        )
    assert json.loads(inbox.wait())["detail"]["eventName"] == "AssumeRole"


def test_reads_reach_only_rules_that_ask(aws: LocalAws) -> None:
    """A rule that is only ENABLED hears of changes."""
    inbox = Inbox(aws)
    rule(aws, {"source": ["aws.secretsmanager"], "detail-type": [CALL]}, {"Arn": inbox.topic})
    manager, name = aws.client("secretsmanager"), unique("token")
    manager.list_secrets()
    manager.create_secret(Name=name)
    manager.describe_secret(SecretId=name)
    manager.delete_secret(SecretId=name)
    names = {json.loads(inbox.wait())["detail"]["eventName"] for _ in range(2)}
    assert names == {"CreateSecret", "DeleteSecret"}
    assert inbox.is_empty()


def test_global_events_come_from_us_east_1(aws: LocalAws) -> None:
    """A rule there forwards to the default bus here, and the event keeps its region."""
    inbox = Inbox(aws)
    bus = {"Arn": f"arn:aws:events:{HERE}:{ACCOUNT}:event-bus/default", "RoleArn": make_role(aws, "forward")}
    pattern = {"source": ["aws.iam"], "detail": {"eventName": ["CreateRole"]}}
    rule(aws, pattern, bus, region=GLOBAL)
    rule(aws, pattern, {"Arn": inbox.topic})
    role = make_role(aws, "caused")
    event = json.loads(inbox.wait())
    assert (event["region"], event["detail"]["awsRegion"]) == (GLOBAL, GLOBAL)
    assert event["detail"]["requestParameters"]["roleName"] == role.rpartition("/")[2]


def test_files_lie_in_cloudtrails_layout(aws: LocalAws) -> None:
    """One file for each region, and writing it is no call."""
    name = unique("token")
    aws.client("secretsmanager").create_secret(Name=name)
    key, record = wait_for_file(aws, "CreateSecret", name)
    start, _, file = key.rpartition("/")
    day = time.strftime("%Y/%m/%d", time.gmtime())
    assert start == f"audit/AWSLogs/{ACCOUNT}/CloudTrail/{HERE}/{day}"
    stem = rf"{ACCOUNT}_CloudTrail_{HERE}_\d{{8}}T\d{{4}}Z_[A-Za-z0-9]{{16}}"
    assert re.fullmatch(rf"{stem}\.json\.gz", file)
    assert record["userIdentity"]["arn"] == ROOT
    role = make_role(aws, "somebody").rpartition("/")[2]
    assert f"/CloudTrail/{GLOBAL}/" in wait_for_file(aws, "CreateRole", role)[0]
    assert not any(record["eventName"] == "PutObject" for one in files(aws).values() for record in one)


def test_what_waits_is_written_at_the_stop(start: Start, tmp_path: Path) -> None:
    """A call right before SIGTERM is in a file after the next start."""
    first = start(tmp_path / "state", tmp_path / "log")
    make_trail(first)
    first.client("kms").create_key(Description="last")
    assert first.stop() == 0
    second = start(tmp_path / "state", tmp_path / "log")
    assert any(record["eventName"] == "CreateKey" for one in files(second).values() for record in one)
    assert second.stop() == 0


def test_a_trail_that_is_stopped_brings_that_and_no_more(aws: LocalAws) -> None:
    """StopLogging arrives; later calls are only in the event history."""
    inbox = Inbox(aws)
    rule(aws, {"detail": {"eventName": ["StopLogging", "CreateSecret"]}}, {"Arn": inbox.topic})
    trails, name = aws.client("cloudtrail"), unique("unseen")
    trails.stop_logging(Name=TRAIL)
    try:
        aws.client("secretsmanager").create_secret(Name=name)
        assert json.loads(inbox.wait())["detail"]["eventName"] == "StopLogging"
        assert wait_for_file(aws, "StopLogging", TRAIL)
        assert inbox.is_empty()
    finally:
        trails.start_logging(Name=TRAIL)
    history = trails.lookup_events()["Events"]
    assert name in "".join(event["CloudTrailEvent"] for event in history)
    assert name not in json.dumps(files(aws))


def test_a_bucket_that_is_gone_harms_no_call(start: Start, tmp_path: Path) -> None:
    """The log says so, and the events still come."""
    running = start(tmp_path / "state", tmp_path / "log")
    make_trail(running)
    running.client("cloudtrail").update_trail(Name=TRAIL, S3BucketName="missing")
    inbox = Inbox(running)
    rule(running, {"detail": {"eventName": ["CreateSecret"]}}, {"Arn": inbox.topic})
    running.client("secretsmanager").create_secret(Name="token")
    assert inbox.wait()
    assert running.stop() == 0
    assert "bucket missing does not take log files" in (tmp_path / "log").read_text()


def test_a_count_of_denied_calls_raises_an_alarm(aws: LocalAws) -> None:
    """Log group, metric filter, metric, alarm, topic, queue."""
    inbox = Inbox(aws)
    aws.client("logs").put_metric_filter(
        logGroupName=GROUP,
        filterName="denied",
        filterPattern='{ ($.errorCode = "AccessDenied*") && ($.userIdentity.invokedBy NOT EXISTS) }',
        metricTransformations=[{"metricName": "Denied", "metricNamespace": "Audit", "metricValue": "1"}],
    )
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName="denied", MetricName="Denied", Namespace="Audit", Statistic="Sum", Period=300,
        EvaluationPeriods=1, Threshold=3, ComparisonOperator="GreaterThanOrEqualToThreshold",
        AlarmActions=[inbox.topic],
    )  # fmt: skip
    nobody = aws.session_of(make_role(aws, "nobody"), "secretsmanager")
    for _ in range(3):
        with pytest.raises(ClientError, match="AccessDenied"):
            nobody.list_secrets()
    while (alarm := json.loads(inbox.wait()))["NewStateValue"] != "ALARM":
        pass
    assert alarm["AlarmName"] == "denied"
    streams = aws.client("logs").describe_log_streams(logGroupName=GROUP)["logStreams"]
    assert f"{ACCOUNT}_CloudTrail_{HERE}" in {stream["logStreamName"] for stream in streams}


def test_a_filter_pattern_that_aws_refuses_is_refused(aws: LocalAws) -> None:
    """When it is made, not when nothing ever matches."""
    with pytest.raises(ClientError, match=r"InvalidParameterException.*Invalid filter pattern"):
        aws.client("logs").put_metric_filter(
            logGroupName=GROUP,
            filterName="bad",
            filterPattern="{ $.errorCode EXISTS }",
            metricTransformations=[{"metricName": "m", "metricNamespace": "n", "metricValue": "1"}],
        )


def test_samples_go_the_same_way(aws: LocalAws) -> None:
    """A root sign-in, which nothing here can cause, arrives from us-east-1 with its label."""
    inbox = Inbox(aws)
    bus = {"Arn": f"arn:aws:events:{HERE}:{ACCOUNT}:event-bus/default", "RoleArn": make_role(aws, "forward")}
    pattern = {
        "detail-type": ["AWS Console Sign In via CloudTrail"],
        "detail": {"userIdentity": {"type": ["Root"]}},
    }
    rule(aws, pattern, bus, region=GLOBAL)
    rule(aws, pattern, {"Arn": inbox.topic})
    answer = samples.send(aws.endpoint, samples.sample("root-console-sign-in"))
    assert answer["trails"] == [TRAIL]
    event = json.loads(inbox.wait())
    assert event["source"] == "aws.signin"
    assert event["detail"]["eventID"] == answer["eventID"]
    assert event["detail"]["additionalEventData"]["sample"] is True


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"{", "application/json", 400),
        (b"{}", "text/plain", 405),
    ],
)
def test_what_is_no_sample_is_refused(aws: LocalAws, body: bytes, kind: str, status: int) -> None:
    """Nor can a page in a browser send one."""
    connection = http.client.HTTPConnection("127.0.0.1", aws.port)
    connection.request("POST", samples.PATH, body, {"Content-Type": kind})
    with connection.getresponse() as answer:
        assert answer.status == status
        assert json.load(answer)["message"]
    connection.close()


def test_no_value_is_anywhere(aws: LocalAws, folder: Path) -> None:
    """Created, put, updated, read, denied: in no event, file, log event, history or log."""
    inbox = Inbox(aws)
    # Secrets Manager has events of its own beside its calls.
    rule(aws, {"source": ["aws.secretsmanager"], "detail-type": [CALL]}, {"Arn": inbox.topic}, state=READS)
    values = [secrets.token_hex() for _ in range(4)]
    manager, name = aws.client("secretsmanager"), unique("token")
    manager.create_secret(Name=name, SecretString=values[0])
    manager.put_secret_value(SecretId=name, SecretString=values[1])
    manager.update_secret(SecretId=name, SecretBinary=values[2].encode())
    manager.get_secret_value(SecretId=name)
    with pytest.raises(ClientError, match="AccessDenied"):
        aws.session_of(make_role(aws, "nobody"), "secretsmanager").put_secret_value(
            SecretId=name, SecretString=values[3]
        )
    events = [inbox.wait() for _ in range(5)]
    names = [json.loads(event)["detail"]["eventName"] for event in events]
    assert sorted(names) == sorted(
        ["CreateSecret", "PutSecretValue", "UpdateSecret", "GetSecretValue", "PutSecretValue"]
    )
    wait_for_file(aws, "UpdateSecret", name)
    stream = f"{ACCOUNT}_CloudTrail_{HERE}"
    logged = aws.client("logs").get_log_events(logGroupName=GROUP, logStreamName=stream)["events"]
    history = aws.client("cloudtrail").lookup_events()["Events"]
    seen = json.dumps([events, files(aws), logged, history], default=str) + (folder / LOG).read_text()
    assert "PutSecretValue" in json.dumps(logged)
    for value in values:
        assert value not in seen
        assert value[:12] not in seen
