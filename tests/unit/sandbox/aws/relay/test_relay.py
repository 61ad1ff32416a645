"""The relay never harms a call."""

from __future__ import annotations

import asyncio
import logging

import pytest

from sandbox.aws.relay import bus, history, trails
from sandbox.aws.relay import relay as module
from sandbox.aws.relay.calls import Answer, Request
from sandbox.aws.relay.relay import Relay

CALL = Request(
    service="kms",
    method="POST",
    path="/",
    query={},
    headers={"x-amz-target": "TrentService.ListKeys"},
    body=b"{}",
    account="123456789012",
    region="eu-central-1",
    source_ip="127.0.0.1",
    access_key="123456789012",
    request_id="1",
    time=0.0,
)


def _pass(relay: Relay) -> None:
    async def call() -> None:
        relay.observe(CALL)(Answer(200, {}, b"{}"))
        await asyncio.sleep(0)  # the relay works when the loop comes round

    asyncio.run(call())


def test_a_failure_is_logged_and_goes_no_further(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The caller has its answer already."""

    def fail(*_: object) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr(module, "record", fail)
    with caplog.at_level(logging.ERROR, "relay"):
        _pass(Relay())
    assert "out of order" in caplog.text


def test_one_way_out_of_order_leaves_the_others(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The history fails; the trail still takes the record."""
    trail = trails.Trail("123456789012", "eu-central-1", "t")
    brought: list[object] = []
    monkeypatch.setattr(history, "add", None)
    monkeypatch.setattr(trails, "logging", lambda _account: (trail,))
    monkeypatch.setattr(bus, "put", brought.append)
    with caplog.at_level(logging.ERROR, "relay"):
        _pass(Relay())
    assert len(brought) == 1
    assert "The relay failed" in caplog.text


def test_an_empty_relay_flushes_nothing() -> None:
    """At the stop of a local AWS that nobody used."""
    Relay().flush()
