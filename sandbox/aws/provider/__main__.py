"""Run the stand-in plugin: `python -m sandbox.aws.provider`. Its first line is its port."""

from __future__ import annotations

import gc
import importlib
import os
import signal
import stat
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from sandbox.aws.provider.servicer import Provider

_WORKERS = 16  # the engine works on as many resources at once as there are cores, four times over
_GRACE = 1.0  # seconds for calls under way
# Policy documents and whole states are larger than gRPC's four megabytes at times.
_LIMIT = 400 * 1024 * 1024
_OPTIONS = [
    ("grpc.max_receive_message_length", _LIMIT),
    ("grpc.max_send_message_length", _LIMIT),
    ("grpc.so_reuseport", 0),
]


def main() -> int:
    """Serve on a free port of 127.0.0.1 until a signal, or until the engine is gone.

    The engine ends a plugin with SIGINT, and holds the other end of its standard input meanwhile.
    """
    gc.set_threshold(100_000)  # the SDK's classes stay: looking through them often costs a fifth of a preview
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    if stat.S_ISFIFO(os.fstat(0).st_mode):
        threading.Thread(target=_watch, args=(stop,), daemon=True).start()
    server = grpc.server(ThreadPoolExecutor(max_workers=_WORKERS), options=_OPTIONS)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    # While the engine asks its first questions: the first call to AWS need not wait for it then.
    importlib.import_module("boto3")
    stop.wait()
    server.stop(_GRACE).wait()
    return 0


def _watch(stop: threading.Event) -> None:
    # Not sys.stdin: a thread asleep in a buffered read makes the interpreter's exit fail.
    while os.read(0, 4096):
        pass
    stop.set()


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # Taking the SDK's classes apart first would keep the engine waiting for a third of a second.
    os._exit(code)
