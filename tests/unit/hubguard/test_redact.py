"""Nothing of a token is left in what is remembered."""

from __future__ import annotations

import logging
import secrets
import string
import sys

import pytest

from hubguard.redact import RedactingFormatter, redact

PREFIXES = ["hf_", "hf_jwt_", "hf_oauth_", "api_org_", "ghp_", "ghs_", "github_pat_"]


def token(prefix: str) -> str:
    """A value that looks like a token, made for this run only."""
    return prefix + "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(36))


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_token_is_taken_out_whole(prefix: str) -> None:
    """Not even its last characters stay."""
    value = token(prefix)
    assert redact(f"failed with {value}.") in {"failed with [redacted]", "failed with [redacted]."}


def test_a_bearer_header_is_taken_out() -> None:
    """Whatever the token looks like."""
    for scheme in ("Bearer", "token"):
        assert redact(f"Authorization: {scheme} " + "z" * 24) == f"Authorization: {scheme} [redacted]"


def test_ordinary_words_stay() -> None:
    """Names that only begin like a token are left alone."""
    line = "hf_home is set; the token kwanzaa-production-read; api_org_ is a prefix; bearer of news"
    assert redact(line) == line


def test_a_traceback_in_the_log_is_redacted() -> None:
    """The exception's own text included."""
    value = token("hf_")
    try:
        int(value)
    except ValueError:
        record = logging.LogRecord("n", logging.ERROR, "p", 1, "boom", None, sys.exc_info())
    text = RedactingFormatter("%(message)s").format(record)
    assert "ValueError: invalid literal" in text
    assert value not in text
