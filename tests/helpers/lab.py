"""A real JupyterLab on 127.0.0.1 that knows nothing of the user's settings, as a fixture `lab`."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

TOKEN = "lernpy-test"
OPTIONS = [
    "--no-browser",
    "--allow-root",
    "--ServerApp.ip=127.0.0.1",
    "--ServerApp.port=0",
    "--ServerApp.terminals_enabled=False",
    "--LabApp.extension_manager=readonly",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
    "--LabApp.expose_app_in_browser=True",
]
UNWANTED = [  # the question about news, the list of packages on PyPI
    "@jupyterlab/apputils-extension:announcements",
    "@jupyterlab/extensionmanager-extension",
]
KERNELSPEC = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
READY = """async () => {
    await window.jupyterapp.restored;
    const panel = window.jupyterapp.shell.currentWidget;
    await panel.context.ready;
    await panel.sessionContext.ready;
    await panel.sessionContext.session.kernel.info;
}"""


def jupyter_environment(folder: Path) -> dict[str, str]:
    """The environment of a Jupyter that keeps all it writes in `folder`."""
    inherited = {n: v for n, v in os.environ.items() if not n.startswith(("JUPYTER", "IPYTHON"))}
    own = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data"}
    own |= {"JUPYTER_RUNTIME_DIR": "runtime", "IPYTHONDIR": "ipython"}
    for name, part in own.items():
        (folder / part).mkdir(parents=True, exist_ok=True)
        inherited[name] = str(folder / part)
    return inherited | {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}


def execute(notebook: Any, folder: Path, tries: int = 5) -> None:
    """Run a notebook from top to bottom, in a kernel of its own and in this folder.

    Ports are chosen before the kernel takes them; if somebody else was faster it dies unheard, and another
    one starts. (JupyterLab does so by itself.)
    """
    from nbclient import NotebookClient

    for left in reversed(range(tries)):
        client = NotebookClient(
            notebook, timeout=300, kernel_name="python3", store_widget_state=False
        )
        try:
            client.execute(cwd=str(folder))
        except RuntimeError as error:
            if not left or "Kernel died before replying" not in str(error):
                raise
        else:
            return


class Kernel:
    """A second client of the kernel that a notebook in the page talks to."""

    def __init__(self, connection_file: Path) -> None:
        from jupyter_client import BlockingKernelClient

        self._client: Any = BlockingKernelClient(connection_file=str(connection_file))
        self._client.load_connection_file()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=30)

    def value(self, expression: str) -> Any:
        """What an expression is worth in the kernel; it must be a literal."""
        reply = self._ask("", user_expressions={"x": expression})["user_expressions"]["x"]
        assert reply["status"] == "ok", reply
        return ast.literal_eval(reply["data"]["text/plain"])

    def run(self, code: str) -> None:
        """Run statements in the kernel."""
        reply = self._ask(code)
        assert reply["status"] == "ok", "\n".join(reply.get("traceback", [str(reply)]))

    def wait(self, expression: str, wanted: Any, timeout: float = 20) -> None:
        """Wait until an expression has the value `wanted`: what the page sends takes its time."""
        end = time.monotonic() + timeout
        while (found := self.value(expression)) != wanted:
            assert time.monotonic() < end, f"{expression} is {found!r}, not {wanted!r}"
            time.sleep(0.05)

    def _ask(self, code: str, **options: Any) -> Any:
        return self._client.execute(code, silent=True, reply=True, timeout=30, **options)["content"]

    def close(self) -> None:
        self._client.stop_channels()


class Lab:
    """A running JupyterLab; `root` is the folder that it shows."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.root = folder, folder / "root"
        self._environment = jupyter_environment(folder) | {"JUPYTER_TOKEN": TOKEN}
        self.root.mkdir()
        settings = folder / "config" / "labconfig" / "page_config.json"
        settings.parent.mkdir()
        settings.write_text(json.dumps({"disabledExtensions": dict.fromkeys(UNWANTED, True)}))
        self._log = (folder / "lab.log").open("w")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *OPTIONS, f"--ServerApp.root_dir={self.root}"],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        try:
            self.url = self._wait_until_it_answers(90)
        except BaseException:
            self.close()
            raise

    def _wait_until_it_answers(self, seconds: float) -> str:
        end = time.monotonic() + seconds
        facts = self.folder / "runtime" / f"jpserver-{self._process.pid}.json"
        while self._process.poll() is None and time.monotonic() < end:
            with contextlib.suppress(OSError, ValueError):  # not there, half-written, not listening
                self.url = str(json.loads(facts.read_text())["url"])
                self.ask("status")
                return self.url
            time.sleep(0.05)
        raise AssertionError("JupyterLab does not start:\n" + self.log()[-3000:])

    def log(self) -> str:
        return (self.folder / "lab.log").read_text()

    def ask(self, what: str, method: str = "GET") -> Any:
        """What the server's interface answers, e.g. to ``"sessions"``."""
        request = urllib.request.Request(
            f"{self.url}api/{what}", method=method, headers={"Authorization": f"token {TOKEN}"}
        )
        with urllib.request.urlopen(request, timeout=15) as answer:
            return json.loads(answer.read() or b"null")

    def write(self, name: str, *cells: str) -> None:
        """Write a notebook of code cells."""
        import nbformat

        version = nbformat.v4
        code = [version.new_code_cell(cell) for cell in cells]
        nbformat.write(version.new_notebook(cells=code, metadata=KERNELSPEC), self.root / name)

    def open(self, page: Any, name: str) -> None:
        """Open a notebook in the page and wait until its kernel answers."""
        page.goto(f"{self.url}lab/tree/{name}?reset&token={TOKEN}", wait_until="domcontentloaded")
        page.wait_for_function("() => window.jupyterapp !== undefined")
        page.locator(".jp-NotebookPanel:visible .jp-Notebook").wait_for()
        page.evaluate(READY)

    def command(self, page: Any, name: str) -> Any:
        """Run a command of JupyterLab, e.g. ``"docmanager:save"``."""
        return page.evaluate("name => window.jupyterapp.commands.execute(name)", name)

    def run_all(self, page: Any) -> None:
        """Run every cell; fails if one raised."""
        if self.command(page, "notebook:run-all-cells") is not True:
            outputs = page.locator(".jp-NotebookPanel:visible .jp-OutputArea-output")
            raise AssertionError("a cell raised:\n" + "\n".join(outputs.all_inner_texts()))

    def save(self, page: Any) -> None:
        """Save the notebook; one that is not saved makes the page ask before it closes."""
        page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")

    @contextlib.contextmanager
    def kernel(self, name: str) -> Iterator[Kernel]:
        """The kernel of an open notebook, to be asked from Python."""
        ids = [s["kernel"]["id"] for s in self.ask("sessions") if s["path"] == name]
        kernel = Kernel(self.folder / "runtime" / f"kernel-{ids[0]}.json")
        try:
            yield kernel
        finally:
            kernel.close()

    def shut_down(self, name: str) -> None:
        """End the kernel of a notebook."""
        for session in self.ask("sessions"):
            if session["path"] == name:
                self.ask(f"sessions/{session['id']}", "DELETE")

    def close(self) -> None:
        """End the kernels, then the server."""
        with contextlib.suppress(OSError, AttributeError):
            for session in self.ask("sessions"):
                self.ask(f"sessions/{session['id']}", "DELETE")
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab for the whole run of the tests (it takes seconds to start)."""
    for module in ("jupyterlab", "nbformat", "jupyter_client"):
        pytest.importorskip(module, reason=f"no {module} here")
    running = Lab(tmp_path_factory.mktemp("lab"))
    yield running
    running.close()
