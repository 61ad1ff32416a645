"""Takes tokens out of text, the last line of defence before anything is remembered."""

from __future__ import annotations

import logging
import re

from hubguard import standards

# Hugging Face and GitHub tokens by their prefixes; what follows is long and has no spaces.
_PREFIXES = "|".join((*standards.TOKEN_PREFIXES, "gh[pousr]_", "github_pat_"))
_TOKEN = re.compile(rf"\b({_PREFIXES})[A-Za-z0-9_.-]{{8,}}")
_BEARER = re.compile(r"(?i)\b(bearer|authorization:\s*\w+)\s+[A-Za-z0-9_.~+/-]{16,}=*")


def redact(text: str) -> str:
    """The text with every token replaced, not even its last characters left."""
    return _BEARER.sub(r"\1 [redacted]", _TOKEN.sub("[redacted]", text))


class RedactingFormatter(logging.Formatter):
    """Formats a record, its traceback included, and redacts the whole."""

    def format(self, record: logging.LogRecord) -> str:
        """The line or lines of the log."""
        return redact(super().format(record))
