"""The project's own Python environment, ``.venv``: made or mended when needed, else found at once.

Only the standard library, and only syntax that Python 3.6 can parse, so that an old Python says
what is wrong with it.
"""

import contextlib
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

OLDEST = (3, 11)
if sys.version_info < OLDEST:
    found = f"{sys.version_info[0]}.{sys.version_info[1]}"
    sys.exit(f"Error: lernpy needs Python 3.11 or newer, and this is Python {found}")

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "lernpy-installed"  # the fingerprint of what was installed last
UNFINISHED = VENV / "lernpy-unfinished"  # there while a .venv of ours is not complete
LOG = VENV / "lernpy-install.log"
LOCK = ROOT / ".venv.lock"  # beside it, as all that is in it may be thrown away

# Python's own settings that are about output alone; all others change what is imported or run.
HARMLESS = {"PYTHONUNBUFFERED", "PYTHONIOENCODING", "PYTHONUTF8", "PYTHONDONTWRITEBYTECODE"}
ELSEWHERE = {"PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON", "PIP_NO_DEPS", "PIP_DRY_RUN"}
ELSEWHERE |= {"VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "CONDA_PREFIX", "CONDA_DEFAULT_ENV"}
ELSEWHERE |= {"__PYVENV_LAUNCHER__", "MYPYPATH", "PYTEST_PLUGINS"}
OFFLINE = re.compile(
    r"NewConnectionError|NameResolutionError|ProxyError|ConnectTimeout|Max retries exceeded"
    r"|name resolution|Failed to establish|Network is unreachable|getaddrinfo|timed out",
    re.IGNORECASE,
)


def environment() -> dict:
    """The variables of the caller without what would lead to other packages; ours come first."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if (name in HARMLESS or not name.startswith("PYTHON")) and name not in ELSEWHERE
    }
    kept["PATH"] = os.pathsep.join([str(PYTHON.parent), os.environ.get("PATH", os.defpath)])
    kept["PIP_USER"] = "0"
    return kept


def run(arguments: list, **options: object) -> subprocess.CompletedProcess:
    """Run the Python of ``.venv`` with these arguments."""
    return subprocess.run([str(PYTHON), *arguments], env=environment(), close_fds=False, **options)


def follow(arguments: list, **options: object) -> int:
    """The exit status of `run`, to the end also after Ctrl-C: the program saves what it has."""
    program = subprocess.Popen([str(PYTHON), *arguments], env=environment(), **options)
    while True:
        try:
            return program.wait()
        except KeyboardInterrupt:
            continue


def prepare(extra: str = "") -> None:
    """See to it that ``.venv`` holds lernpy (editable) with what `extra` asks for.

    An environment that is there is used, one that is broken, too old or was left half-made is made
    anew, and a folder that is no environment is left alone (an error). Where another process is at
    it, this one waits and uses what that has made.
    """
    if _is_ready(extra):
        return
    with _alone():
        if not _is_ready(extra):
            _mend(extra)


def _is_ready(extra: str) -> bool:
    version = _version()
    if version is None or version < OLDEST or UNFINISHED.exists():
        return False
    return _stamp() in {_fingerprint(version, each) for each in (extra, "test")}


def _mend(extra: str) -> None:
    """Make what is missing: the environment, what is installed in it, or both."""
    version = _version()
    if version is None or version < OLDEST or UNFINISHED.exists():
        _make(version)
        version = _version()
    _install(extra)
    STAMP.write_text(_fingerprint(version, extra))
    UNFINISHED.unlink(missing_ok=True)


@contextlib.contextmanager
def _alone() -> object:
    """One process at a time; the lock ends with it and with pip or venv, which may outlive it."""
    try:
        file = LOCK.open("a+")
    except OSError as error:
        stop(f"{LOCK} cannot be written: {error.strerror}")
    with file:
        os.set_inheritable(file.fileno(), True)
        if not _is_mine(file):
            print("another process is making .venv; waiting for it ...", flush=True)
            while not _is_mine(file):
                time.sleep(0.1)
        yield


def _is_mine(file: object) -> bool:
    """Try to take the lock; where the file system knows no locks it counts as taken."""
    try:
        if os.name == "nt":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True
    return True


def _version() -> tuple | None:
    """Which Python ``.venv`` has; None if there is none that starts and is an environment."""
    ask = "import sys; print(*sys.version_info[:3]); sys.exit(sys.prefix == sys.base_prefix)"
    try:
        found = run(["-I", "-c", ask], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return tuple(map(int, found.stdout.split())) if found.returncode == 0 else None
    except (OSError, ValueError):
        return None


def _stamp() -> str:
    try:
        return STAMP.read_text()
    except (OSError, ValueError):
        return ""


def _fingerprint(version: tuple, extra: str) -> str:
    """Changes with what would have to be installed: the project's needs, the Python, the place."""
    parts = [(ROOT / "pyproject.toml").read_bytes(), repr((version, extra, str(ROOT))).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _make(version: tuple | None) -> None:
    """Make ``.venv`` anew; what is there is thrown away only if it is an environment."""
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        name = "python{}.{}-venv".format(*sys.version_info)
        stop(f"this Python cannot make .venv (no venv or ensurepip); on Debian: apt install {name}")
    if version is not None and version < OLDEST:
        print(f"making .venv anew: its Python is {version[0]}.{version[1]}", flush=True)
    try:
        _clear()
    except OSError as error:
        stop(f"{VENV} cannot be made anew: {error}")
    base = getattr(sys, "_base_executable", None) or sys.executable  # not the one just cleared
    made = subprocess.run(
        [base, "-I", "-m", "venv", str(VENV)],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        close_fds=False,
    )
    if made.returncode:
        stop(f"{VENV} could not be made: {_last_line(made.stdout)}")


def _clear() -> None:
    """An empty ``.venv`` with the mark of an unfinished one, which is the last to go."""
    ours = UNFINISHED.exists() or (VENV / "pyvenv.cfg").exists()
    if os.path.lexists(str(VENV)) and not ours and not (VENV.is_dir() and not any(VENV.iterdir())):
        stop(f"{VENV} is there, but is no Python environment; move it away and try again")
    VENV.mkdir(exist_ok=True)
    UNFINISHED.touch()
    for entry in VENV.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(str(entry))
        elif entry != UNFINISHED:
            entry.unlink()


def _install(extra: str) -> None:
    """Install lernpy and what it needs with pip; one line says why it cannot be done."""
    what = "lernpy and the test tools" if extra else "lernpy"
    print(f"installing {what} into {VENV} (the first time takes a minute) ...", flush=True)
    if run(
        ["-m", "pip", "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ).returncode:
        run(["-m", "ensurepip", "--upgrade"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    target = f"{ROOT}[{extra}]" if extra else str(ROOT)
    options = ["--quiet", "--no-input", "--disable-pip-version-check"]
    with LOG.open("w+", encoding="utf-8", errors="replace") as log:
        done = run(
            ["-m", "pip", "install", *options, "--editable", target],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
        )
        log.seek(0)
        said = log.read()
    if done.returncode:
        offline = "there is no connection to the package index" if OFFLINE.search(said) else ""
        stop(f"lernpy could not be installed: {offline or _last_line(said)} (see {LOG})")


def _last_line(said: str) -> str:
    """The last error in an output, or its last line."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line[7:] for line in lines if line.startswith("ERROR: ")]
    return (errors or lines or ["it ended without a word"])[-1]


def stop(reason: str) -> None:
    """End the script with one line."""
    sys.exit(f"Error: {reason}")
