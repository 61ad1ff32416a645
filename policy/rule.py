"""How every rule of the pack speaks: what is wrong, which checklist item, the shortest fix.

A message never carries a property's value: a token may stand where nobody expects one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pulumi_policy import (
    EnforcementLevel,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)

Judge = Callable[[ResourceValidationArgs], Iterable[str]]


def resource_rule(
    name: str, *, items: Sequence[str], why: str, fix: str, types: Sequence[str], judge: Judge
) -> ResourceValidationPolicy:
    """A mandatory rule over some resource types.

    Args:
        name: short name in kebab case, shown with every violation.
        items: ids of the checklist items that the rule serves, such as `3.3.2`.
        why: what goes wrong without the rule, one sentence.
        fix: the shortest way to satisfy it.
        types: Pulumi type tokens that the rule looks at.
        judge: what is wrong with a resource of these types, one sentence each, without a value.
    """
    served = ", ".join(items)

    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        if args.resource_type in types:
            for wrong in judge(args):
                report(f"{wrong}. Checklist {served}. Fix: {fix}", None)

    return ResourceValidationPolicy(
        name=name,
        description=f"{why} Checklist {served}.",
        validate=validate,
        enforcement_level=EnforcementLevel.MANDATORY,
    )
