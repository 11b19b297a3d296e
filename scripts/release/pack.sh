#!/usr/bin/env bash
# pack.sh VERSION TARGET FOLDER: makes the archive of a release from the wheel in FOLDER, so that both hold the same program.
#
# FOLDER/sincewhen-VERSION-TARGET.tar.gz holds one folder of that name: the program, README.md, LICENSE.
set -euo pipefail
version=$1 target=$2 folder=$3
here=$(cd "$(dirname "$0")/../.." && pwd)
name="sincewhen-$version-$target"
cd "$folder"
rm -rf "$name" && mkdir "$name"
python3 - "$name" <<'PYTHON'
import glob, pathlib, sys, zipfile
[wheel] = glob.glob("*.whl")
with zipfile.ZipFile(wheel) as archive:
    [member] = [m for m in archive.namelist() if ".data/scripts/" in m]
    program = pathlib.Path(sys.argv[1], member.rsplit("/", 1)[-1])
    program.write_bytes(archive.read(member))
    program.chmod(0o755)
PYTHON
cp "$here/README.md" "$here/LICENSE" "$name/"
tar -czf "$name.tar.gz" "$name"
rm -r "$name"
