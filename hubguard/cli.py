"""The `hubguard` command. Groups that are not part of the library register as entry points."""

from __future__ import annotations

import contextlib
import logging
import sys
from importlib.metadata import entry_points

import typer

from hubguard import log as logs
from hubguard.errors import HubguardError
from hubguard.queries import cli as audit
from hubguard.redact import redact

app = typer.Typer(
    name="hubguard",
    help="Security of a Hugging Face organization as code.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_INTERRUPTED = 130  # 128 + SIGINT, as shells count

log = logging.getLogger(__name__)


@app.callback()
def _root() -> None:
    """Say the groups, even where there is only one."""


app.add_typer(audit.app, name="audit")
for point in entry_points(group="hubguard.commands"):
    with contextlib.suppress(ModuleNotFoundError):  # the library was installed without its sandbox
        app.add_typer(point.load(), name=point.name)


def main() -> None:
    """Run the command line: one line for the person, everything else in the log."""
    file = logs.start()
    try:
        app()
    except HubguardError as error:
        _fail(str(error), error.exit_code)
    except SystemExit as end:  # typer turns an interrupt into this exit code
        if end.code == _INTERRUPTED:
            _fail("Interrupted. Run the same command again: it goes on where it was", _INTERRUPTED)
        raise
    except Exception as error:
        log.exception("unexpected")
        _fail(
            f"An error that hubguard did not expect ({type(error).__name__})."
            f" This is a bug; report it with the end of {file}",
            1,
        )


def _fail(line: str, code: int) -> None:
    typer.echo(redact(line), err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
