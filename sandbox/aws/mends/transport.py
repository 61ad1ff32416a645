"""`aws:SecureTransport` on loopback."""

from __future__ import annotations

from ministack import app
from ministack.core import iam_evaluator

from sandbox.aws.mends.expect import expect_function, unexpected


def loopback_is_secure_transport() -> None:
    """Let calls over loopback pass a Deny that asks for TLS.

    AWS: its endpoints are called over TLS, so `aws:SecureTransport` is true for every SDK.
    MiniStack: it is called over plain HTTP here, so a policy that denies what is not encrypted denies
    everything. Nothing leaves the machine; that the Deny stands in the documents is checked on them.
    """
    pin = expect_function(iam_evaluator, "pin_request_origin", "source_ip", "secure_transport")
    if getattr(app, "pin_request_origin", None) is not pin:
        raise unexpected("the server learns the caller's transport elsewhere")

    def pinned(source_ip: str, secure_transport: bool) -> None:
        pin(source_ip, secure_transport or source_ip in {"127.0.0.1", "::1"})

    iam_evaluator.pin_request_origin = pinned
    app.pin_request_origin = pinned
