#!/usr/bin/env python3
"""Set up CRMDesk on this computer and run, test or measure it.

    python3 dev.py run          open the window on a sample store; without a display, do a tour and keep its pictures
    python3 dev.py test         ruff, mypy and all tests; with words of your own, pytest with these words
    python3 dev.py lint         only ruff and mypy
    python3 dev.py bench        the benchmarks; further words go to them
    python3 dev.py shots        a picture of every page; further words go to the script
    python3 dev.py catalogues   collect the texts for the translators and compile what they translated
    python3 dev.py lock         choose the newest allowed versions of all libraries and lock them

Needs nothing but Python: the libraries go into the folder .venv beside this file, in the versions that
requirements-dev.txt locks with their hashes.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCK = HERE / "requirements-dev.txt"
OUT = HERE / "out"
SAMPLE_PASSPHRASE = "only a sample for trying out"
OLDEST_PYTHON = (3, 11)
SYSTEMS = ("linux", "win32", "darwin")

# What Qt's wheel expects of the system, and the Debian package that has it: always, and for a window on the screen.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
WINDOW_LIBRARIES = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
# Programs that some tests ask for a second opinion on PDFs and on workbooks, and the desktop's message bus: 100 MB, most of it LibreOffice without
# its windows.
TEST_PROGRAMS = {"pdffonts": "poppler-utils", "soffice": "libreoffice-calc-nogui", "dbus-run-session": "dbus"}


class Trouble(Exception):
    """Tell the person what is missing and what to do about it."""


def say(text: str) -> None:
    """Print a line at once, so that it stands above the output of what it announces."""
    print(text, flush=True)


def attempt(*command: str | Path, **environment: str) -> int:
    """Run a command in the project's folder and return its exit code."""
    words = [str(part) for part in command]
    return subprocess.run(words, cwd=HERE, env={**os.environ, **environment}, check=False).returncode


def run(*command: str | Path, **environment: str) -> None:
    """Run a command in the project's folder; its failure ends this program with its exit code."""
    code = attempt(*command, **environment)
    if code:
        sys.exit(code)


def is_root() -> bool:
    """Return whether system packages may be installed without asking."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def install_system_packages(packages: list[str], why: str) -> None:
    """Install Debian packages as root, else raise `Trouble` with the command that does it."""
    names = " ".join(sorted(packages))
    if not shutil.which("apt-get"):
        raise Trouble(f"{why} On Debian and Ubuntu they are called: {names}\nInstall them, then run this again.")
    if not is_root():
        raise Trouble(f"{why} Install them, then run this again:\n    sudo apt-get install {names}")
    say(f"Installing system packages: {names}")
    update_package_lists()
    run(
        "apt-get",
        "install",
        "-y",
        "-qq",
        "--no-install-recommends",
        *sorted(packages),
        DEBIAN_FRONTEND="noninteractive",
    )


@lru_cache(maxsize=1)
def update_package_lists() -> None:
    """Let apt know what there is, once."""
    run("apt-get", "update", "-qq")


def is_loadable(library: str) -> bool:
    """Return whether the system's loader finds a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def prepare_qt() -> None:
    """See to the system libraries that Qt needs on Linux; Windows and macOS have them."""
    if platform.system() != "Linux":
        return
    wanted = {**QT_LIBRARIES, **WINDOW_LIBRARIES} if has_display() else QT_LIBRARIES
    missing = [package for library, package in wanted.items() if not is_loadable(library)]
    if missing:
        install_system_packages(missing, "The window needs some system libraries that are missing here.")


def prepare_test_programs() -> None:
    """Install what some tests use beside Python, where that needs no question; they are left out otherwise."""
    missing = [package for program, package in TEST_PROGRAMS.items() if not shutil.which(program)]
    if missing and shutil.which("apt-get") and is_root():
        install_system_packages(missing, "Some tests use programs that are missing here.")
    elif missing:
        say(f"Some tests need {' '.join(missing)} and are left out.")


def has_venv_parts() -> bool:
    """Return whether this Python can make environments; Debian ships that part as a package of its own."""
    found = subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True, check=False)
    return found.returncode == 0


def make_environment() -> None:
    """Make `.venv` with this Python, unless there is one that works."""
    if PYTHON.exists() and subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode == 0:
        return
    if not has_venv_parts():
        version = "python{}.{}-venv".format(*sys.version_info[:2])
        install_system_packages([version], "This Python can't make environments yet; Debian keeps that part apart.")
    say(f"Making an environment in {VENV}")
    run(sys.executable, "-m", "venv", "--clear", VENV)


def fingerprint() -> str:
    """Return what the environment was made of, so that it is brought up to date exactly when that changes."""
    digest = hashlib.sha256(LOCK.read_bytes() + (HERE / "pyproject.toml").read_bytes())
    return f"{digest.hexdigest()} {HERE}"


def prepare() -> None:
    """Make the environment, install the locked libraries and, in place, CRMDesk itself."""
    make_environment()
    stamp = VENV / "crmdesk-installed"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == fingerprint():
        return
    say("Installing the libraries that requirements-dev.txt locks (some 200 MB the first time)")
    pip = (PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    run(*pip, "--require-hashes", "--no-deps", "--requirement", LOCK)
    run(*pip, "--no-deps", "--no-build-isolation", "--no-index", "--editable", HERE)
    stamp.write_text(fingerprint(), encoding="utf-8")


def has_display() -> bool:
    """Return whether a window can be shown here."""
    if platform.system() != "Linux":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run_program(words: list[str]) -> None:
    """Open the window on a sample store, or do the tour where there is no display."""
    prepare_qt()
    prepare()
    if not has_display():
        say("There is no display here, so CRMDesk shows its main job without a window.")
        run(PYTHON, HERE / "tools" / "headless_tour.py", *words, QT_QPA_PLATFORM="offscreen")
        return
    store = OUT / "sample.crmdesk"
    key_file = OUT / "sample-passphrase.txt"
    crmdesk = (PYTHON, "-m", "crmdesk", "--passphrase-file", key_file)
    OUT.mkdir(exist_ok=True)
    key_file.write_text(f"{SAMPLE_PASSPHRASE}\n", encoding="utf-8")
    if not store.exists():
        say(f"Making a sample store: {store}")
        run(*crmdesk, "init", store, "--sample")
    say(f"Opening {store}; its passphrase is: {SAMPLE_PASSPHRASE}")
    run(*crmdesk, "open", store, *words)


def read_code() -> dict[str, int]:
    """Let ruff read the code, and mypy as each of our systems would run it; return the exit code of each."""
    say("ruff")
    codes = {"ruff": attempt(PYTHON, "-m", "ruff", "check", "--quiet", "--output-format", "concise")}
    codes["ruff format"] = attempt(PYTHON, "-m", "ruff", "format", "--check", "--quiet")
    for system in SYSTEMS:
        say(f"mypy for {system}")
        codes[f"mypy for {system}"] = attempt(PYTHON, "-m", "mypy", "--no-error-summary", "--platform", system, "--cache-dir", f".mypy_cache/{system}")
    return codes


def finish(codes: dict[str, int]) -> None:
    """Say what failed, if something did, and end with its exit code."""
    failed = [name for name, code in codes.items() if code]
    if failed:
        say(f"Failed: {', '.join(failed)}")
        sys.exit(codes[failed[-1]])


def lint(words: list[str]) -> None:
    """Check the code without running it."""
    prepare()
    finish(read_code())


def test(words: list[str]) -> None:
    """Check the code and run the tests without a screen; one failure does not hide the next."""
    prepare_qt()
    prepare_test_programs()
    prepare()
    codes = {} if words else read_code()
    say("pytest")
    codes["pytest"] = attempt(PYTHON, "-m", "pytest", *(words or ["-n", "2"]), QT_QPA_PLATFORM="offscreen")
    finish(codes)


def bench(words: list[str]) -> None:
    """Measure what it costs, beside the raw floor."""
    prepare_qt()
    prepare()
    run(PYTHON, HERE / "benchmarks" / "run.py", *words, QT_QPA_PLATFORM=os.environ.get("QT_QPA_PLATFORM", "offscreen"))


def shots(words: list[str]) -> None:
    """Make a picture of every page."""
    prepare_qt()
    prepare()
    run(PYTHON, HERE / "tools" / "shots.py", *words, QT_QPA_PLATFORM="offscreen")


def catalogues(words: list[str]) -> None:
    """Collect the texts for the translators and compile what they translated."""
    prepare()
    run(PYTHON, HERE / "tools" / "catalogues.py", *words)


def lock(words: list[str]) -> None:
    """Choose the newest allowed versions for every platform at once and lock them with their hashes."""
    prepare()
    uv: list[str | Path] = [
        PYTHON,
        "-m",
        "uv",
        "pip",
        "compile",
        "pyproject.toml",
        "--quiet",
        "--universal",
        "--generate-hashes",
        *words,
    ]
    uv += ["--python-version", "{}.{}".format(*OLDEST_PYTHON), "--custom-compile-command", "python dev.py lock"]
    # No address of any package index gets into the files: everyone installs from their own.
    uv += ["--no-emit-index-url", "--no-emit-find-links", "--no-emit-index-annotation"]
    run(*uv, "--upgrade", "--output-file", "requirements.txt")
    run(*uv, "--upgrade", "--constraint", "requirements.txt", "--group", "dev", "--output-file", LOCK.name)


COMMANDS = {
    "run": run_program,
    "test": test,
    "lint": lint,
    "bench": bench,
    "shots": shots,
    "catalogues": catalogues,
    "lock": lock,
}


def main() -> int:
    """Do what the command line says."""
    name, words = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("", [])
    if name not in COMMANDS:
        print(__doc__)
        return 0 if name in {"", "help", "-h", "--help"} else 2
    if sys.version_info < OLDEST_PYTHON:
        wanted, here = "{}.{}".format(*OLDEST_PYTHON), platform.python_version()
        print(f"CRMDesk needs Python {wanted} or newer; this is {here}. Start it so: python{wanted} dev.py {name}")
        return 2
    try:
        COMMANDS[name](words)
    except Trouble as trouble:
        print(trouble)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
