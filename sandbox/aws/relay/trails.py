"""Which trails take a record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ministack.services import cloudtrail

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Trail:
    """A trail that is logging, and where it delivers to.

    Attributes:
        home: the region it was created in.
        everywhere: whether it takes records of every region.
        bucket: the log bucket.
        prefix: what the keys in it begin with, without a slash.
        key: the ARN of the key that encrypts the files, or nothing.
        log_group: the ARN of the CloudWatch log group, or nothing.
        selectors: its event selectors; without any, all management events.
    """

    account: str
    home: str
    name: str
    everywhere: bool = False
    bucket: str = ""
    prefix: str = ""
    key: str = ""
    log_group: str = ""
    selectors: tuple[Mapping[str, Any], ...] = field(default=(), compare=False)

    def takes(self, record: Record) -> bool:
        """Whether this record belongs to the trail."""
        near = self.everywhere or self.home == record["awsRegion"]
        if not self.selectors:
            return near and _is_management(record)
        return near and selects(self.selectors, record)


def logging(account: str) -> tuple[Trail, ...]:
    """The trails of an account that are logging now."""
    return tuple(
        Trail(
            account=account,
            home=home,
            name=name,
            everywhere=bool(trail.get("IsMultiRegionTrail")),
            bucket=str(trail.get("S3BucketName") or ""),
            prefix=str(trail.get("S3KeyPrefix") or ""),
            key=str(trail.get("KmsKeyId") or ""),
            log_group=str(trail.get("CloudWatchLogsLogGroupArn") or ""),
            selectors=tuple(cloudtrail._event_selectors.get_scoped(owner, home, name, ())),  # noqa: SLF001  likewise
        )
        for (owner, home, name), trail in cloudtrail._trails.all_items()  # noqa: SLF001  no public way to ask
        if owner == account and trail.get("IsLogging")
    )


def selects(selectors: Iterable[Mapping[str, Any]], record: Record) -> bool:
    """Whether event selectors let an event through; basic ones let no data event through here.

    Args:
        selectors: basic or advanced selectors as the API takes them.
        record: the event.
    """
    return any(
        _advanced(one["FieldSelectors"], record) if "FieldSelectors" in one else _basic(one, record)
        for one in selectors
    )


def _basic(selector: Mapping[str, Any], record: Record) -> bool:
    wanted = selector.get("ReadWriteType", "All")
    return (
        _is_management(record)
        and selector.get("IncludeManagementEvents", True)
        and record["eventSource"] not in selector.get("ExcludeManagementEventSources", [])
        and (wanted == "All" or (wanted == "ReadOnly") == record["readOnly"])
    )


def _advanced(fields: Iterable[Mapping[str, Any]], record: Record) -> bool:
    return all(_field(one, record) for one in fields)


def _is_management(record: Record) -> bool:
    return bool(record["eventCategory"] == "Management")


def _field(selector: Mapping[str, Any], record: Record) -> bool:
    start, _, key = selector["Field"].partition(".")
    if start == "resources":  # an event is about one resource of a type, or about several
        return any(_holds(selector, one.get(key)) for one in record.get("resources") or ())
    return _holds(selector, record.get(start))


def _holds(selector: Mapping[str, Any], value: Any) -> bool:
    text = str(value).lower() if isinstance(value, bool) else str(value or "")
    found = {
        "Equals": text in selector.get("Equals", ()),
        "StartsWith": text.startswith(tuple(selector.get("StartsWith") or ())),
        "EndsWith": text.endswith(tuple(selector.get("EndsWith") or ())),
        "NotEquals": text not in selector.get("NotEquals", ()),
        "NotStartsWith": not text.startswith(tuple(selector.get("NotStartsWith") or ())),
        "NotEndsWith": not text.endswith(tuple(selector.get("NotEndsWith") or ())),
    }
    return all(holds for name, holds in found.items() if selector.get(name))
