"""Set up `.venv` from the hashed lock, then run one of the project's jobs.

    python3 .ci/do.py demo [--no-serve] [--port N]    the whole loop, on real input, told as a tour
    python3 .ci/do.py test [pytest arguments]         every check the project has
    python3 .ci/do.py faults [pytest arguments]       the long tests of faults: kills, losses of power, every byte

Needs Python 3.11 or newer and nothing else. The set-up is skipped while the lock, the project file and the
interpreter are the ones it was made from.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "made-from"
OLDEST = (3, 11)

# The test command, in the order in which a mistake is cheapest to find.
CHECKS = (
    ("format", ("ruff", "format", "--check", ".")),
    ("lint", ("ruff", "check", ".")),
    ("imports", ("lint-imports",)),
    ("types", ("mypy",)),
)


def fail(sentence: str) -> None:
    print(sentence, file=sys.stderr)
    raise SystemExit(1)


def quietly(*command: str, doing: str) -> None:
    """Run a set-up step; its output is shown only when it fails."""
    # The build backend finds its own executable on PATH, so the environment's folder comes first.
    paths = os.pathsep.join([str(BIN), os.environ.get("PATH", "")])
    done = subprocess.run(
        command, cwd=ROOT, text=True, capture_output=True, env={**os.environ, "PATH": paths}, check=False
    )
    if done.returncode:
        print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
        fail(f"Could not set up: {doing} failed.")


def recipe() -> str:
    """What the environment is made from; another answer means it is made anew."""
    made_from = hashlib.sha256(f"{sys.version}{ROOT}".encode())
    for name in ("requirements.lock", "pyproject.toml"):
        made_from.update((ROOT / name).read_bytes())
    return made_from.hexdigest()


def set_up() -> None:
    if sys.version_info < OLDEST:
        fail(
            f"This project needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this one is {sys.version.split()[0]}."
        )
    if STAMP.is_file() and STAMP.read_text() == recipe() and PYTHON.exists():
        return
    print("Setting up .venv from requirements.lock (once; about a minute) …", flush=True)
    began = time.monotonic()
    shutil.rmtree(VENV, ignore_errors=True)
    quietly(sys.executable, "-m", "venv", str(VENV), doing="making a virtual environment")
    pip = (str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    quietly(*pip, "--require-hashes", "-r", "requirements.lock", doing="installing the locked packages")
    quietly(*pip, "--no-deps", "--no-build-isolation", "-e", ".", doing="installing the project")
    STAMP.write_text(recipe())
    print(f"Ready after {time.monotonic() - began:.0f} s.", flush=True)


def demo(arguments: list[str]) -> int:
    return subprocess.run([BIN / "wallet", "demo", *arguments], cwd=ROOT, check=False).returncode


def test(arguments: list[str]) -> int:
    """Every check; the first that fails ends the run, and its name is the last line."""
    for name, command in CHECKS:
        print(f"— {name}", flush=True)
        if subprocess.run([BIN / command[0], *command[1:]], cwd=ROOT, check=False).returncode:
            fail(f"The check '{name}' failed.")
    print("— tests", flush=True)
    workers = ["-n", "2"] if (os.cpu_count() or 1) > 1 else []
    return subprocess.run([PYTHON, "-m", "pytest", *workers, *arguments], cwd=ROOT, check=False).returncode


def faults(arguments: list[str]) -> int:
    """What `test` samples, in full: tens of minutes."""
    command = [PYTHON, "-m", "pytest", "-m", "long", "tests/faults", "-p", "no:randomly", "-v", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def main() -> int:
    jobs = {"demo": demo, "test": test, "faults": faults, "setup": lambda _: 0}
    if len(sys.argv) < 2 or sys.argv[1] not in jobs:
        print(__doc__)
        return 2
    set_up()
    try:
        return jobs[sys.argv[1]](sys.argv[2:])
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    raise SystemExit(main())
