"""Where MiniStack differs from AWS in something this project relies on, and the mend for each.

A mend replaces or adds a function inside MiniStack 1.5.33. Each one first makes sure that it finds
what it was written for, and the start fails where it does not: a mend that silently does nothing
would let a test prove something about the emulator that is not true of AWS.
"""

from __future__ import annotations

from sandbox.aws.mends import (
    boundary,
    catalogue,
    dependent,
    eventbridge,
    keys,
    logs,
    metrics,
    oidc,
    principal,
    replica,
    resources,
    role,
    secret,
    session,
    subscription,
    trail,
    transport,
    workgroup,
)
from sandbox.aws.mends.expect import expect_release

ALL = (
    principal.principal_arn_of_a_session_is_its_role,
    secret.secret_without_a_value_has_no_version,
    secret.deletion_is_a_condition,
    replica.replicas_can_be_removed,
    replica.replicated_secret_stays,
    trail.created_trail_keeps_its_log_group_topic_and_tags,
    logs.log_group_key_can_change,
    metrics.metric_filters_make_metrics,
    oidc.provider_can_change,
    boundary.boundary_is_a_condition,
    resources.resources_have_their_real_arns,
    dependent.dependent_actions_are_checked,
    keys.missing_key_is_not_found,
    session.session_is_no_longer_than_its_role_allows,
    role.role_description_can_be_emptied,
    transport.loopback_is_secure_transport,
    eventbridge.put_rule_replaces,
    eventbridge.rule_with_targets_stays,
    eventbridge.cloudtrail_reads_reach_rules_that_ask,
    eventbridge.buses_forward_across_regions,
    subscription.mail_waits_for_its_confirmation,
    catalogue.definitions_are_kept_as_given,
    workgroup.workgroup_configuration_is_whole,
    workgroup.full_workgroup_stays,
)


def apply() -> None:
    """Mend the MiniStack in this process.

    Raises:
        SandboxError: another release, or its insides are not what a mend expects.
    """
    expect_release()
    for mend in ALL:
        mend()
