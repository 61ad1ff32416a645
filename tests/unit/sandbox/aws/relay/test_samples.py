"""Samples are labelled, complete, and about nobody."""

from __future__ import annotations

import json

import pytest

from sandbox.aws.launcher import ACCOUNT
from sandbox.aws.relay import samples


@pytest.mark.parametrize("name", samples.names())
def test_a_sample_says_that_it_is_one(name: str) -> None:
    """In the file, and of the sandbox's own account only."""
    found = samples.sample(name)
    assert found["additionalEventData"]["sample"] is True
    assert found["recipientAccountId"] == ACCOUNT
    assert found["userIdentity"]["accountId"] == ACCOUNT


def test_there_are_samples_of_what_cannot_be_caused() -> None:
    """Sign-ins and what services do by themselves."""
    assert {"root-console-sign-in", "rotation-failed"} <= set(samples.names())


def test_a_part_becomes_a_whole_labelled_record() -> None:
    """Time, ids and the label are filled in; what is given stays."""
    given = {**samples.sample("root-console-sign-in"), "additionalEventData": {"sample": False, "x": 1}}
    whole = samples.complete(given)
    assert whole["additionalEventData"] == {"sample": True, "x": 1}
    assert whole["eventType"] == "AwsConsoleSignIn"
    assert whole["eventID"] != samples.complete(given)["eventID"]
    assert {"eventTime", "requestID", "eventVersion", "readOnly"} <= whole.keys()


def test_what_cannot_be_made_up_is_asked_for() -> None:
    """A record without them could not be brought anywhere."""
    with pytest.raises(ValueError, match="lacks eventName, userIdentity, recipientAccountId, awsRegion"):
        samples.complete({"eventSource": "a"})
    with pytest.raises(TypeError, match="no JSON object"):
        samples.complete(json.loads("[]"))
