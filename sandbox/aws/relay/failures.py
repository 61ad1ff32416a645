"""The error in an answer."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.aws.relay.calls import Answer

_FIRST_ERROR = 400
_CODE = re.compile(r"<Code>([^<]*)</Code>")
_MESSAGE = re.compile(r"<Message>([^<]*)</Message>")

# CloudTrail records who was refused, not who could not be told.
_NOT_AUTHENTICATED = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "IncompleteSignatureException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "InvalidToken",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)


def failure(answer: Answer) -> tuple[str, str] | None:
    """The error code and message; None where the call went well."""
    if answer.status < _FIRST_ERROR:
        return None
    text = answer.body.decode(errors="replace")
    try:
        document = json.loads(text)
    except ValueError:
        code, message = _CODE.search(text), _MESSAGE.search(text)
        if code:
            return html.unescape(code[1]), html.unescape(message[1]) if message else ""
        return f"{answer.status}", ""
    if not isinstance(document, dict):
        return f"{answer.status}", ""
    code_text = str(document.get("__type") or answer.headers.get("x-amzn-errortype") or answer.status)
    said = document.get("message") or document.get("Message") or ""
    return code_text.rpartition("#")[2].partition(":")[0], str(said)


def is_authentication(code: str) -> bool:
    """Whether the caller could not be told: such a call is not recorded."""
    return code in _NOT_AUTHENTICATED
