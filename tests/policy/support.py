"""Judges one resource with one rule, without an engine."""

from __future__ import annotations

from typing import Any

from pulumi_policy import (
    PolicyCustomTimeouts,
    PolicyResourceOptions,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)


def violations(rule: ResourceValidationPolicy, kind: str, props: dict[str, Any]) -> list[str]:
    """The messages that a rule reports for a resource."""
    found: list[str] = []

    def report(message: str, _urn: str | None = None) -> None:
        found.append(message)

    args = ResourceValidationArgs(
        resource_type=kind,
        props=props,
        urn=f"urn:pulumi:test::test::{kind}::it",
        name="it",
        opts=PolicyResourceOptions(
            protect=False,
            ignore_changes=[],
            delete_before_replace=None,
            aliases=[],
            custom_timeouts=PolicyCustomTimeouts(0, 0, 0),
            additional_secret_outputs=[],
        ),
        provider=None,
    )
    validate = rule.validate
    assert callable(validate)
    validate(args, report)
    return found
