"""The regions of AWS, from the smallest file of the SDK that lists them."""

from __future__ import annotations

from functools import cache


@cache
def standard() -> frozenset[str]:
    """Regions of the standard partition, those that an account has to opt in to included."""
    from botocore.loaders import create_loader

    partitions = create_loader().load_data("partitions")["partitions"]
    known = next(one["regions"] for one in partitions if one["id"] == "aws")
    return frozenset(name for name in known if not name.endswith("-global"))
