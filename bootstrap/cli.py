"""`hubguard bootstrap`: what an administrator runs once for an account, and again when a policy changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from components import settings
from hubguard.errors import BootstrapError, UsageError

if TYPE_CHECKING:
    from bootstrap.account import Change
    from components.settings import Settings

app = typer.Typer(
    help="Deploy's role, its boundary and the trust in GitHub: run once by an administrator of the account.",
    no_args_is_help=True,
)

_FINDINGS = 7

Stack = Annotated[str, typer.Argument(help="The stack, whose Pulumi.<stack>.yaml lies here.")]
Json = Annotated[bool, typer.Option("--json", help="For machines.")]


@app.command()
def check(stack: Stack, *, as_json: Json = False) -> None:
    """Tell what differs in the account; exit code 7 when something does."""
    found = list(_changes(stack))
    if as_json:
        typer.echo(json.dumps([{"what": one.what, "how": one.how} for one in found]))
    else:
        _tell(found)
    if found:
        raise typer.Exit(_FINDINGS)


@app.command()
def apply(
    stack: Stack,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Make what is missing and mend what differs; safe to repeat. Exit code 7 when a person must judge."""
    if as_json and not yes:
        raise UsageError(
            "apply --json asks nothing, so it needs --yes",
            means="Nothing was changed",
            next_step=f"Look first: hubguard bootstrap check {stack}. Then give both options",
        )
    found = list(_changes(stack))
    if not yes and not all(change.judged for change in found):
        _tell(found)
        typer.confirm("Make these changes?", abort=True)
    made: list[dict[str, str]] = []
    left: list[Change] = []
    for change in _changes(stack, made):
        if change.judged:
            left.append(change)
            continue
        try:
            change.make()
        except (ClientError, BotoCoreError) as error:
            # A lost answer does not tell whether the change was made.
            raise _failed(error, "What was made before stays") from error
        made.append({"what": change.what, "how": change.how})
        if not as_json:
            Console().print(f"{change.what}: {change.how}: mended", highlight=False)
    if as_json:
        typer.echo(json.dumps(made))
    elif left or not made:
        _tell(left)
    if left:
        raise typer.Exit(_FINDINGS)


def _changes(stack: str, made: Sequence[object] = ()) -> Iterator[Change]:
    """What differs; `made` is filled by the caller as it goes, and tells what an error leaves behind."""
    import boto3

    from bootstrap import account

    desired = settings.from_file(Path(f"Pulumi.{stack}.yaml"))
    try:
        session = boto3.Session(region_name=desired.region)
        _refuse_another_account(session.client("sts").get_caller_identity()["Account"], desired)
        yield from account.changes(session.client("iam"), desired)
    except (ClientError, BotoCoreError) as error:
        raise _failed(error, "What was made before stays" if made else "Nothing was changed") from error


def _refuse_another_account(here: str, desired: Settings) -> None:
    if here != desired.account:
        raise BootstrapError(
            f"Your AWS credentials are of the account {here}, the stack's is {desired.account}",
            means="Nothing was changed",
            next_step="Take the credentials of an administrator of the stack's account",
        )


def _failed(error: ClientError | BotoCoreError, means: str) -> BootstrapError:
    if isinstance(error, BotoCoreError):  # it comes from the SDK itself: no answer of AWS
        return BootstrapError(
            f"AWS could not be asked: {error}",
            means=means,
            next_step="Look at the profile, the credentials and the network, and run the same command again",
        )
    return BootstrapError(
        f"AWS refused: {error}",
        means=means,
        next_step="Take the credentials of an administrator and run the same command again",
    )


def _tell(found: list[Change]) -> None:
    console = Console()
    for change in found:
        console.print(f"{change.what}: {change.how}", highlight=False)
    if not found:
        console.print("The account is as the stack's settings ask")
