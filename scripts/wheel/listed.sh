# shellcheck shell=bash
# Sourced by the scripts that try the wheel. They set `here`, the repository, and `work`, a temporary folder.
: "${here:?}" "${work:?}"

# listed_copy WHEEL FOLDER ADDRESS: makes FOLDER what a user gets of this repository at a commit that lists WHEEL as released below ADDRESS.
# Sources are left out: nothing can be built from it.
listed_copy() {
  local wheel=$1 folder=$2 address=$3 version
  version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$here/Cargo.toml" | head -n 1)
  mkdir -p "$folder/scripts/action"
  cp "$here"/{pyproject.toml,Cargo.toml,README.md,LICENSE,.pre-commit-hooks.yaml} "$folder/"
  cp -r "$here/scripts/wheel" "$folder/scripts/"
  printf '%s\twheel\t%s\t%s\t%s/%s\n' "$version" "$(uname -m)-unknown-linux-gnu" "$(sha256sum < "$wheel" | cut -d ' ' -f 1)" \
    "$address" "$(basename "$wheel")" > "$folder/scripts/action/releases.tsv"
}

# without_rust COMMAND...: runs a command with the PATH of a user who has no Rust, in an environment that is otherwise empty.
without_rust() { env -i HOME="$work" PATH="$work/venv/bin:/usr/bin:/bin" LC_ALL=C.UTF-8 TMPDIR="${TMPDIR:-/tmp}" "$@"; }

# serve FOLDER: serves it on the loopback address, and sets `address`. The server ends with the script.
serve() {
  python3 -u -m http.server --bind 127.0.0.1 --directory "$1" 0 > "$work/server.log" 2>&1 &
  # shellcheck disable=SC2034 # ended by the script's trap
  server=$!
  local tries=0
  until address=$(sed -n 's/.*(\(http:[^ ]*\)\/).*/\1/p' "$work/server.log") && [ -n "$address" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || { cat "$work/server.log" >&2; return 1; }
    sleep 0.1
  done
}

# wheel_of [WHEEL]: sets `wheel` to an absolute path: the given one, or one built here from the sources (needs Rust).
wheel_of() {
  if [ -n "${1:-}" ]; then
    wheel=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
  else
    SINCEWHEN_BUILD=1 python3 -m pip wheel --quiet --no-deps --wheel-dir "$work/out" "$here"
    wheel=$(echo "$work"/out/*.whl)
  fi
}
