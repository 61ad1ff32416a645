#!/bin/sh
# Makes .venv from uv.lock. Needs Python 3.11 or newer; uv is used from PATH or installed into .venv.
# Writes to .venv, .sandbox/logs and the user's cache, and prints one line when something is missing.
set -eu

uv_version=0.13.8
log=.sandbox/logs/setup.log

fail() {
    echo "$1" >&2
    exit 1
}

# The newest interpreter that is good enough; PYTHON names one outright.
find_python() {
    for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python; do
        if [ -n "$candidate" ] && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer was not found. Install one, or name it: make up PYTHON=/path/to/python3"
}

python=$(find_python)
mkdir -p .sandbox/logs

# One at a time: two would take each other's half-made environment for their own.
if [ "${1:-}" != --alone ]; then
    exec "$python" -c '
import fcntl, subprocess, sys
with open(".sandbox/logs/setup.lock", "w") as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    sys.exit(subprocess.call(["sh", "scripts/setup.sh", "--alone"]))
'
fi

: >"$log"
here=$(pwd)
if [ -e .venv/.ready ] && [ "$(cat .venv/.ready)" != "$here" ]; then
    rm -rf .venv # the checkout was moved, and scripts in there name its old place
fi
if [ -e .venv ] && ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    rm -rf .venv # half-made, or of a Python that is gone
fi

if command -v uv >/dev/null 2>&1; then
    uv=uv
else
    if [ ! -x .venv/bin/uv ]; then
        echo "Setting up Python: first time, about half a minute" >&2
        "$python" -m venv .venv >>"$log" 2>&1 ||
            fail "$python cannot make an environment. Install its venv module (Debian: python3-venv) and run it again; log: $log"
        .venv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$uv_version" >>"$log" 2>&1 ||
            fail "uv $uv_version could not be installed. Check that pip reaches its package index and run it again; log: $log"
    fi
    uv=.venv/bin/uv
fi

# An environment that is there is kept, whichever Python it was made with.
if [ -x .venv/bin/python ]; then python=.venv/bin/python; fi
UV_PYTHON="$python" UV_PYTHON_DOWNLOADS=never "$uv" sync --frozen --quiet >>"$log" 2>&1 ||
    fail "The locked packages could not be installed. Check that uv reaches its package index and run it again; log: $log"
printf '%s\n' "$here" >.venv/.ready
