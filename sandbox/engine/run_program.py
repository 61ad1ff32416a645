"""Runs one Pulumi program; started by path in the program's own Python environment.

Only the standard library and `pulumi` are to be had there. What to run comes as one line of JSON on standard
input, since it holds the stack's secrets in plain text and neither arguments nor environment are a place
for those. The host keeps that input open: when it closes, the host is gone and so is our reason to run.

Exit codes: 0 done, 32 failed and already said so through the engine, anything else as the program chose.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import logging
import os
import runpy
import signal
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

REPORTED = 32
_THREADS_PER_STEP = 4  # as the official host has it


def main() -> int:
    """Run the program that standard input names."""
    order = _receive()
    program: str = order["program"]
    # Modules of the program come first; those that lie beside this file are none of its business.
    sys.path[0] = program if os.path.isdir(program) else os.path.dirname(program)  # noqa: PTH112, PTH120  a str is what sys.path holds
    try:
        import pulumi  # noqa: F401  it may be missing from the program's environment
    except ModuleNotFoundError as error:
        if error.name != "pulumi":
            raise
        sys.stderr.write(
            f"error: {sys.executable} has no Pulumi SDK: install the project's dependencies there\n"
        )
        return REPORTED
    _configure(order)
    return _run(program, order["parallel"])


def _receive() -> dict[str, Any]:
    line = bytearray()
    while not line.endswith(b"\n"):
        chunk = os.read(0, 65536)
        if not chunk:
            sys.exit(REPORTED)
        line += chunk
    # From here on the program sees an empty standard input, and we hold the other one.
    tether = os.dup(0)
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    threading.Thread(target=_end_with_host, args=(tether,), daemon=True).start()
    order: dict[str, Any] = json.loads(line)
    return order


def _end_with_host(tether: int) -> None:
    while os.read(tether, 4096):
        pass
    # The whole group, since the program may have started others; we are its leader.
    os.killpg(0, signal.SIGTERM)


def _configure(order: dict[str, Any]) -> None:
    import pulumi.runtime

    pulumi.runtime.set_all_config(order["config"], order["config_secret_keys"])
    pulumi.runtime.configure(pulumi.runtime.Settings(**order["settings"]))
    engine = pulumi.runtime.settings.get_engine()
    if engine is not None:
        engine.Log = _Unhurried(engine.Log)


class _Unhurried:
    """Logging that waits for no answer when it only speaks to `--debug`.

    The SDK says four such things about each resource and waits for the engine's answer to each.
    """

    def __init__(self, call: Any) -> None:
        self._call = call

    def __call__(self, request: Any) -> Any:
        from pulumi.runtime.proto import engine_pb2

        if request.severity == engine_pb2.DEBUG:
            return self._call.future(request)
        return self._call(request)


def _run(program: str, parallel: int) -> int:
    import pulumi

    # Futures that nobody awaits are ordinary in a program that stops half-way; asyncio would list them all.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    sys.argv = [program]
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    executor = ThreadPoolExecutor(max_workers=max(parallel, 1) * _THREADS_PER_STEP)
    loop.set_default_executor(executor)
    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: _execute(program)))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return REPORTED
    except Exception as error:  # noqa: BLE001  whatever the program raises is shown as it raised it
        pulumi.log.error("Program failed with an unhandled exception:\n" + user_traceback(error, program))
        return REPORTED
    finally:
        executor.shutdown(wait=True)
        loop.close()
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _execute(program: str) -> None:
    import pulumi

    # runpy would go on looking for a `__main__` all over sys.path, and run somebody else's.
    if os.path.isdir(program) and not os.path.isfile(os.path.join(program, "__main__.py")):  # noqa: PTH112, PTH113, PTH118  see main
        raise pulumi.RunError(f"there is no __main__.py in {program}")
    runpy.run_path(program, run_name="__main__")


def user_traceback(error: BaseException, program: str) -> str:
    """The traceback as the program's author would see it: without what led from us to the program."""
    report = traceback.TracebackException.from_exception(error)
    directory = program if os.path.isdir(program) else os.path.dirname(program)  # noqa: PTH112, PTH120  see main
    for part in _chain(report):
        _drop_lead(part.stack, directory)
    return "".join(report.format())


def _chain(report: traceback.TracebackException | None) -> Iterator[traceback.TracebackException]:
    while report is not None:
        yield report
        report = report.__cause__ or report.__context__


def _drop_lead(stack: traceback.StackSummary, directory: str) -> None:
    theirs = [i for i, frame in enumerate(stack) if _is_theirs(frame.filename, directory)]
    ours = [i for i, frame in enumerate(stack) if _is_ours(frame.filename)]
    # Without a frame of theirs, at least ours say nothing.
    first = theirs[0] if theirs else (ours[-1] + 1 if ours else 0)
    del stack[:first]


def _is_theirs(file: str, directory: str) -> bool:
    return file.startswith(directory + os.sep) and "site-packages" not in file


def _is_ours(file: str) -> bool:
    # Frozen: the machinery that loads a main module.
    return file in (__file__, runpy.__file__) or file.startswith("<frozen ")


if __name__ == "__main__":
    code = main()
    atexit._run_exitfuncs()  # noqa: SLF001  what the program asked for
    sys.stdout.flush()
    sys.stderr.flush()
    # Taking the SDKs' classes apart as well would keep the engine waiting for half a second.
    os._exit(code)
