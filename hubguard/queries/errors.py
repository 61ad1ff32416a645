"""What can go wrong between a question and its answer, told apart by what a person does next."""

from __future__ import annotations

import logging

from botocore.exceptions import BotoCoreError, ClientError

from hubguard.errors import HubguardError
from hubguard.redact import redact

log = logging.getLogger(__name__)

_LENGTH = 300  # characters: Athena's reasons can run over pages


class AuditError(HubguardError):
    """Base of the family; never raised itself."""


class OutOfReach(AuditError):
    """AWS did not let the caller see the logs, or could not be reached."""


class QueryFailed(AuditError):
    """Athena took the question and did not answer it."""


def from_aws(error: ClientError | BotoCoreError, doing: str) -> OutOfReach:
    """The error for a call that AWS refused or that never arrived.

    Args:
        error: what the SDK raised.
        doing: the call in words, for instance `listing the log files in BUCKET`.
    """
    log.warning("%s: %s", doing, error)
    if isinstance(error, ClientError):
        code = str(error.response.get("Error", {}).get("Code", "an error without a code"))
        means, next_step = _BY_CODE.get(code, _OTHER)
        return OutOfReach(f"AWS answered {code} to {doing}", means=means, next_step=next_step)
    return OutOfReach(
        f"AWS could not be asked for {doing} ({one_line(str(error))})",
        next_step="Check the AWS credentials, AWS_REGION and the connection, then run the same command again",
    )


def one_line(text: str) -> str:
    """The text on one short line, without tokens."""
    line = redact(" ".join(text.split()))
    return line if len(line) <= _LENGTH else f"{line[:_LENGTH]}…"


_DENIED = (
    "The caller may not see the logs: nothing can be concluded from that",
    "Run it as the auditor's role, or ask who manages the stack",
)
_EXPIRED = ("The AWS credentials are not valid, or no longer", "Sign in again, then run the same command")
_OTHER = ("Nothing can be concluded from that", "Run the same command again; hubguard's log has the rest")
_BY_CODE: dict[str, tuple[str, str]] = {
    "AccessDenied": _DENIED,
    "AccessDeniedException": _DENIED,
    "ExpiredToken": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
    "InvalidClientTokenId": _EXPIRED,
    "InvalidAccessKeyId": _EXPIRED,
    "SignatureDoesNotMatch": _EXPIRED,
    "UnrecognizedClientException": _EXPIRED,
    "NoSuchBucket": (
        "There is no trail of this stack in the account and region of the caller",
        "Check the AWS account and AWS_REGION; the stack makes the bucket when it is applied",
    ),
    "InvalidRequestException": (
        "The workgroup or the table is not there, or does not fit",
        "Check --organization and AWS_REGION; the stack makes both when it is applied",
    ),
}
