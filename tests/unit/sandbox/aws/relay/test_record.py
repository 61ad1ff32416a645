"""The record of a call: identity, failure, and what must not be in it."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from sandbox.aws.relay.calls import Answer, Request
from sandbox.aws.relay.record import record

ACCOUNT = "123456789012"
FINE = Answer(200, {}, b"{}")


def request(target: str = "secretsmanager.GetSecretValue", **changes: Any) -> Request:
    """A call of the account's root in the JSON protocol."""
    plain: dict[str, Any] = {
        "service": "secretsmanager",
        "headers": {"x-amz-target": target, "user-agent": "test"},
        "body": b'{"SecretId": "a"}',
        "access_key": ACCOUNT,
    }
    return Request(
        method="POST", path="/", query={}, account=ACCOUNT, region="eu-central-1",
        source_ip="127.0.0.1", request_id="1", time=0.0, **{**plain, **changes},
    )  # fmt: skip


def refused(code: str, message: str = "") -> Answer:
    """An answer of a JSON service."""
    return Answer(400, {}, json.dumps({"__type": f"com.amazon#{code}", "message": message}).encode())


def test_it_has_every_field() -> None:
    """What a query on the logs may ask for."""
    written = record(request(), FINE)
    assert written is not None
    assert written.pop("eventID")
    assert written == {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "Root",
            "principalId": ACCOUNT,
            "arn": f"arn:aws:iam::{ACCOUNT}:root",
            "accountId": ACCOUNT,
            "accessKeyId": ACCOUNT,
        },
        "eventTime": "1970-01-01T00:00:00Z",
        "eventSource": "secretsmanager.amazonaws.com",
        "eventName": "GetSecretValue",
        "awsRegion": "eu-central-1",
        "sourceIPAddress": "127.0.0.1",
        "userAgent": "test",
        "requestParameters": {"secretId": "a"},
        "responseElements": None,
        "requestID": "1",
        "readOnly": True,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
    }


def test_global_services_are_in_us_east_1() -> None:
    """IAM is called anywhere and recorded there."""
    headers = {"content-type": "application/x-www-form-urlencoded"}
    written = record(request(service="iam", headers=headers, body=b"Action=ListRoles"), FINE)
    assert written is not None
    assert written["awsRegion"] == "us-east-1"


@pytest.mark.parametrize(
    ("answer", "code", "message"),
    [
        (refused("AccessDeniedException", "no"), "AccessDeniedException", "no"),
        (Answer(403, {"x-amzn-errortype": "AccessDenied:x"}, b"{}"), "AccessDenied", ""),
        (
            Answer(403, {}, b"<Error><Code>AccessDenied</Code><Message>a &amp; b</Message></Error>"),
            "AccessDenied",
            "a & b",
        ),
        (Answer(500, {}, b"down"), "500", ""),
        (Answer(400, {}, b"[]"), "400", ""),
    ],
)
def test_a_failure_is_recorded(answer: Answer, code: str, message: str) -> None:
    """As the service says it, in JSON or XML."""
    written = record(request(), answer)
    assert written is not None
    assert (written["errorCode"], written["errorMessage"]) == (code, message)


def test_who_cannot_be_told_is_not_recorded() -> None:
    """Neither a bad signature nor a key that nobody has."""
    assert record(request(), refused("UnrecognizedClientException")) is None
    assert record(request(access_key="AKIAUNKNOWN"), FINE) is None
    assert record(request(access_key=""), FINE) is None


def test_an_error_message_does_not_repeat_the_value() -> None:
    """A service may quote what it does not like."""
    value = "made up at random"
    asked = request("secretsmanager.PutSecretValue", body=json.dumps({"SecretString": value}).encode())
    written = record(asked, refused("InvalidRequestException", f"cannot take {value} now"))
    assert written is not None
    assert written["errorMessage"] == "cannot take HIDDEN_DUE_TO_SECURITY_REASONS now"
    assert value not in json.dumps(written)


def test_a_web_identity_is_who_its_token_says() -> None:
    """Denied or not: the subject stands in the record, the token does not."""
    claims = {"iss": "https://token.example.com", "aud": "sts.amazonaws.com", "sub": "repo:a/b:ref:c"}
    token = ".".join(("e30", base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("="), "s"))
    role = "arn:aws:iam::210987654321:role/hubguard/ci"
    body = f"Action=AssumeRoleWithWebIdentity&RoleArn={role}&WebIdentityToken={token}".encode()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    denied = Answer(403, {}, b"<Code>AccessDenied</Code>")
    written = record(request(service="sts", headers=headers, body=body, access_key=""), denied)
    assert written is not None
    provider = "arn:aws:iam::210987654321:oidc-provider/token.example.com"
    assert written["userIdentity"] == {
        "type": "WebIdentityUser",
        "principalId": f"{provider}:sts.amazonaws.com:repo:a/b:ref:c",
        "userName": "repo:a/b:ref:c",
        "identityProvider": provider,
    }
    assert written["recipientAccountId"] == "210987654321"
    assert token not in json.dumps(written)
