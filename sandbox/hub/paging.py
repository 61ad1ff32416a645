"""Cursor paging: `limit` and `cursor` in, the next page's address in the `Link` header.

A cursor is the key of the last item sent, so an item that comes or goes between two pages makes no
other item appear twice or not at all.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

from sandbox.hub.errors import invalid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

    from sandbox.hub.store import Key

DEFAULT_LIMIT = 500


def limit_of(request: Request, largest: int = DEFAULT_LIMIT) -> int:
    """How many items the caller wants on a page, at most `largest`.

    Assumed: a limit above the largest is cut to it, as most APIs do.
    """
    text = request.query_params.get("limit")
    if text is None:
        return largest
    try:
        limit = int(text)
    except ValueError:
        limit = 0
    if limit < 1:
        raise invalid("limit must be a whole number from 1")
    return min(limit, largest)


def cursor_of(request: Request) -> Key | None:
    """The key after which the caller wants to go on; None for the first page."""
    text = request.query_params.get("cursor")
    if not text:
        return None
    try:
        found = json.loads(base64.urlsafe_b64decode(text))
    except (binascii.Error, ValueError):
        found = None
    if not isinstance(found, list) or not all(isinstance(part, str | int) for part in found):
        raise invalid("cursor was not made by this Hub")
    return tuple(found)


def page(request: Request, items: Iterator[tuple[Key, object]], largest: int = DEFAULT_LIMIT) -> JSONResponse:
    """One page of rendered items, with the way to the next one when there is one.

    Args:
        request: whose `limit` counts.
        items: key and rendered item, beginning after the request's cursor; read no further than needed.
        largest: the most that a page may hold.
    """
    limit = limit_of(request, largest)
    taken: list[object] = []
    last: Key = ()
    for key, item in items:
        if len(taken) == limit:
            cursor = base64.urlsafe_b64encode(json.dumps(last).encode()).decode()
            address = request.url.include_query_params(cursor=cursor)
            return JSONResponse(taken, headers={"Link": f'<{address}>; rel="next"'})
        taken.append(item)
        last = key
    return JSONResponse(taken)
