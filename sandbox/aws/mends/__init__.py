"""Where MiniStack differs from AWS in something this project relies on, and the mend for each.

A mend replaces or adds a function inside MiniStack 1.5.33. Each one first makes sure that it finds
what it was written for, and the start fails where it does not: a mend that silently does nothing
would let a test prove something about the emulator that is not true of AWS.
"""

from __future__ import annotations

from sandbox.aws.mends import logs, oidc, principal, role, secret, trail, transport
from sandbox.aws.mends.expect import expect_release

ALL = (
    principal.principal_arn_of_a_session_is_its_role,
    secret.secret_without_a_value_has_no_version,
    trail.created_trail_keeps_its_log_group_topic_and_tags,
    logs.log_group_key_can_change,
    oidc.provider_can_change,
    role.role_description_can_be_emptied,
    transport.loopback_is_secure_transport,
)


def apply() -> None:
    """Mend the MiniStack in this process.

    Raises:
        SandboxError: another release, or its insides are not what a mend expects.
    """
    expect_release()
    for mend in ALL:
        mend()
