"""EventBridge's rules: what they keep, which events reach them, and how far they forward."""

from __future__ import annotations

import json
import logging
from typing import Any

from ministack.core.responses import error_response_json, get_account_id, get_region, request_scope
from ministack.services import eventbridge

from sandbox.aws.mends.expect import expect_function, unexpected

_LOG = logging.getLogger(__name__)
_EVERYTHING = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
_STORES = ("_rules", "_targets", "_event_buses")


def put_rule_replaces() -> None:
    """Empty what a PutRule does not name, and refuse a rule that never fires.

    AWS: the old values of omitted arguments are not kept; without a pattern and a schedule it refuses.
    MiniStack: description, role and state stay; a rule without either is made.
    """
    put = expect_function(eventbridge, "_put_rule", "data")

    def replace(data: dict[str, Any]) -> Any:
        if not data.get("EventPattern") and not data.get("ScheduleExpression"):
            return error_response_json(
                "ValidationException",
                "Parameter(s) EventPattern or ScheduleExpression must be specified.",
                400,
            )
        return put({"Description": "", "RoleArn": "", "State": "ENABLED", **data})

    eventbridge._put_rule = replace  # noqa: SLF001  that is the mend, as below


def rule_with_targets_stays() -> None:
    """Refuse to delete a rule that still has targets.

    AWS: targets go first; DeleteRule fails before. MiniStack: it deletes them along.
    """
    delete = expect_function(eventbridge, "_delete_rule", "data")
    _expect_stores()

    def delete_empty(data: dict[str, Any]) -> Any:
        key = eventbridge._rule_key(data.get("Name"), data.get("EventBusName", "default"))  # noqa: SLF001
        if eventbridge._targets.get(key):  # noqa: SLF001
            return error_response_json(
                "ValidationException", "Rule can't be deleted since it has targets.", 400
            )
        return delete(data)

    eventbridge._delete_rule = delete_empty  # noqa: SLF001


def cloudtrail_reads_reach_rules_that_ask() -> None:
    """Deliver by the rule's state.

    AWS: a rule in the state ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS gets everything, one that is
    ENABLED everything but the read-only management events of CloudTrail.
    MiniStack: the first kind gets nothing, the second everything.
    """
    expect_function(eventbridge, "_dispatch_event", "event", "view")
    expect_function(eventbridge, "_pattern_event_view", "event")
    expect_function(eventbridge, "_matches_pattern_view", "pattern_str", "view", "owner")
    expect_function(eventbridge, "_invoke_target", "target", "event", "rule", "view")
    _expect_stores()
    eventbridge._dispatch_event = _dispatch  # noqa: SLF001


def buses_forward_across_regions() -> None:
    """Let a rule forward to a bus of the same account in another region.

    AWS: it does, and the event keeps the region that it comes from.
    MiniStack: it drops the event. To a bus of the same region it forwards, and so does this.
    """
    expect_function(
        eventbridge, "_dispatch_to_event_bus", "spec", "event", "rule", "event_path", "target_input_payload"
    )
    expect_function(eventbridge, "_archive_event", "event", "view")
    expect_function(eventbridge, "_ensure_default_bus")
    _expect_stores()
    eventbridge._dispatch_to_event_bus = _forward  # noqa: SLF001


def _expect_stores() -> None:
    if any(not hasattr(eventbridge, name) for name in _STORES):
        raise unexpected("it keeps its rules elsewhere")
    expect_function(eventbridge, "_rule_key", "rule_name", "bus_name")


def _dispatch(event: dict[str, Any], view: Any = None) -> None:
    """Hand an event to the targets of every rule of its bus that wants it."""
    bus, path = event.get("EventBusName", "default"), event.get("_DispatchPath") or ()
    view = view or eventbridge._pattern_event_view(event)  # noqa: SLF001
    # A target may change the rules: the walk is over a copy.
    for key, rule in list(eventbridge._rules.items()):  # noqa: SLF001
        if rule.get("EventBusName", "default") != bus or _seen(key) in path:
            continue
        if not _awake(rule.get("State"), event) or not rule.get("EventPattern"):
            continue
        if eventbridge._matches_pattern_view(rule["EventPattern"], view, f"rule {key}"):  # noqa: SLF001
            for target in list(eventbridge._targets.get(key, ())):  # noqa: SLF001
                eventbridge._invoke_target(target, event, rule, view)  # noqa: SLF001


def _awake(state: str | None, event: dict[str, Any]) -> bool:
    return state == _EVERYTHING or (state == "ENABLED" and not is_read(event))


def is_read(event: dict[str, Any]) -> bool:
    """Whether an event is a read-only management call that CloudTrail reports."""
    if not str(event.get("DetailType", "")).endswith("via CloudTrail"):
        return False
    detail = event.get("Detail") or "{}"
    try:
        found = json.loads(detail) if isinstance(detail, str) else detail
    except ValueError:
        return False
    return (
        isinstance(found, dict)
        and found.get("readOnly") is True
        and found.get("managementEvent") is not False
    )


def _seen(key: str) -> str:
    """A rule as it stands in the path of a forwarded event: names repeat across regions."""
    return f"{get_region()}|{key}"


def _forward(
    spec: Any, event: dict[str, Any], rule: dict[str, Any], event_path: Any, target_input_payload: Any = None
) -> None:
    """Put an event on another bus, once for each rule on its way."""
    kind, _, bus = spec.resource.partition("/")
    if kind != "event-bus" or spec.account_id != get_account_id():
        _LOG.warning("no event bus of this account: %s", spec)
        return
    name, home = rule.get("Name", ""), rule.get("EventBusName", "default")
    forwarded = {
        **event,
        "EventBusName": bus,
        "_DispatchPath": [*event_path, _seen(eventbridge._rule_key(name, home))],  # noqa: SLF001
    }
    if target_input_payload is not None:
        forwarded["Detail"] = target_input_payload
    with request_scope(spec.account_id, spec.region):
        eventbridge._ensure_default_bus()  # noqa: SLF001
        if bus not in eventbridge._event_buses:  # noqa: SLF001
            _LOG.warning("no event bus %s in %s", bus, spec.region)
            return
        eventbridge._dispatch_event(forwarded)  # noqa: SLF001
        forwarded.pop("_DispatchPath")
        eventbridge._archive_event(forwarded)  # noqa: SLF001
