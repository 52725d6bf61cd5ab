"""The offline gate itself: it lets a quiet page through and stops the others."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def test_a_page_from_disk_passes(page: Any, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("<title>t</title><p id=p></p><script>p.textContent = 6 * 7</script>")
    page.goto(file.as_uri())
    assert page.locator("#p").inner_text() == "42"
    assert page.gate.outside == page.gate.problems == []


def test_requests_that_want_out_are_stopped_and_named(page: Any) -> None:
    page.set_content(
        '<img src="https://example.com/a.png"><script src="http://example.org/b.js"></script>'
    )
    page.wait_for_load_state("load")
    assert sorted(page.gate.outside) == ["http://example.org/b.js", "https://example.com/a.png"]
    with pytest.raises(AssertionError, match=r"wanted out: https://example\.com/a\.png"):
        page.gate.check()
    page.gate.forget()


def test_a_web_socket_that_wants_out_is_named(page: Any) -> None:
    page.set_content("<title>t</title>")
    page.evaluate(
        "() => new Promise(done => { new WebSocket('ws://example.org/s').onerror = () => done() })"
    )
    assert page.gate.outside == ["ws://example.org/s"]
    page.gate.forget()


@pytest.mark.parametrize("code", ["console.error('oh')", "setTimeout(() => { throw Error('oh') })"])
def test_errors_of_the_page_are_noted(page: Any, code: str) -> None:
    page.set_content(f"<script>{code}</script>")
    page.wait_for_function("() => true")
    page.wait_for_timeout(100)
    assert len(page.gate.problems) == 1 and "oh" in page.gate.problems[0]
    with pytest.raises(AssertionError, match="oh"):
        page.gate.check()
    page.gate.forget()


def test_options_reach_the_context(new_page: Callable[..., Any]) -> None:
    dark = new_page(color_scheme="dark", reduced_motion="reduce")
    asks = "() => matchMedia('(prefers-color-scheme: dark)').matches"
    assert dark.evaluate(asks) is True
    assert new_page().evaluate(asks) is False


CARELESS = """
def test_quiet(page): page.set_content("<p>hello")
def test_loud(page): page.set_content("<script>console.error('oh')</script>")
def test_curious(page): page.set_content("<img src=http://example.org/a.png>", wait_until="load")
"""


def test_a_careless_test_fails_when_it_ends(browser: Any, tmp_path: Path) -> None:
    shutil.copy(Path(__file__).with_name("conftest.py"), tmp_path)
    (tmp_path / "test_careless.py").write_text(CARELESS)
    helpers = f"pythonpath={Path(__file__).parents[1] / 'helpers'}"
    command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", helpers, "test_careless.py"]
    done = subprocess.run(
        [sys.executable, *command],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert "3 passed, 2 errors" in done.stdout, done.stdout
    assert "ERROR test_careless.py::test_loud" in done.stdout
    assert "ERROR test_careless.py::test_curious" in done.stdout
