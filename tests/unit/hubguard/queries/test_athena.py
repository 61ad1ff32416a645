"""The conversation with Athena: what it answers when all goes well, badly, or not at all."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from hubguard.queries import athena
from hubguard.queries.answer import Answer
from hubguard.queries.errors import OutOfReach, QueryFailed
from tests.unit.hubguard.queries.records import CLIENT

_ID = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def client() -> Any:
    """A client whose answers the test gives."""
    return boto3.client("athena", **CLIENT)


def _ask(client: Any) -> Answer:
    return athena.ask("SELECT 1", athena=client, workgroup="hubguard-x", database="hubguard_x")


def _start(stub: Stubber) -> None:
    stub.add_response(
        "start_query_execution",
        {"QueryExecutionId": _ID},
        {
            "QueryString": "SELECT 1",
            "WorkGroup": "hubguard-x",
            "QueryExecutionContext": {"Database": "hubguard_x"},
        },
    )


def _state(stub: Stubber, state: str, reason: str = "", scanned: int = 4096) -> None:
    execution = {
        "QueryExecutionId": _ID,
        "Status": {"State": state, "StateChangeReason": reason},
        "Statistics": {"DataScannedInBytes": scanned},
    }
    stub.add_response("get_query_execution", {"QueryExecution": execution}, {"QueryExecutionId": _ID})


def _page(
    stub: Stubber, *rows: list[str | None], after: str | None = None, before: str | None = None
) -> None:
    cells = [{"Data": [{} if v is None else {"VarCharValue": v} for v in row]} for row in rows]
    columns = [{"Name": name, "Type": "varchar"} for name in ("moment", "token")]
    answer: dict[str, Any] = {"ResultSet": {"Rows": cells, "ResultSetMetadata": {"ColumnInfo": columns}}}
    asked = {"QueryExecutionId": _ID}
    stub.add_response(
        "get_query_results",
        answer | ({"NextToken": before} if before else {}),
        asked | ({"NextToken": after} if after else {}),
    )


def test_every_page_is_read_and_only_the_first_has_a_head(client: Any) -> None:
    """A NULL is None, an empty text is an empty text."""
    with Stubber(client) as stub:
        _start(stub)
        _state(stub, "QUEUED")
        _state(stub, "RUNNING")
        _state(stub, "SUCCEEDED")
        _page(stub, ["moment", "token"], ["1", "a"], before="more")
        _page(stub, ["moment", "token"], ["2", None], ["3", ""], after="more")
        answer = _ask(client)
        stub.assert_no_pending_responses()
    assert answer.rows == (
        {"moment": "1", "token": "a"},
        {"moment": "moment", "token": "token"},
        {"moment": "2", "token": None},
        {"moment": "3", "token": ""},
    )
    assert answer.complete


def test_where_nothing_was_scanned_there_was_no_log(client: Any) -> None:
    """An empty answer from no files proves nothing."""
    with Stubber(client) as stub:
        _start(stub)
        _state(stub, "SUCCEEDED", scanned=0)
        _page(stub, ["moment", "token"])
        answer = _ask(client)
    assert (answer.rows, answer.trustworthy) == ((), False)


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED"])
def test_a_query_that_fails_is_one_line(client: Any, state: str) -> None:
    """With Athena's reason, shortened and without tokens."""
    token = "hf_" + "a" * 34
    with Stubber(client) as stub:
        _start(stub)
        _state(stub, state, f"HIVE_BAD_DATA:\n  near {token}\n" + "x" * 5000)
        with pytest.raises(QueryFailed, match="HIVE_BAD_DATA") as failed:
            _ask(client)
        stub.assert_no_pending_responses()
    line = str(failed.value)
    assert "\n" not in line
    assert token not in line
    assert len(line) < 600


def test_a_question_that_is_not_taken_is_one_line(client: Any) -> None:
    """A workgroup that is not there, most often."""
    with Stubber(client) as stub:
        stub.add_client_error("start_query_execution", "InvalidRequestException", "WorkGroup is not found.")
        with pytest.raises(OutOfReach, match=r"InvalidRequestException.*hubguard-x.*--organization"):
            _ask(client)


def test_an_interrupt_cancels_the_query(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody pays for an answer that nobody waits for."""

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with Stubber(client) as stub:
        _start(stub)
        stub.add_response("stop_query_execution", {}, {"QueryExecutionId": _ID})
        monkeypatch.setattr(client, "get_query_execution", interrupt)
        with pytest.raises(KeyboardInterrupt):
            _ask(client)
        stub.assert_no_pending_responses()


def test_patience_ends_and_the_query_with_it(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is cancelled, also where Athena refuses even that."""
    monkeypatch.setattr(athena, "_PATIENCE", 0)
    with Stubber(client) as stub:
        _start(stub)
        _state(stub, "RUNNING")
        stub.add_client_error("stop_query_execution", "InternalServerException", "no")
        with pytest.raises(QueryFailed, match="did not answer"):
            _ask(client)
        stub.assert_no_pending_responses()
