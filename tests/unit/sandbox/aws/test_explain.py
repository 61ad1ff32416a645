"""What the engine prints when a call fails: AWS's words, never a value that was sent."""

from __future__ import annotations

import secrets

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
)

from sandbox.aws.provider.connection import explain


def test_an_answer_of_aws_is_its_code_and_message() -> None:
    """With the operation in front."""
    answer = {"Error": {"Code": "AccessDenied", "Message": "no"}}
    assert explain(ClientError(answer, "GetRole")) == "GetRole: AccessDenied: no"  # type: ignore[arg-type]  # no metadata
    assert explain(ClientError({}, "GetRole")) == "GetRole: Unknown"


def test_a_refused_parameter_is_named_without_its_value() -> None:
    """boto3's own text repeats what was sent."""
    value = secrets.token_hex(16)
    report = f"Invalid type for parameter SecretString, value: {value}, type: <class 'str'>"
    said = explain(ParamValidationError(report=report))
    assert said == "boto3 refuses a parameter of the call (SecretString)"
    assert value not in said


def test_nobody_there_is_one_line_with_the_next_step() -> None:
    """The local AWS may have been killed."""
    error: BotoCoreError = EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
    assert explain(error) == (
        "the local AWS does not answer. If `make status` shows it running,"
        ' this shell is of an older sandbox: eval "$(make -s env)"'
    )
    assert "NoCredentialsError" in explain(NoCredentialsError())
