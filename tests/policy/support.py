"""Judges one resource with one rule, without an engine."""

from __future__ import annotations

from typing import Any

from pulumi_policy import PolicyResourceOptions, ResourceValidationArgs, ResourceValidationPolicy


def violations(rule: ResourceValidationPolicy, kind: str, props: dict[str, Any]) -> list[str]:
    """The messages that a rule reports for a resource."""
    found: list[str] = []
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
            custom_timeouts=None,  # type: ignore[arg-type]  no rule looks at it
            additional_secret_outputs=[],
        ),
        provider=None,
    )
    validate = rule.validate
    assert callable(validate)
    validate(args, lambda message, _urn=None: found.append(message))
    return found
