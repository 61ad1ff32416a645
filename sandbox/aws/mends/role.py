"""Emptying the description of a role."""

from __future__ import annotations

from functools import partial

from ministack.services import iam

from sandbox.aws.mends.expect import expect_function


def role_description_can_be_emptied() -> None:
    """Let an empty text in an IAM request count as a value.

    AWS: UpdateRole with an empty description empties it. MiniStack: it drops empty values while it
    reads the request, so the old description stays.
    """
    parse = expect_function(
        iam,
        "parse_qs",
        "qs",
        "keep_blank_values",
        "strict_parsing",
        "encoding",
        "errors",
        "max_num_fields",
        "separator",
    )
    iam.parse_qs = partial(parse, keep_blank_values=True)
