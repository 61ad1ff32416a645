"""From log events to metrics, by the metric filters of their log group."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sandbox.aws.relay import filterpattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

Point = tuple[str, str, float, str, dict[str, str]]
"""Namespace, name, value, unit and dimensions."""


def points(
    transformations: Iterable[Mapping[str, Any]], test: Callable[[str], bool], messages: Iterable[str]
) -> Iterator[Point]:
    """What one metric filter publishes for a batch of log events.

    Args:
        transformations: the filter's metric transformations, as the API takes them.
        test: whether the filter's pattern matches a message.
        messages: the texts of the log events.
    """
    documents = [_document(one) for one in messages if test(one)]
    for into in transformations:
        space, name, unit = into["metricNamespace"], into["metricName"], into.get("unit") or "None"
        for document in documents:
            amount = _number(into["metricValue"], document)
            if amount is not None:
                yield space, name, amount, unit, _dimensions(into.get("dimensions") or {}, document)
        if not documents and into.get("defaultValue") is not None:
            yield space, name, float(into["defaultValue"]), unit, {}


def _document(message: str) -> Any:
    try:
        return json.loads(message)
    except ValueError:
        return None


def _number(written: str, document: Any) -> float | None:
    found = filterpattern.value(written, document) if written.startswith("$") else written
    try:
        return float(found)
    except (TypeError, ValueError):
        return None  # AWS publishes nothing for a field that is no number


def _dimensions(wanted: Mapping[str, str], document: Any) -> dict[str, str]:
    found = {name: filterpattern.value(field, document) for name, field in wanted.items()}
    return {name: str(value) for name, value in found.items() if value is not None}
