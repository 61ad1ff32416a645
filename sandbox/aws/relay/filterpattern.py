"""Filter patterns of CloudWatch Logs for events in JSON: `{ ($.a = "x") && ($.b NOT EXISTS) }`.

The meaning is that of the user guide ("Filter pattern syntax for metric filters"): names and texts are
told apart by case, `*` in a text stands for anything, `&&` binds closer than `||`. Where the guide is
silent, a comparison holds for no field that is absent, so that a pattern which needs `NOT EXISTS`
on AWS needs it here.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

Test = Callable[[Any], bool]

LONGEST = 1024  # characters, the limit of PutMetricFilter

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<mark>&&|\|\||!=|<=|>=|[(){}=<>])
    | (?P<field>\$(?:\.[A-Za-z_][\w-]*|\.?\[(?:\d+|"[^"]*"|'[^']*')\])+)
    | (?P<text>"(?:[^"\\]|\\.)*")
    | (?P<regex>%[^%]+%)
    | (?P<word>[^\s(){}=<>!&|"%$]+)
    )""",
    re.VERBOSE,
)
_STEP = re.compile(r"""\.([A-Za-z_][\w-]*)|\.?\[(?:(\d+)|"([^"]*)"|'([^']*)')\]""")
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ABSENT = object()


class BadPattern(ValueError):
    """A filter pattern that CloudWatch Logs refuses."""


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Test:
    """The test that a pattern stands for.

    Args:
        pattern: the pattern in its braces.

    Returns:
        A function from a decoded JSON document to whether it matches.

    Raises:
        BadPattern: it is not of the syntax.
    """
    return _Parser(pattern).whole()


def matches(pattern: str, message: str) -> bool:
    """Whether a log event matches; what is no JSON object does not.

    Args:
        pattern: the pattern in its braces.
        message: the text of the log event.

    Raises:
        BadPattern: the pattern is not of the syntax.
    """
    test = compiled(pattern)
    try:
        document = json.loads(message)
    except ValueError:
        return False
    return isinstance(document, dict) and test(document)


def value(field: str, document: Any) -> Any:
    """The value of a field such as `$.a.b[0]`; None where it is absent."""
    found = _value(_steps(field), document)
    return None if found is _ABSENT else found


class _Parser:
    """Recursive descent, one function for each level of binding."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        if len(pattern) > LONGEST:
            raise self.bad(f"is longer than {LONGEST} characters")
        self.tokens: list[tuple[str, str]] = []
        place, end = 0, len(pattern.rstrip())
        while place < end:
            match = _TOKEN.match(pattern, place)
            if match is None or match.lastgroup is None:
                raise self.bad(f"cannot be read from: {pattern[place:]}")
            self.tokens.append((match.lastgroup, match[match.lastgroup]))
            place = match.end()
        self.tokens.reverse()  # the next one is popped from the end

    def bad(self, what: str) -> BadPattern:
        return BadPattern(f"the filter pattern {self.pattern} {what}")

    def whole(self) -> Test:
        self.need("{")
        found = self.either()
        self.need("}")
        if self.tokens:
            raise self.bad("goes on after its end")
        return found

    def either(self) -> Test:
        parts = [self.both()]
        while self.has("||"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else lambda document: any(part(document) for part in parts)

    def both(self) -> Test:
        parts = [self.one()]
        while self.has("&&"):
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else lambda document: all(part(document) for part in parts)

    def one(self) -> Test:
        if self.has("("):
            found = self.either()
            self.need(")")
            return found
        kind, field = self.take()
        if kind != "field":
            raise self.bad(f"has {field or 'nothing'} where a field such as $.name belongs")
        return self.condition(_steps(field))

    def condition(self, steps: tuple[str | int, ...]) -> Test:
        kind, word = self.take()
        if kind == "word":
            return self.named(steps, word.upper())
        if word in _ORDER:
            return self.ordered(steps, _ORDER[word])
        if word not in {"=", "!="}:
            raise self.bad(f"has {word or 'nothing'} where a comparison belongs")
        equal = _equal(self.take(), self)
        if word == "=":
            return lambda document: equal(_value(steps, document)) is True
        return lambda document: equal(_value(steps, document)) is False

    def named(self, steps: tuple[str | int, ...], word: str) -> Test:
        what = self.take()[1].upper()
        if (word, what) == ("NOT", "EXISTS"):
            return lambda document: _value(steps, document) is _ABSENT
        constants = {"TRUE": True, "FALSE": False, "NULL": None}
        if word != "IS" or what not in constants:
            raise self.bad(f"has {word} {what} where a condition belongs")
        wanted = constants[what]
        return lambda document: _value(steps, document) is wanted

    def ordered(self, steps: tuple[str | int, ...], compare: Callable[[float, float], bool]) -> Test:
        text = self.take()[1]
        if not _NUMBER.fullmatch(text):
            raise self.bad(f"compares with {text or 'nothing'}, which is no number")
        limit = float(text)

        def test(document: Any) -> bool:
            found = _value(steps, document)
            return _is_number(found) and compare(found, limit)

        return test

    def take(self) -> tuple[str, str]:
        return self.tokens.pop() if self.tokens else ("end", "")

    def has(self, mark: str) -> bool:
        if self.tokens and self.tokens[-1] == ("mark", mark):
            self.tokens.pop()
            return True
        return False

    def need(self, mark: str) -> None:
        if not self.has(mark):
            raise self.bad(f"lacks a {mark}")


def _equal(token: tuple[str, str], parser: _Parser) -> Callable[[Any], bool | None]:
    """Whether a value equals what is written; None where the two cannot be compared."""
    kind, written = token
    if kind == "regex":
        try:
            search = re.compile(written[1:-1]).search
        except re.error as error:
            raise parser.bad(f"has a regular expression that cannot be read: {error}") from error
        return lambda found: bool(search(found)) if isinstance(found, str) else None
    if kind not in {"text", "word"}:
        raise parser.bad(f"has {written or 'nothing'} where a value belongs")
    text = re.sub(r"\\(.)", r"\1", written[1:-1]) if kind == "text" else written
    like = re.compile(".*".join(re.escape(part) for part in text.split("*")), re.DOTALL).fullmatch
    number = float(text) if kind == "word" and _NUMBER.fullmatch(text) else None

    def equal(found: Any) -> bool | None:
        if isinstance(found, str):
            return bool(like(found))
        return found == number if number is not None and _is_number(found) else None

    return equal


def _is_number(found: Any) -> bool:
    return isinstance(found, (int, float)) and not isinstance(found, bool)


def _steps(field: str) -> tuple[str | int, ...]:
    return tuple(
        int(step[2]) if step[2] is not None else step[1] or step[3] or step[4] or ""
        for step in _STEP.finditer(field)
    )


def _value(steps: tuple[str | int, ...], document: Any) -> Any:
    for step in steps:
        if isinstance(step, int):
            if not isinstance(document, list) or step >= len(document):
                return _ABSENT
            document = document[step]
        elif isinstance(document, dict) and step in document:
            document = document[step]
        else:
            return _ABSENT
    return document
