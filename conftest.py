"""What holds for every test and every example: hypothesis, matplotlib, the option --no-skip."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

if find_spec("numba") is None:  # examples in its modules cannot be looked for without it
    collect_ignore_glob = ["lernpy/engine/jit/*"]
settings.register_profile(
    "lernpy", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("ci", settings.get_profile("lernpy"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "lernpy")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-skip",
        action="store_true",
        help="a skipped test is a failure (but not for want of a GPU or of the folder ../shared)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """No window opens and no setting of the user's matplotlib counts, in child processes too."""
    folder = tempfile.mkdtemp(prefix="lernpy-matplotlib-")
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    os.environ.update(MPLBACKEND="Agg", MPLCONFIGDIR=folder)
    if config.getoption("--no-skip"):
        config.pluginmanager.register(NoSkip(), "no-skip")


@pytest.fixture(autouse=True)
def _examples_write_elsewhere(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A doctest that saves a file does so in a folder of its own."""
    if type(request.node).__name__ == "DoctestItem":
        folder: Path = request.getfixturevalue("tmp_path")
        monkeypatch.chdir(folder)
    yield


@pytest.fixture(autouse=True)
def _figures_are_closed() -> Iterator[None]:
    """pyplot keeps every figure until it is closed, and warns of the twenty-first."""
    yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


class NoSkip:
    """Collects what was skipped, names it, and makes the run fail.

    Tests marked ``gpu`` or ``shared`` may be skipped: no script can install what they need. So may those
    that want torch, which is too large for every machine; the nudges test the same laws.
    """

    EXEMPT = frozenset({"gpu", "shared"})
    LARGE = "could not import 'torch'"

    def __init__(self) -> None:
        self.skipped: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        expected = hasattr(report, "wasxfail") or self.EXEMPT.intersection(report.keywords)
        if report.skipped and not expected:
            self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self._note(report)

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        if self.LARGE not in str(reason):
            self.skipped.append(f"{report.nodeid}: {reason}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if self.skipped and exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.skipped:
            terminalreporter.section("skipped, which --no-skip forbids", red=True)
            for line in self.skipped:
                terminalreporter.line(line, red=True)
