"""How much one plan may take away before it must be confirmed in the configuration."""

from __future__ import annotations

import math

from hubguard import standards
from hubguard.errors import HubguardError


class TooMuchAtOnce(HubguardError):
    """The plan removes, demotes or closes more than the standard allows without a stated count."""


def check(count: int, of: int, *, most: int, stated: int | None, what: str, key: str) -> None:
    """Refuse a plan that takes away more than `most`, or more than a tenth, unless the count is stated.

    Args:
        count: how many the plan takes away.
        of: how many there are now.
        most: the absolute limit.
        stated: the count that the configuration names, None where it names none.
        what: the sentence's verb and object, for instance "demotes or removes members".
        key: the configuration key that states the count.

    Raises:
        TooMuchAtOnce: before any call was made.
    """
    allowed = min(most, math.floor(of * standards.SHARE_MAX))
    if count <= allowed or count == stated:
        return
    raise TooMuchAtOnce(
        f"The plan {what}: {count} of {of}, and {allowed} is the most without being asked for",
        means="A truncated listing or a wrong file looks like this, so nothing was called",
        next_step=f"If it is meant, set {key}: {count} in the stack's configuration",
    )
