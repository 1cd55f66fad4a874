#!/bin/sh
# Makes the virtual environment with whatever this machine offers: venv, else uv, else (as root or by sudo) Debian's python3-venv.
# usage: venv.sh PYTHON DIR
set -eu
python=$1 dir=$2

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Enlace needs Python 3.11 or newer; $python is $("$python" --version 2>&1). Name another: make PY=/path/to/python3.12" >&2
    exit 1
}
"$python" -m venv "$dir" >/dev/null 2>&1 && [ -x "$dir/bin/pip" ] && exit 0
rm -rf "$dir"
command -v uv >/dev/null 2>&1 && { uv venv -q --seed --python "$python" "$dir" && exit 0; }

echo "Python's venv module is not complete here; fetching Debian's python3-venv ..." >&2
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo -n"
$as_root apt-get -qq update && $as_root apt-get -qq install -y --no-install-recommends python3-venv >/dev/null || {
    echo "Could not install it. Please run: sudo apt-get install python3-venv   and then make again." >&2
    exit 1
}
"$python" -m venv "$dir"
