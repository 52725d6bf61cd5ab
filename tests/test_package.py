"""What a user gets: the wheel with all its data, what it asks for, and what importing it costs."""

from __future__ import annotations

import importlib
import os
import pkgutil
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

import lernpy

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT, CONTRACTS = SETTINGS["project"], SETTINGS["tool"]["importlinter"]["contracts"]
IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc")
HEAVY = ("numpy", "networkx", "matplotlib", "rich", "numba", "cupy", "IPython")


def pip(*arguments: str | Path) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def copy_source(folder: Path) -> Path:
    """A copy of what the wheel is built from, so that building leaves nothing in the project."""
    source = folder / "source"
    shutil.copytree(ROOT / "lernpy", source / "lernpy", ignore=IGNORED)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    return source


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--no-build-isolation", "-w", folder, copy_source(folder))
    (built,) = folder.glob("lernpy-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the wheel is installed into; nothing else is in it."""
    target = tmp_path_factory.mktemp("installed")
    pip("install", "--no-deps", "--no-index", "--target", target, wheel)
    return target


def run(installed: Path, *arguments: str) -> str:
    """What the installed lernpy prints, far from the project's folder."""
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        cwd=installed,
        env={**os.environ, "PYTHONPATH": str(installed)},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_wheel_holds_the_package_with_its_data_and_nothing_else(wheel: Path) -> None:
    files = (path for path in (ROOT / "lernpy").rglob("*") if path.is_file())
    wanted = {
        path.relative_to(ROOT).as_posix() for path in files if "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        found = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert wanted - found == set()
    assert found - wanted == set()
    assert {"lernpy/py.typed", "lernpy/__init__.py"} < found
    assert any(name.endswith(".gz") for name in found)  # the data sets


def test_data_are_found_where_it_is_installed(installed: Path) -> None:
    code = "import lernpy; print(len(lernpy.data.load('digits')), lernpy.__file__)"
    samples, place = run(installed, "-c", code).split(maxsplit=1)
    assert samples == "1797" and Path(place).is_relative_to(installed)


def test_importing_lernpy_imports_nothing_heavy(installed: Path) -> None:
    code = f"import sys, lernpy; print(sorted(set({HEAVY}).intersection(sys.modules)))"
    assert run(installed, "-c", code) == "[]"


def test_every_public_name_is_there_after_the_import_alone(installed: Path) -> None:
    code = "import lernpy; print([n for n in lernpy.__all__ if getattr(lernpy, n, None) is None])"
    assert run(installed, "-c", code) == "[]"
    for name in ("training", "evaluate", "advise", "Settings"):
        assert name in lernpy.__all__


WITHOUT_DOCSTRINGS = """
import lernpy
for name in lernpy.__all__:
    getattr(lernpy, name)
net, xor = lernpy.layered([2, 3, 1], "tanh", seed=0), lernpy.data.load("xor")
run = lernpy.epochs(net, xor, 5, seed=0, early_stop=3, validation=0.3)
lernpy.advise(run) or run.finish()
lernpy.save(net, "net.json")
print(lernpy.evaluate(lernpy.load("net.json"), xor), lernpy.check_gradients(net, xor.inputs, xor.targets).ok)
net.learn([0, 1], [1])
lernpy.explain(net), lernpy.paths(net, net.outputs[0])
"""


def test_python_without_docstrings_and_asserts_runs_it_all(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-OO", "-c", WITHOUT_DOCSTRINGS],
        capture_output=True, text=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("True\n")


def test_a_name_that_is_none_is_answered_with_the_nearest() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'trian'\. Did you mean 'train'\?"):
        lernpy.trian  # noqa: B018


def test_the_command_is_there(installed: Path) -> None:
    assert PROJECT["scripts"] == {"lernpy": "lernpy.cli:main"}
    run(installed, "-c", "from lernpy.cli import main; assert callable(main)")
    version = run(installed, "-c", "import lernpy; print(lernpy.__version__)")
    assert version in run(installed, "-m", "lernpy", "--version")


def test_the_wheel_says_what_it_needs(installed: Path) -> None:
    (folder,) = installed.glob("lernpy-*.dist-info")
    facts = PathDistribution(folder).metadata
    assert facts["Requires-Python"] == ">=3.11"
    assert facts["License-Expression"] == "MIT"
    assert facts.get_payload(), "the README is the description"
    assert (folder / "licenses" / "LICENSE").is_file()


def test_requirements_have_lower_bounds_and_no_upper_ones() -> None:
    groups = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    versions = [need.partition(";")[0] for group in groups for need in group]
    assert versions
    for need in versions:
        assert ">=" in need and not any(sign in need for sign in ("<", "==", "~=", "!="))


UPWARDS = """
import IPython, anywidget, cupy, joblib, matplotlib, networkx, numba, onnx
import lernpy.network, lernpy.engine.jit.machine.compiler
"""


def test_the_walls_and_layers_can_fail(tmp_path: Path) -> None:
    """A module at the very bottom that imports upwards, and everything else, breaks them all."""
    source = copy_source(tmp_path)
    with (source / "lernpy" / "errors.py").open("a") as file:
        file.write(UPWARDS)
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=source)
    assert done.returncode == 1
    assert f"Contracts: 0 kept, {len(CONTRACTS)} broken." in done.stdout, done.stdout


def test_every_module_has_the_names_it_lists():
    """So that `from lernpy.plot import *` works."""
    for module in pkgutil.walk_packages(lernpy.__path__, "lernpy."):
        if module.ispkg:
            found = importlib.import_module(module.name)
            missing = [name for name in getattr(found, "__all__", ()) if not hasattr(found, name)]
            assert not missing, f"{module.name} lists {missing}"
