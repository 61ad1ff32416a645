"""Metric filters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.core.responses import error_response_json
from ministack.services import cloudwatch
from ministack.services import cloudwatch_logs as logs

from sandbox.aws.mends.expect import expect_function, unexpected
from sandbox.aws.relay import filterpattern
from sandbox.aws.relay.metrics import points

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def metric_filters_make_metrics() -> None:
    """Let log events that match a metric filter become a metric, which alarms watch.

    AWS: every log event is held against the filters of its group; a pattern that is not of the
    syntax is refused.
    MiniStack: it keeps the filters and does nothing with them; a pattern in braces matches everything.
    """
    arrive = expect_function(logs, "_fanout_to_subscription_filters", "group_name", "stream_name", "events")
    put = expect_function(logs, "_put_metric_filter", "data")
    compile_other = expect_function(logs, "_compile_filter_pattern", "raw")
    expect_function(cloudwatch, "record_metric", "namespace", "metric_name", "value", "unit", "dimensions")
    expect_function(cloudwatch, "_evaluate_all_alarms")
    if not hasattr(logs, "_metric_filters"):
        raise unexpected("it keeps its metric filters elsewhere")

    def arrived(group_name: str, stream_name: str, events: Sequence[dict[str, Any]]) -> None:
        arrive(group_name, stream_name, events)
        _count(group_name, [str(one.get("message", "")) for one in events])

    def put_checked(data: dict[str, Any]) -> Any:
        pattern = str(data.get("filterPattern") or "")
        if _is_json(pattern):
            try:
                filterpattern.compiled(pattern)
            except filterpattern.BadPattern as error:
                return error_response_json(
                    "InvalidParameterException", f"Invalid filter pattern: {error}", 400
                )
        return put(data)

    def compiled(raw: str) -> Callable[[str], bool]:
        if not _is_json(raw or ""):
            return compile_other(raw)  # type: ignore[no-any-return]  # MiniStack has no types
        return lambda message: filterpattern.matches(raw, message)

    logs._fanout_to_subscription_filters = arrived  # noqa: SLF001  that is the mend
    logs._put_metric_filter = put_checked  # noqa: SLF001  likewise
    logs._compile_filter_pattern = compiled  # noqa: SLF001  likewise


def _is_json(pattern: str) -> bool:
    return pattern.lstrip().startswith("{")


def _count(group: str, messages: Sequence[str]) -> None:
    counted = False
    for one in list(logs._metric_filters.values()):  # noqa: SLF001  no public way
        if one["logGroupName"] == group:
            test = logs._compile_filter_pattern(one["filterPattern"])  # noqa: SLF001  likewise
            for point in points(one["metricTransformations"], test, messages):
                cloudwatch.record_metric(*point)
                counted = True
    if counted:
        cloudwatch._evaluate_all_alarms()  # noqa: SLF001  likewise
