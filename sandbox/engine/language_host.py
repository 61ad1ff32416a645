"""The entry of the sandbox's Python language host: starts the gRPC service and prints its port.

The engine starts it, reads the port from its first line, keeps its standard input open, and ends it with an
interrupt. It ends quietly on that, on SIGTERM, and when the engine is gone.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import sys
import threading
import types
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# `pulumi/__init__` imports the whole SDK, 0.5 s at every call of the engine, of which the host needs only
# the messages. Empty packages in their places give the messages without the SDK.
_HOLLOW = ("pulumi", "pulumi.runtime", "pulumi.runtime.proto")


def main(arguments: Sequence[str]) -> None:
    """Serve until the engine has had enough.

    Args:
        arguments: the engine's; the last one is the address of its own gRPC service.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=_watch, args=(stop,), daemon=True).start()
    hollow_out()
    _serve(arguments[-1] if arguments else "", stop)


def hollow_out() -> None:
    """Put empty packages in the places of the SDK's; only for a process that does not run programs."""
    if "pulumi" in sys.modules:
        return
    found = importlib.util.find_spec("pulumi")
    if found is None or found.origin is None or importlib.util.find_spec("grpc") is None:
        sys.exit("the sandbox's environment has no Pulumi SDK: run `make up`")
    root = Path(found.origin).parent.parent
    for name in _HOLLOW:
        package = types.ModuleType(name)
        package.__path__ = [str(root.joinpath(*name.split(".")))]
        sys.modules[name] = package


def _serve(engine_address: str, stop: threading.Event) -> None:
    # After hollow_out: these import the SDK's messages.
    from concurrent.futures import ThreadPoolExecutor

    import grpc
    from pulumi.runtime.proto import language_pb2_grpc

    from sandbox.engine.children import Children
    from sandbox.engine.language_service import WORKERS, LanguageService

    children = Children()
    server = grpc.server(
        ThreadPoolExecutor(max_workers=WORKERS),
        # A stack's configuration and a program's plan may be larger than gRPC's 4 MB.
        options=[("grpc.max_receive_message_length", 400 * 1024 * 1024)],
    )
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(LanguageService(engine_address, children), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    stop.wait()
    children.end_all()
    server.stop(grace=1).wait()


def _watch(stop: threading.Event) -> None:
    # Not sys.stdin: a thread that sleeps in a buffered read makes the interpreter's exit fail.
    while os.read(0, 4096):
        pass
    stop.set()
