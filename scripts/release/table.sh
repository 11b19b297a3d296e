#!/usr/bin/env bash
# table.sh VERSION ADDRESS FOLDER: prints the rows for scripts/action/releases.tsv, for the archives and wheels in FOLDER that will stand
# below ADDRESS.
set -euo pipefail
version=$1 address=$2 folder=$3
cd "$folder"
row() { printf '%s\t%s\t%s\t%s\t%s/%s\n' "$version" "$1" "$2" "$(sha256sum < "$3" | cut -d ' ' -f 1)" "$address" "$3"; }
for file in "sincewhen-$version-"*.tar.gz; do
  target=${file#"sincewhen-$version-"}
  row program "${target%.tar.gz}" "$file"
done
for file in "sincewhen-$version-"*.whl; do
  case "$file" in
    *manylinux*x86_64.whl) row wheel x86_64-unknown-linux-gnu "$file" ;;
    *manylinux*aarch64.whl) row wheel aarch64-unknown-linux-gnu "$file" ;;
    *macosx*x86_64.whl) row wheel x86_64-apple-darwin "$file" ;;
    *macosx*arm64.whl) row wheel aarch64-apple-darwin "$file" ;;
    *win_amd64.whl) row wheel x86_64-pc-windows-msvc "$file" ;;
    *) echo "no target is known for $file" >&2; exit 1 ;;
  esac
done
