"""Fixtures of the tests in a real browser: `browser`, `new_page`, `page`, `lab`.

No request may leave the machine and no page may report an error: the fixtures fail the test that
lets one through. A test that provokes such a thing on purpose reads it from ``page.gate`` and
then calls ``page.gate.forget()``.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import measured
import pytest
from gate import Gate
from lab import lab  # noqa: F401 (a fixture)

PATIENCE = 15_000  # milliseconds; a loaded machine is slow
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",  # Chromium refuses to run as root with its sandbox
    "--disable-dev-shm-usage",  # containers have a small /dev/shm
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


def chromium() -> str | None:
    """The browser to test in: ``TEST_CHROMIUM``, or what is installed under a usual name."""
    return os.environ.get("TEST_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium for which no host name but this machine's own exists."""
    api = pytest.importorskip("playwright.sync_api", reason="no playwright here")
    path = chromium()
    if path is None:
        pytest.skip("no Chromium here (apt install chromium-headless-shell, or set TEST_CHROMIUM)")
    api.expect.set_options(timeout=PATIENCE)
    with api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def new_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """``new_page(color_scheme="dark", ...)`` opens a page in a context with these options."""
    pages: list[Any] = []

    def open_page(**options: Any) -> Any:
        size = {"width": 1200, "height": 900}
        context = browser.new_context(**{"viewport": size, "service_workers": "block", **options})
        context.set_default_timeout(PATIENCE)
        gate = Gate(context)
        context.on("page", measured.patient)  # one that a page opens, too
        pages.append(context.new_page())
        pages[-1].gate = gate
        return pages[-1]

    yield open_page
    for page in pages:
        page.context.close()
    for page in pages:
        page.gate.check()


@pytest.fixture
def page(new_page: Callable[..., Any]) -> Any:
    """A page of 1200 x 900 in a context of its own."""
    return new_page()
