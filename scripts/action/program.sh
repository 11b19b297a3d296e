#!/usr/bin/env bash
# Provides the program, and writes its absolute path to the step's output `binary`: an installed one (BINARY), a released one (VERSION,
# by default the newest of releases.tsv, checked against its SHA-256), or, only where BUILD is `true`, one built from the action's commit.
#
# Never starts in the checkout: cargo and rustup obey files of the folder in which they start and of those above it
# (rust-toolchain.toml can name any program as the compiler), and the checkout is the pull request's.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"

installed() {
  case "$BINARY" in
    /* | [A-Za-z]:*) ;;
    */* | *\\*) refuse "the input 'binary' is '$BINARY': give an absolute path, or the name of a program on the PATH" ;;
  esac
  binary=$(command -v -- "$BINARY") || refuse "the input 'binary' names '$BINARY', which is not an executable program"
  # A file that the checked-out commit brings along is the pull request's program.
  local known=0 said
  said=$(LC_ALL=C git -C "$(dirname "$binary")" ls-files --error-unmatch -- "$(basename "$binary")" 2>&1 > /dev/null) || known=$?
  case "$known:$said" in
    0:*) refuse "the input 'binary' names $binary, a file of the commit that is checked out: a pull request could replace it" ;;
    1:* | *"not a git repository"*) ;;
    *) refuse "it cannot be found out whether $binary, which the input 'binary' names, is a file of the commit that is checked out: $said" ;;
  esac
}

name_target() {
  suffix=
  case "$RUNNER_OS-$RUNNER_ARCH" in
    Linux-X64) target=x86_64-unknown-linux-gnu ;;
    Linux-ARM64) target=aarch64-unknown-linux-gnu ;;
    macOS-X64) target=x86_64-apple-darwin ;;
    macOS-ARM64) target=aarch64-apple-darwin ;;
    Windows-X64) target=x86_64-pc-windows-msvc suffix=.exe ;;
    *) target="$RUNNER_OS-$RUNNER_ARCH" ;;
  esac
}

sha256_of() {
  if command -v sha256sum > /dev/null; then sha256sum < "$1"; else shasum -a 256 < "$1"; fi | cut -d ' ' -f 1
}

# shellcheck disable=SC2153 # VERSION is the input; version is what the table says
released() {
  local row version sum address
  row=$(awk -F '\t' -v version="${VERSION#v}" -v target="$target" \
    '!/^#/ && $2 == "program" && $3 == target && (version == "" || $1 == version)' "$here/releases.tsv" | tail -n 1)
  [ -n "$row" ] || refuse "this commit of the action lists no released program${VERSION:+ of version $VERSION} for $target; give \
the input 'binary' (an installed sincewhen), or 'build: true' (needs Rust, and takes several minutes)"
  IFS=$'\t' read -r version _ _ sum address <<< "$row"
  # Relative names from here on: tar takes the colon of a Windows path for a host.
  cd "$RUNNER_TEMP"
  curl --fail --silent --show-error --location --retry 3 --max-time 300 --output sincewhen.tar.gz "$address" ||
    refuse "sincewhen $version cannot be downloaded from $address"
  if [ "$(sha256_of sincewhen.tar.gz)" != "$sum" ]; then
    rm -f sincewhen.tar.gz
    refuse "what $address holds is not that release: its SHA-256 is not $sum"
  fi
  mkdir -p "sincewhen-$version"
  tar -xzf sincewhen.tar.gz -C "sincewhen-$version" --strip-components 1
  binary="$RUNNER_TEMP/sincewhen-$version/sincewhen$suffix"
}

built() {
  command -v cargo > /dev/null || refuse "'build: true' needs Rust, and there is no cargo on the PATH"
  # In a copy that lies in no checkout: the action's own folder may be below one.
  cd "$RUNNER_TEMP"
  mkdir -p sincewhen-source
  (cd "$here/../.." && tar --exclude ./target --exclude ./.git -cf - .) | (cd sincewhen-source && tar -xf -)
  cd sincewhen-source
  cargo install --locked --quiet --path . --root ../sincewhen-built ||
    refuse "sincewhen cannot be built; the compiler's messages are above"
  binary="$RUNNER_TEMP/sincewhen-built/bin/sincewhen$suffix"
}

binary=
name_target
case "$BUILD" in
  true | false) ;;
  *) refuse "the input 'build' is '$BUILD'; it is true or false" ;;
esac
chosen=
for choice in "$BINARY" "$VERSION" "${BUILD#false}"; do chosen="$chosen${choice:+x}"; done
[ "${#chosen}" -le 1 ] || refuse "the inputs 'binary', 'version' and 'build' exclude each other"
if [ -n "$BINARY" ]; then installed; elif [ "$BUILD" = true ]; then built; else released; fi

"$binary" --version || refuse "$binary does not run here"
echo "binary=$binary" >> "$GITHUB_OUTPUT"
