"""Files that are no log files, and days without any: they are said, never counted as nothing."""

from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from hubguard.queries import duck, logs, question
from hubguard.queries.errors import OutOfReach
from hubguard.queries.logs import Unreadable
from hubguard.queries.period import Period
from hubguard.queries.question import READS
from tests.unit.hubguard.queries.records import ACCOUNT, CLIENT, ORGANIZATION, PREFIX, REGION, key, pack, read

_BUCKET = "hubguard-audit-123456789012-eu-central-1"
_PREFIX = f"AWSLogs/{ACCOUNT}/CloudTrail/"
_DAY = Period(datetime(2026, 7, 10, tzinfo=UTC), datetime(2026, 7, 11, tzinfo=UTC))
_SECRET = f"{PREFIX}ci/kwanzaa-ci"


@pytest.fixture
def s3() -> Any:
    """A client whose answers the test gives."""
    return boto3.client("s3", **CLIENT)


def _list(stub: Stubber, prefix: str, *keys: str) -> None:
    stub.add_response(
        "list_objects_v2",
        {"Contents": [{"Key": one} for one in keys]},
        {"Bucket": _BUCKET, "Prefix": f"{_PREFIX}{prefix}"},
    )


def _regions(stub: Stubber, *regions: str) -> None:
    stub.add_response(
        "list_objects_v2",
        {"CommonPrefixes": [{"Prefix": f"{_PREFIX}{region}/"} for region in regions]},
        {"Bucket": _BUCKET, "Prefix": _PREFIX, "Delimiter": "/"},
    )


def _get(stub: Stubber, one: str, body: bytes) -> None:
    stub.add_response(
        "get_object", {"Body": StreamingBody(io.BytesIO(body), len(body))}, {"Bucket": _BUCKET, "Key": one}
    )


def _ask(s3: Any, span: Period = _DAY) -> Any:
    text = question.text(READS, span, ORGANIZATION, None, "duckdb")
    return duck.ask(text, span, s3=s3, bucket=_BUCKET, account=ACCOUNT)


def test_every_region_and_only_the_days_asked_for_are_listed(s3: Any) -> None:
    """The stub refuses any other call; digest files and folders are no log files."""
    with Stubber(s3) as stub:
        _regions(stub, REGION, "us-east-1")
        digest = key().replace("_CloudTrail_", "_CloudTrail-Digest_")
        _list(stub, f"{REGION}/2026/07/10/", f"{_PREFIX}{REGION}/2026/07/10/", key(), digest)
        _list(stub, f"{REGION}/2026/07/11/", key("2026/07/11"))
        _list(stub, "us-east-1/2026/07/10/")
        _list(stub, "us-east-1/2026/07/11/", key("2026/07/11", "us-east-1"))
        _get(stub, key(), pack(read(_SECRET)))
        _get(stub, key("2026/07/11"), pack(read(_SECRET, eventTime="2026-07-10T23:59:58Z")))
        _get(stub, key("2026/07/11", "us-east-1"), pack())
        answer = _ask(s3)
        stub.assert_no_pending_responses()
    assert [row["moment"] for row in answer.rows] == ["2026-07-10T12:00:00Z", "2026-07-10T23:59:58Z"]
    assert (answer.seen, answer.complete) == ("3 log files", True)


def _unreadable() -> dict[str, tuple[bytes, str]]:
    return {
        "plain": (b'{"Records": []}', "not packed with gzip"),
        "empty": (b"", "not JSON"),
        "cut": (pack(read(_SECRET))[:-9], "damaged"),
        "broken": (pack(read(_SECRET))[:20] + b"\0" * 40, "damaged"),
        "text": (gzip.compress(b"Records"), "not JSON"),
        "latin": (gzip.compress(b"\xff\xfe\xff"), "not JSON"),
        "deep": (gzip.compress(b"[" * 200_000), "not JSON"),
        "list": (gzip.compress(b"[]"), "no list of records"),
        "null": (gzip.compress(b'{"Records": null}'), "no list of records"),
        "other": (gzip.compress(b'{"Records": {}}'), "no list of records"),
    }


@pytest.mark.parametrize("kind", _unreadable())
def test_bytes_that_are_no_log_file_are_said(kind: str) -> None:
    """With the reason."""
    packed, reason = _unreadable()[kind]
    with pytest.raises(Unreadable, match=reason):
        logs.records(packed)


def test_an_unpacked_file_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few kilobytes can unpack to more than a machine has."""
    monkeypatch.setattr(logs, "_LARGEST", 1000)
    with pytest.raises(Unreadable, match="larger than any log file"):
        logs.records(gzip.compress(b" " * 1001))


def test_a_file_that_cannot_be_read_leaves_the_answer_open(s3: Any) -> None:
    """What the others say is still shown."""
    with Stubber(s3) as stub:
        _regions(stub, REGION)
        keys = [key(number=number) for number in range(1, 5)]
        _list(stub, f"{REGION}/2026/07/10/", *keys)
        _list(stub, f"{REGION}/2026/07/11/")
        _get(stub, keys[0], b"nothing")
        stub.add_client_error("get_object", "AccessDenied", "no")
        _get(stub, keys[2], pack(read(_SECRET), "no record", 7))
        _get(stub, keys[3], gzip.compress(json.dumps({"Records": [{"eventName": "\ud800"}]}).encode()))
        answer = _ask(s3)
    assert len(answer.rows) == 1
    assert not answer.trustworthy
    assert answer.unreadable == (
        f"{keys[0]}: it is not packed with gzip, or is damaged",
        f"{keys[1]}: AWS answers AccessDenied",
        f"{keys[2]}: record 2 is no object",
        f"{keys[2]}: record 3 is no object",
        f"{keys[3]}: its records are not CloudTrail's",
    )


def test_no_log_file_at_all_is_no_answer(s3: Any) -> None:
    """Nobody read it, or nobody wrote it down: that cannot be told."""
    with Stubber(s3) as stub:
        _regions(stub)
        answer = _ask(s3)
    assert (answer.rows, answer.empty, answer.trustworthy) == ((), True, False)


def test_a_day_without_any_file_is_named(s3: Any) -> None:
    """A trail that runs delivers every day; days that are not over do not count."""
    with Stubber(s3) as stub:
        _regions(stub, REGION)
        for day in ("09", "10", "11", "12"):
            _list(stub, f"{REGION}/2026/07/{day}/", *([key()] if day == "10" else []))
        _get(stub, key(), pack(read(_SECRET)))
        answer = _ask(s3, Period(datetime(2026, 7, 9, tzinfo=UTC), datetime(2026, 7, 12, tzinfo=UTC)))
    assert answer.silent == ("2026-07-09", "2026-07-11")
    assert (answer.trustworthy, answer.complete) == (True, False)


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("NoSuchBucket", "no trail of this stack"),
        ("AccessDenied", "auditor's role"),
        ("ExpiredToken", "Sign in again"),
        ("SlowDown", "Run the same command again"),
    ],
)
def test_a_bucket_that_cannot_be_listed_is_one_line(s3: Any, code: str, line: str) -> None:
    """With what to do next."""
    with Stubber(s3) as stub:
        stub.add_client_error("list_objects_v2", code, "said by AWS")
        with pytest.raises(OutOfReach, match=line) as refused:
            _ask(s3)
    assert code in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_engine_reaches_nothing_outside_of_it() -> None:
    """Whatever a statement says: no file, no network, no extension, no way back."""
    with duck.empty() as engine:
        for statement in (
            "SELECT * FROM read_text('/etc/hostname')",
            "COPY cloudtrail TO '/tmp/x.csv'",
            "INSTALL httpfs",
            "SET enable_external_access = true",
        ):
            with pytest.raises(Exception, match=r"(?i)disabled|locked|permission"):
                engine.execute(statement)
