"""Rules for trouble on request."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from sandbox.hub.faults import Fault, Faults


def test_rule_strikes_as_often_as_it_says() -> None:
    """A rule for two requests lets the third pass, and is gone."""
    faults = Faults()
    faults.add(Fault(status=500, times=2))
    struck = [faults.strike("GET", "/api/whoami-v2") is not None for _ in range(3)]
    assert struck == [True, True, False]
    assert faults.listed() == []


def test_rule_lets_the_first_requests_pass() -> None:
    """`skip` counts matching requests only."""
    faults = Faults()
    faults.add(Fault(method="PUT", status=500, skip=1))
    assert faults.strike("GET", "/x") is None
    assert faults.strike("PUT", "/x") is None
    assert faults.strike("PUT", "/x") is not None


def test_rule_is_bound_to_method_and_path() -> None:
    """A star stands for any part of the path, and the method is compared as a word."""
    rule = Fault(method="put", path="/api/organizations/*/members/*/role", status=500)
    assert rule.matches("PUT", "/api/organizations/kwanzaa-project/members/muhindi-qa/role")
    assert not rule.matches("GET", "/api/organizations/kwanzaa-project/members/muhindi-qa/role")
    assert not rule.matches("PUT", "/api/organizations/kwanzaa-project/members/invite")


def test_endless_rule_stays_until_it_is_removed() -> None:
    """Without a number of times a rule strikes for ever; removing it is possible once."""
    faults = Faults()
    number = faults.add(Fault(status=503, times=None))
    assert all(faults.strike("GET", "/x") for _ in range(5))
    assert faults.remove(number)
    assert not faults.remove(number)
    assert faults.strike("GET", "/x") is None


def test_success_is_no_fault() -> None:
    """Only error statuses can be asked for."""
    with pytest.raises(ValidationError):
        Fault(status=200)
