"""What check accepts, refuses and fills in."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.aws.facts import facts_of
from sandbox.aws.provider.check import Subject, check
from sandbox.aws.provider.sdk import inputs_of
from sandbox.aws.provider.wire import UNKNOWN
from sandbox.aws.resources import resource

KEY = "aws:kms/key:Key"
SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105  a type
ROLE = "aws:iam/role:Role"
BUCKET = "aws:s3/bucket:Bucket"
TRAIL = "aws:cloudtrail/trail:Trail"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
OIDC = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
TRUST = '{"Statement":[],"Version":"2012-10-17"}'


def checked(
    token: str,
    news: dict[str, Any],
    olds: dict[str, Any] | None = None,
    name: str = "thing",
    seed: bytes = b"seed",
) -> tuple[dict[str, Any], dict[str, str]]:
    """Check inputs of a type; failures by property."""
    subject = Subject(token, inputs_of(token), facts_of(token), resource(token).unsupported)
    inputs, failures = check(subject, news, olds or {}, name, seed)
    return inputs, {one.property: one.reason for one in failures}


@pytest.mark.parametrize(
    ("token", "news", "where", "says"),
    [
        (KEY, {"descripton": "x"}, "descripton", "did you mean 'description'"),
        (KEY, {"inventedThing": 1}, "inventedThing", "has no input 'inventedThing'"),
        (
            LIFECYCLE,
            {"bucket": "b", "rules": [{"id": "a", "status": "Enabled", "expirations": {}}]},
            "rules[0].expirations",
            "did you mean 'expiration'",
        ),
        (ROLE, {}, "assumeRolePolicy", "needs the input 'assumeRolePolicy'"),
        (TRAIL, {"name": "abc"}, "s3BucketName", "needs the input 's3BucketName'"),
        (
            LIFECYCLE,
            {"bucket": "b", "rules": [{"id": "a"}]},
            "rules[0].status",
            "needs the input 'status'",
        ),
        (KEY, {"enableKeyRotation": "perhaps"}, "enableKeyRotation", "true or false"),
        (KEY, {"deletionWindowInDays": "soon"}, "deletionWindowInDays", "a whole number"),
        (KEY, {"tags": ["a"]}, "tags", "a map"),
        (BUCKET, {"versioning": {"enabled": True}}, "versioning", "use aws.s3.BucketVersioning"),
        (ROLE, {"assumeRolePolicy": "nonsense"}, "assumeRolePolicy", "not a JSON document"),
    ],
)
def test_wrong_inputs_are_named(token: str, news: dict[str, Any], where: str, says: str) -> None:
    """A failure names the property and what is expected."""
    _, failures = checked(token, news)
    assert says in failures[where]


@pytest.mark.parametrize(
    ("token", "news", "where"),
    [
        (KEY, {"deletionWindowInDays": 6}, "deletionWindowInDays"),
        (KEY, {"rotationPeriodInDays": 100}, "rotationPeriodInDays"),
        (KEY, {"keyUsage": "READ"}, "keyUsage"),
        (SECRET, {"recoveryWindowInDays": 3}, "recoveryWindowInDays"),
        (SECRET, {"name": "with space"}, "name"),
        (SECRET, {"name": "a", "namePrefix": "b"}, "name"),
        (ROLE, {"assumeRolePolicy": TRUST, "name": "x" * 65}, "name"),
        (ROLE, {"assumeRolePolicy": TRUST, "maxSessionDuration": 60}, "maxSessionDuration"),
        (ROLE, {"assumeRolePolicy": TRUST, "permissionsBoundary": "x"}, "permissionsBoundary"),
        (BUCKET, {"bucket": "Upper"}, "bucket"),
        (OIDC, {"url": "http://a", "clientIdLists": ["x"]}, "url"),
        (
            OIDC,
            {"url": "https://a", "clientIdLists": ["x"], "thumbprintLists": ["short"]},
            "thumbprintLists",
        ),
        (TRAIL, {"s3BucketName": "b", "eventSelectors": [{}] * 6}, "eventSelectors"),
        (
            LIFECYCLE,
            {"bucket": "b", "rules": [{"id": "a", "status": "On"}]},
            "rules[0].status",
        ),
    ],
)
def test_limits_hold(token: str, news: dict[str, Any], where: str) -> None:
    """Values outside the limits fail before any call."""
    assert where in checked(token, news)[1]


@pytest.mark.parametrize("days", [0, 7, 30])
def test_a_recovery_window_of_zero_is_allowed_beside_its_range(days: int) -> None:
    """Zero deletes at once."""
    assert checked(SECRET, {"recoveryWindowInDays": days})[1] == {}


def test_a_failure_never_holds_a_value() -> None:
    """A wrong value may be a secret."""
    _, failures = checked(KEY, {"deletionWindowInDays": "hush-hush", "keyUsage": "hush-hush"})
    assert failures
    assert not any("hush" in reason for reason in failures.values())


def test_defaults_are_written_and_listed() -> None:
    """Defaults that say something go into the inputs; false ones do not."""
    inputs, _ = checked(KEY, {})
    assert inputs == {
        "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "isEnabled": True,
        "keyUsage": "ENCRYPT_DECRYPT",
        "__defaults": ["customerMasterKeySpec", "isEnabled", "keyUsage"],
    }


def test_nested_objects_have_their_own_defaults() -> None:
    """An event selector reads and writes management events unless it says otherwise."""
    inputs, _ = checked(TRAIL, {"s3BucketName": "b", "eventSelectors": [{"readWriteType": "ReadOnly"}]})
    assert inputs["eventSelectors"] == [
        {
            "readWriteType": "ReadOnly",
            "includeManagementEvents": True,
            "__defaults": ["includeManagementEvents"],
        }
    ]


def test_a_name_is_made_from_the_logical_name_and_kept() -> None:
    """The name has seven digits, is the same for the same seed, and stays in an update."""
    first, _ = checked(SECRET, {})
    again, _ = checked(SECRET, {})
    kept, _ = checked(SECRET, {"description": "new"}, olds=first, seed=b"other")
    other, _ = checked(SECRET, {}, seed=b"other")
    assert first["name"] == again["name"] == kept["name"]
    assert other["name"] != first["name"]
    stem, _, digits = first["name"].rpartition("-")
    assert (stem, len(digits)) == ("thing", 7)
    assert "name" in first["__defaults"]


def test_a_name_given_once_and_then_dropped_is_made_up() -> None:
    """Only a made-up name is kept."""
    olds, _ = checked(SECRET, {"name": "mine"})
    assert checked(SECRET, {}, olds=olds)[0]["name"] != "mine"


def test_names_follow_the_type() -> None:
    """Buckets are in lower case, aliases have their prefix, a prefix leaves the name alone."""
    assert checked(BUCKET, {}, name="Logs")[0]["bucket"].startswith("logs-")
    alias, _ = checked("aws:kms/alias:Alias", {"targetKeyId": "k"}, name="main")
    assert alias["name"].startswith("alias/main-")
    assert "name" not in checked(SECRET, {"namePrefix": "hf-"})[0]


def test_a_made_up_name_that_is_too_long_fails() -> None:
    """A role's name has 64 characters at most."""
    _, failures = checked(ROLE, {"assumeRolePolicy": TRUST}, name="r" * 60)
    assert "longer than 64" in failures["name"]


def test_documents_become_compact_text_and_equal_ones_keep_the_old_text() -> None:
    """A reordered policy is the old policy."""
    first, _ = checked(ROLE, {"assumeRolePolicy": {"Version": "2012-10-17", "Statement": []}})
    assert first["assumeRolePolicy"] == TRUST
    olds = {**first, "assumeRolePolicy": '{"Version": "2012-10-17", "Statement": []}'}
    again, _ = checked(ROLE, {"assumeRolePolicy": TRUST}, olds=olds)
    assert again["assumeRolePolicy"] == olds["assumeRolePolicy"]


@pytest.mark.parametrize(
    ("token", "news"),
    [
        (KEY, {"deletionWindowInDays": UNKNOWN, "tags": UNKNOWN, "policy": UNKNOWN}),
        (KEY, {"tags": {"a": UNKNOWN}, "enableKeyRotation": UNKNOWN, "rotationPeriodInDays": 90}),
        (ROLE, {"assumeRolePolicy": {"Statement": [{"Resource": UNKNOWN}]}, "name": UNKNOWN}),
        (LIFECYCLE, {"bucket": UNKNOWN, "rules": UNKNOWN}),
        (LIFECYCLE, {"bucket": "b", "rules": [UNKNOWN]}),
        (TRAIL, {"s3BucketName": UNKNOWN, "eventSelectors": [{"dataResources": UNKNOWN}]}),
    ],
)
def test_unknown_values_pass_anywhere(token: str, news: dict[str, Any]) -> None:
    """A preview must not fail on what nobody can know yet."""
    assert checked(token, news)[1] == {}


def test_a_document_with_something_unknown_inside_is_unknown() -> None:
    """Nothing can be said about half a policy."""
    inputs, _ = checked(ROLE, {"assumeRolePolicy": {"Statement": [{"Resource": UNKNOWN}]}})
    assert inputs["assumeRolePolicy"] is UNKNOWN


def test_text_is_converted_where_the_real_plugin_does() -> None:
    """Configuration often brings numbers and flags as text."""
    inputs, failures = checked(KEY, {"enableKeyRotation": "true", "rotationPeriodInDays": "90"})
    assert failures == {}
    assert (inputs["enableKeyRotation"], inputs["rotationPeriodInDays"]) == (True, 90)


RULE = "aws:cloudwatch/eventRule:EventRule"


@pytest.mark.parametrize(
    ("news", "fails"),
    [
        ({}, True),
        ({"eventPattern": ""}, True),
        ({"eventPattern": '{"source":["a"]}'}, False),
        ({"scheduleExpression": "rate(1 day)"}, False),
        ({"eventPattern": UNKNOWN}, False),
    ],
)
def test_one_of_a_group_is_wanted(news: dict[str, Any], fails: bool) -> None:
    """A rule without a pattern and a schedule never fires; one that is not known yet counts."""
    _, failures = checked(RULE, news)
    assert (failures == {"eventPattern": "give 'eventPattern' or 'scheduleExpression'"}) is fails


@pytest.mark.parametrize("token", ["aws:cloudwatch/eventTarget:EventTarget"])
def test_a_made_up_target_id_fits(token: str) -> None:
    """It has at most 64 characters, so a longer name of the resource is refused."""
    news = {"arn": "arn:aws:sns:r:a:t", "rule": "r"}
    assert checked(token, news, name="t" * 56)[1] == {}
    assert "longer than 64" in checked(token, news, name="t" * 57)[1]["targetId"]
