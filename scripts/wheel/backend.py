"""How pip gets the wheel out of a checkout of this repository (PEP 517).

If scripts/action/releases.tsv lists a wheel of this checkout's version for this platform, that wheel is downloaded and compared with the
SHA-256 in the table: no Rust is needed, and a pinned commit pins the bytes. Otherwise maturin builds the wheel, which needs Rust.
SINCEWHEN_BUILD=1 always builds. No package index is asked for the program: whoever owns a name there is no part of the pinned commit.
"""

import hashlib
import os
import platform
import re
import shutil
import sysconfig
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MATURIN = "maturin>=1.9,<2"

TARGETS = {
    ("Linux", "x86_64"): "x86_64-unknown-linux-gnu",
    ("Linux", "aarch64"): "aarch64-unknown-linux-gnu",
    ("Darwin", "x86_64"): "x86_64-apple-darwin",
    ("Darwin", "arm64"): "aarch64-apple-darwin",
    ("Windows", "amd64"): "x86_64-pc-windows-msvc",
}


def version():
    """The version in Cargo.toml."""
    manifest = (ROOT / "Cargo.toml").read_text(encoding="utf-8")
    return re.search(r'^version = "([^"]+)"', manifest, re.MULTILINE).group(1)


def target():
    """The platform's name in the table. Wheels for Linux need glibc: on another C library there is none."""
    system = platform.system()
    machine = sysconfig.get_platform().rsplit("-", 1)[-1]
    if system == "Linux" and platform.libc_ver()[0] != "glibc":
        machine += "-" + (platform.libc_ver()[0] or "unknown-libc")
    return TARGETS.get((system, machine), f"{system}-{machine}")


def listed():
    """The SHA-256 and address of the released wheel, or None."""
    if os.environ.get("SINCEWHEN_BUILD"):
        return None
    wanted = [version(), "wheel", target()]
    for line in (ROOT / "scripts/action/releases.tsv").read_text(encoding="utf-8").splitlines():
        row = line.split("\t")
        if row[:3] == wanted:
            return row[3], row[4]
    return None


def get_requires_for_build_wheel(config_settings=None):
    return [] if listed() else [MATURIN]


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    release = listed()
    if release is None:
        if shutil.which("cargo") is None:
            raise SystemExit(
                f"sincewhen {version()}: this commit lists no released wheel for {target()}, and there is no cargo to build one. "
                "Install Rust, or use a commit that lists a release (see README.md)."
            )
        import maturin

        return maturin.build_wheel(wheel_directory, config_settings, metadata_directory)
    expected, address = release
    with urllib.request.urlopen(address, timeout=300) as answer:
        content = answer.read()
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise SystemExit(f"{address} is not the release: its SHA-256 is {found}, and {expected} is listed")
    name = address.rsplit("/", 1)[-1]
    Path(wheel_directory, name).write_bytes(content)
    return name
