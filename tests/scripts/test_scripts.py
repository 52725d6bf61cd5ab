"""scripts/: one command to run, one to test, on a small project of the same make.

The sandbox is a project called lernpy without any need of its own and with a build backend that
lies beside it, so that the real venv and the real pip do their work without a network.
"""

from __future__ import annotations

import ast
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ("demo.py", "environment.py", "test.py")
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "lernpy"
version = "1"
"""
BACKEND = """
import pathlib, zipfile
def get_requires_for_build_editable(config_settings=None): return []
def build_editable(folder, config_settings=None, metadata_directory=None):
    here, name = pathlib.Path(__file__).parent, "lernpy-1-py3-none-any.whl"
    info = {"METADATA": "Metadata-Version: 2.1\\nName: lernpy\\nVersion: 1\\n",
            "WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"}
    for line in (here / "needs.txt").read_text().split():
        info["METADATA"] += f"Requires-Dist: {line}\\n"
    with zipfile.ZipFile(pathlib.Path(folder, name), "w") as wheel:
        wheel.writestr("lernpy.pth", str(here))
        for file, text in info.items(): wheel.writestr(f"lernpy-1.dist-info/{file}", text)
        wheel.writestr("lernpy-1.dist-info/RECORD", "")
    return name
"""
COMMAND = """
import os, sys
print("lernpy", *sys.argv[1:], "in", os.getcwd())
sys.exit(3 if "--wrong" in sys.argv else 0)
"""


class Sandbox:
    """A copy of the scripts in a project of their own."""

    def __init__(self, root: Path) -> None:
        self.root, self.venv = root, root / ".venv"
        (root / "scripts").mkdir(parents=True)
        for name in SCRIPTS:
            shutil.copy(ROOT / "scripts" / name, root / "scripts")
        self.write("pyproject.toml", PROJECT)
        self.write("backend.py", BACKEND)
        self.write("needs.txt", "")
        self.write("lernpy/__init__.py", "")
        self.write("lernpy/__main__.py", COMMAND)

    def write(self, name: str, text: str) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text)

    def demo(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run scripts/demo.py in another folder than the project's."""
        elsewhere = self.root.parent / "elsewhere"
        elsewhere.mkdir(exist_ok=True)
        return subprocess.run(
            [sys.executable, str(self.root / "scripts" / "demo.py"), *arguments],
            capture_output=True,
            text=True,
            cwd=elsewhere,
            env={**os.environ, **environment},
            timeout=120,
        )

    def python(self) -> Path:
        return self.venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    return Sandbox(tmp_path / "a project")


def test_first_run_installs_and_second_does_not(sandbox: Sandbox) -> None:
    """Also with variables of the caller that would lead elsewhere: they do not leak in."""
    sandbox.write("wrong/lernpy/__main__.py", "raise SystemExit('the wrong lernpy')")
    wrong = str(sandbox.root / "wrong")
    astray = dict.fromkeys(("PYTHONPATH", "VIRTUAL_ENV", "PIP_TARGET"), wrong)
    first = sandbox.demo("--epochs", "5", PIP_USER="1", PYTHONWARNINGS="error", **astray)
    assert first.returncode == 0, first.stderr
    assert "installing lernpy into" in first.stdout
    said = "lernpy train digits --test 0.2 --save digits.json --epochs 5 in "
    assert said + str(sandbox.root.parent / "elsewhere") in first.stdout
    assert "What to try next:" in first.stdout and "predict digits.json" in first.stdout

    second = sandbox.demo("--save", "mine.json")
    assert second.returncode == 0 and "installing" not in second.stdout
    assert "--save mine.json" in second.stdout and "predict mine.json" in second.stdout

    sandbox.write("pyproject.toml", PROJECT + 'dynamic = []\ndescription = "changed"\n')
    assert "installing" in sandbox.demo().stdout  # the project asks for something else now
    assert sandbox.demo("--wrong").returncode == 3  # what lernpy says is what the demo says


def test_two_first_runs_at_once_make_one_environment(sandbox: Sandbox) -> None:
    """One installs, the other waits and uses it; a killed one leaves no lock behind, but for what
    it had started and what still writes into the folder."""
    sandbox.write("backend.py", "import time; time.sleep(1)\n" + BACKEND)
    command = [sys.executable, str(sandbox.root / "scripts" / "demo.py")]

    def start() -> subprocess.Popen[str]:
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return subprocess.Popen(command, text=True, cwd=sandbox.root.parent, **pipes)

    killed = start()
    while not (sandbox.venv / "lernpy-unfinished").exists():
        time.sleep(0.01)
    killed.kill()
    killed.communicate(timeout=60)

    both = [start(), start()]
    said = [program.communicate(timeout=120)[0] for program in both]
    assert [program.returncode for program in both] == [0, 0], said
    assert sorted("installing lernpy into" in text for text in said) == [False, True]
    assert any("another process is making .venv" in text for text in said)
    assert all("What to try next:" in text for text in said)


def test_an_interrupted_first_run_is_begun_anew(sandbox: Sandbox) -> None:
    command = [sys.executable, str(sandbox.root / "scripts" / "demo.py")]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    while not (sandbox.venv / "pyvenv.cfg").exists():
        assert process.poll() is None
        time.sleep(0.01)
    kill_all(process)
    (sandbox.venv / "rubbish").write_text("left by the interrupted run")

    again = sandbox.demo()

    assert again.returncode == 0, again.stderr
    assert not (sandbox.venv / "rubbish").exists()


def kill_all(process: subprocess.Popen[bytes]) -> None:
    """End a script and what it has started, without notice."""
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def test_a_healthy_environment_of_the_users_is_used(sandbox: Sandbox) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", sandbox.venv], check=True)
    (sandbox.venv / "mine").write_text("keep this")
    done = sandbox.demo()
    assert done.returncode == 0, done.stderr
    assert (sandbox.venv / "mine").read_text() == "keep this"


def test_an_environment_that_does_not_start_is_made_anew(sandbox: Sandbox) -> None:
    sandbox.venv.mkdir()
    (sandbox.venv / "pyvenv.cfg").write_text("home = /nowhere\n")
    done = sandbox.demo()
    assert done.returncode == 0, done.stderr
    assert sandbox.python().exists()


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_what_is_no_environment_is_left_alone(sandbox: Sandbox, kind: str) -> None:
    precious = sandbox.venv if kind == "file" else sandbox.root / "mine" / "precious"
    precious.parent.mkdir(exist_ok=True)
    precious.write_text("years of work")
    if kind == "folder":
        precious.parent.rename(sandbox.venv)
        precious = sandbox.venv / "precious"
    elif kind == "link":
        sandbox.venv.symlink_to(precious.parent)
    done = sandbox.demo()
    assert done.returncode == 1 and done.stdout == ""
    assert one_line(done.stderr).endswith("is no Python environment; move it away and try again")
    assert precious.read_text() == "years of work"


def one_line(said: str) -> str:
    assert said.startswith("Error: ") and said.count("\n") == 1, said
    return said.strip()


def test_without_a_network_one_line_says_so(sandbox: Sandbox) -> None:
    sandbox.write("needs.txt", "numpy")
    done = sandbox.demo(
        PIP_CONFIG_FILE=os.devnull,
        PIP_INDEX_URL="http://127.0.0.1:9/simple",
        PIP_EXTRA_INDEX_URL="",
        PIP_FIND_LINKS="",
        PIP_RETRIES="1",
        NO_PROXY="127.0.0.1",
    )
    assert done.returncode == 1
    assert "there is no connection to the package index (see " in one_line(done.stderr)


def test_what_pip_refuses_is_said_in_one_line(sandbox: Sandbox) -> None:
    sandbox.write("needs.txt", "numpy")
    done = sandbox.demo(PIP_NO_INDEX="1", PIP_CONFIG_FILE=os.devnull, PIP_FIND_LINKS="")
    assert done.returncode == 1
    assert "installed: No matching distribution found for numpy" in one_line(done.stderr)


AN_OLD_PYTHON = "import runpy, sys; sys.version_info = (3, 10, 2); runpy.run_path(sys.argv[1])"
NO_ENSUREPIP = """
import importlib.util, runpy, sys
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "ensurepip" else find(name, *rest)
sys.path.insert(0, sys.argv[2])
runpy.run_path(sys.argv.pop(1), run_name="__main__")
"""


@pytest.mark.parametrize("name", SCRIPTS)
def test_an_old_python_says_so(name: str) -> None:
    path = ROOT / "scripts" / name
    ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 6))  # it can read that far
    done = subprocess.run(
        [sys.executable, "-c", AN_OLD_PYTHON, path],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(path.parent)},
    )
    assert done.returncode == 1
    assert one_line(done.stderr) == (
        "Error: lernpy needs Python 3.11 or newer, and this is Python 3.10"
    )


def test_a_python_without_ensurepip_says_what_to_install(sandbox: Sandbox) -> None:
    scripts = sandbox.root / "scripts"
    done = subprocess.run(
        [sys.executable, "-c", NO_ENSUREPIP, scripts / "demo.py", scripts],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    wanted = "python{}.{}-venv".format(*sys.version_info)
    assert one_line(done.stderr).endswith(f"on Debian: apt install {wanted}")
    assert not sandbox.venv.exists()


RUN_HERE = """
import pathlib, sys
sys.path.insert(0, sys.argv.pop(1))
import environment, test
environment.prepare = lambda extra: print("prepared", extra)
environment.PYTHON = pathlib.Path(sys.executable)
sys.exit(test.main())
"""
WHOLE = {
    "lernpy/__init__.py": '"""Nothing."""\n',
    "lernpy/__main__.py": "",
    "test_it.py": "def test_it() -> None:\n    assert True\n",
}
BROKEN = {
    "lernpy/__init__.py": "import os\n",  # unused: ruff
    "lernpy/high.py": "x: int = 'one'\n",  # not formatted, and no number: ruff, mypy
    "lernpy/low.py": "import lernpy.high\n",  # upwards: import-linter
    "test_it.py": "def test_it() -> None:\n    assert 1 == 2\n",
}
TOOLS = """
[tool.ruff]
extend-exclude = ["scripts", "backend.py"]
[tool.mypy]
packages = ["lernpy"]
[tool.importlinter]
root_package = "lernpy"
[[tool.importlinter.contracts]]
name = "down"
type = "layers"
layers = ["(high)", "(low)"]
containers = ["lernpy"]
"""


@pytest.fixture
def stages(sandbox: Sandbox) -> Callable[..., subprocess.CompletedProcess[str]]:
    """scripts/test.py with the tools of the environment that runs this test."""

    def run(files: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
        sandbox.write("pyproject.toml", PROJECT + TOOLS)
        for name, text in files.items():
            sandbox.write(name, text)
        return subprocess.run(
            [sys.executable, "-c", RUN_HERE, sandbox.root / "scripts", *arguments],
            capture_output=True,
            text=True,
            cwd=sandbox.root.parent,
        )

    return run


def test_all_stages_run_and_the_tests_summary_stays(
    stages: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = stages(WHOLE, "test_it.py")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "prepared test"
    assert any(line.startswith("1 passed in ") for line in lines)
    assert lines[-1].startswith("all 6 stages passed (")


def test_types_of_the_modules_are_a_stage_where_their_checker_is(
    sandbox: Sandbox, stages: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    done = stages(WHOLE, "test_it.py")
    assert "tsc is not here; node and `npm ci --prefix .ci` bring it" in done.stdout
    done = stages(WHOLE, "--no-skip", "test_it.py")  # which this project's pytest does not know
    assert "FAILED: tsc, pytest (" in done.stdout
    sandbox.write(".ci/node_modules/.bin/tsc", "#!/bin/sh\necho wrong type\nexit 2\n")
    (sandbox.root / ".ci/node_modules/.bin/tsc").chmod(0o755)
    done = stages(WHOLE, "test_it.py")
    assert "wrong type" in done.stdout and "FAILED: tsc (" in done.stdout


def test_a_stage_that_fails_does_not_hide_the_others(
    stages: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = stages(WHOLE | BROKEN, "test_it.py")
    assert done.returncode == 1
    last = done.stdout.splitlines()[-1]
    assert last.startswith(
        "FAILED: ruff check, ruff format, mypy --strict, import-linter, pytest ("
    )
    for reason in (
        "F401",
        "high.py",
        "Incompatible types",
        "lernpy.low -> lernpy.high",
        "1 failed",
    ):
        assert reason in done.stdout


SKIPS = """
import pytest
def test_passes(): pass
@pytest.mark.skip(reason="no lathe here")
def test_tool(): pass
@pytest.mark.gpu
@pytest.mark.skip(reason="no GPU here")
def test_gpu(): pass
@pytest.mark.xfail(strict=True, reason="known")
def test_known(): assert False
"""
MODULE = "import pytest\npytest.importorskip('no_such_module')\n"


@pytest.mark.parametrize(
    ("arguments", "status", "named"),
    [
        ((), 0, []),
        (("--no-skip",), 1, ["test_a.py::test_tool: Skipped: no lathe here", "test_b.py: Skipped"]),
        (("--no-skip", "-k", "passes or gpu or known", "test_a.py"), 0, []),
        (("--no-skip", "test_b.py"), 1, ["test_b.py: Skipped"]),
    ],
)
def test_no_skip_names_what_was_skipped(
    tmp_path: Path, arguments: tuple[str, ...], status: int, named: list[str]
) -> None:
    shutil.copy(ROOT / "conftest.py", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = gpu\n")
    (tmp_path / "test_a.py").write_text(SKIPS)
    (tmp_path / "test_b.py").write_text(MODULE)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *arguments],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == status, done.stdout
    _, _, listed = done.stdout.partition("skipped, which --no-skip forbids")
    assert bool(listed) == bool(named)
    assert all(line in listed for line in named)
    assert "test_gpu" not in listed and "test_known" not in listed
