"""One command to test: ``python3 scripts/test.py [--no-skip] [pytest's arguments ...]``.

It makes the environment ``.venv`` with the test tools and runs ruff, mypy, import-linter, tsc (the
types of the player's modules) and pytest (with the examples of the docstrings and of README.md). All
stages run, also after one has failed. What needs a tool which is not on this machine is skipped with
a message; with ``--no-skip`` that is a failure, but for the want of a GPU or of the folder
``../shared``.
"""

import os
import shutil
import subprocess
import sys
import time

import environment

LAYERS = "from importlinter.cli import lint_imports_command; lint_imports_command()"
STAGES = (
    ("ruff check", ["-m", "ruff", "check", "--quiet", "."]),
    ("ruff format", ["-m", "ruff", "format", "--quiet", "--check", "."]),
    ("mypy --strict", ["-m", "mypy", "--strict"]),
    ("import-linter", ["-c", LAYERS]),
)
QUIET = {"cwd": environment.ROOT, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}


def check(arguments: list[str]) -> int:
    """Run a stage; what it says is shown only if it fails."""
    return shown(environment.run(arguments, **QUIET))


def shown(done: subprocess.CompletedProcess) -> int:
    if done.returncode:
        sys.stdout.flush()
        sys.stdout.buffer.write(done.stdout)
    return done.returncode


def tsc(arguments: list[str]) -> int:
    """Check the types of the player's modules, where TypeScript is installed."""
    folders = [str(environment.ROOT / ".ci/node_modules/.bin"), os.environ.get("PATH", os.defpath)]
    program = shutil.which("tsc", path=os.pathsep.join(folders))
    if program:
        return shown(subprocess.run([program, "--project", ".ci"], **QUIET))
    print("tsc is not here; node and `npm ci --prefix .ci` bring it")
    return int("--no-skip" in arguments)


def pytest(arguments: list[str]) -> int:
    """Run the tests; what pytest says is shown as it comes."""
    command = ["-m", "pytest", "-q", "-rfEs", *arguments]
    return environment.follow(command, cwd=environment.ROOT)


def timed(name: str, stage, *arguments) -> bool:
    """Run a stage, print its name, result and seconds; whether it passed."""
    start = time.monotonic()
    status = stage(*arguments)
    seconds = time.monotonic() - start
    print(f"{name}: {'FAILED' if status else 'ok'}, {seconds:.1f} s", flush=True)
    return status == 0


def main() -> int:
    if {"-h", "--help"} & set(sys.argv[1:]):
        print(__doc__)
        return 0
    start = time.monotonic()
    environment.prepare("test")
    passed = {name: timed(name, check, arguments) for name, arguments in STAGES}
    passed["tsc"] = timed("tsc --checkJs --strict", tsc, sys.argv[1:])
    passed["pytest"] = timed("pytest", pytest, sys.argv[1:])
    failed = [name for name, well in passed.items() if not well]
    verdict = f"FAILED: {', '.join(failed)}" if failed else f"all {len(passed)} stages passed"
    print(f"{verdict} ({time.monotonic() - start:.0f} s)")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
