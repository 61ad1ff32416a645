"""The provider's configuration: invented and unsupported parts are refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hubguard.errors import SandboxError
from sandbox.aws.provider.config import check_config, refuse_account, settings_from
from sandbox.aws.provider.connection import Connection


@pytest.fixture(autouse=True)
def _no_region_around(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)


@pytest.mark.parametrize(
    ("config", "where", "says"),
    [
        ({"regoin": "x", "region": "r"}, "regoin", "did you mean 'region'"),
        ({}, "region", "AWS_REGION"),
        ({"region": "r", "httpProxy": "http://x"}, "httpProxy", "does not have this part"),
        ({"region": "r", "allowedAccountIds": "nonsense"}, "allowedAccountIds", "a list"),
        ({"region": "r", "defaultTags": '{"tag": {}}'}, "defaultTags.tag", "'tags'"),
    ],
)
def test_wrong_configuration_is_named(config: dict[str, Any], where: str, says: str) -> None:
    """The failure names the key."""
    _, failures = check_config(config)
    assert says in {one.property: one.reason for one in failures}[where]


def test_settings_come_from_json_text_as_the_engine_sends_it() -> None:
    """Everything that is not text travels as JSON text."""
    settings = settings_from(
        {
            "region": "eu-central-1",
            "allowedAccountIds": json.dumps(["123456789012"]),
            "defaultTags": json.dumps({"tags": {"team": "sec"}}),
            "endpoints": json.dumps([{"cloudwatchlogs": "http://127.0.0.1:1"}]),
            "assumeRoles": json.dumps([{"roleArn": "arn:aws:iam::123456789012:role/x"}]),
            "skipMetadataApiCheck": "true",
            "version": "7.51.1",
        }
    )
    assert settings.region == "eu-central-1"
    assert settings.allowed == ("123456789012",)
    assert settings.default_tags == {"team": "sec"}
    assert settings.endpoints == {"logs": "http://127.0.0.1:1"}
    assert settings.roles[0]["RoleSessionName"] == "pulumi"


def test_the_region_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with the real plugin."""
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert settings_from({}).region == "eu-west-1"


def test_wrong_configuration_stops_the_settings() -> None:
    """A provider is not configured with half of what was meant."""
    with pytest.raises(SandboxError, match="regoin"):
        settings_from({"region": "r", "regoin": "x"})


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"allowedAccountIds": ["999999999999"]}, "not in aws:allowedAccountIds"),
        ({"forbiddenAccountIds": ["123456789012"]}, "in aws:forbiddenAccountIds"),
    ],
)
def test_the_wrong_account_is_refused(config: dict[str, Any], says: str) -> None:
    """The account is checked against both lists."""
    settings = settings_from({"region": "eu-central-1", **config})
    with pytest.raises(SandboxError, match=says):
        refuse_account(Connection(settings, account="123456789012"))


@pytest.mark.parametrize("endpoint", ["https://kms.eu-central-1.amazonaws.com", "http://10.0.0.1"])
def test_nothing_but_loopback_is_ever_called(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in that changed a real account would be a catastrophe."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    settings = settings_from({"region": "eu-central-1", "endpoints": [{"kms": endpoint}]})
    with pytest.raises(SandboxError, match="this machine only"):
        Connection(settings).client("kms")


def test_without_an_endpoint_nothing_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """The default endpoint of boto3 is the real AWS."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with pytest.raises(SandboxError, match="this machine only"):
        Connection.open(settings_from({"region": "eu-central-1"}))
