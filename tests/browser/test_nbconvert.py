"""A notebook is executed, converted to HTML and opened from disk with no network: the player plays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lab import KERNELSPEC, execute, jupyter_environment

CELL = """
import lernpy
lernpy.Trace.record(lernpy.slow_motion(lernpy.build.two_two_two(), [.05, .1], [.01, .99]), title="Saved")
"""
OFFLINE = dict.fromkeys(
    ("require_js_url", "mathjax_url", "jquery_url", "mermaid_js_url", "mermaid_layout_elk_js_url"),
    "",
)


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    pytest.importorskip("nbclient")
    from nbformat import v4

    folder = tmp_path_factory.mktemp("executed")
    notebook = v4.new_notebook(cells=[v4.new_code_cell(CELL)], metadata=KERNELSPEC)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in jupyter_environment(folder).items():
            patch.setenv(name, value)
        execute(notebook, folder)
    yield notebook


def test_the_saved_cell_has_three_forms(executed: Any) -> None:
    (output,) = executed.cells[0].outputs
    assert set(output["data"]) == {"text/plain", "text/html", "image/png"}
    assert output["data"]["text/plain"].startswith("<trace 'Saved': 1 sample")


def test_the_converted_page_plays_offline(page: Any, executed: Any, tmp_path: Path) -> None:
    nbconvert = pytest.importorskip("nbconvert")
    html, _ = nbconvert.HTMLExporter(template_name="lab", **OFFLINE).from_notebook_node(executed)
    file = tmp_path / "saved.html"
    file.write_text(html, encoding="utf-8")
    page.goto(file.as_uri())
    frame = page.frame_locator("iframe.lernpy-player")
    assert frame.locator("h1").inner_text() == "Saved"
    frame.locator("body").press("End")
    assert "update, step 42 of 42" in frame.locator(".lp-where").inner_text()
    assert "lp-good" in frame.locator(".lp-badge").get_attribute("class")
    assert page.locator("img[alt^='storyboard']").evaluate("e => e.naturalWidth") > 400


def test_without_frames_the_picture_stands_by_itself(page: Any, executed: Any) -> None:
    """What an untrusted notebook shows: the same HTML with the frame taken out."""
    import re

    html = executed.cells[0].outputs[0]["data"]["text/html"]
    stripped = re.sub(r"<iframe.*?</iframe>", "", html, flags=re.S)
    page.set_content("<title>t</title>" + stripped)
    assert page.locator("img").evaluate("e => e.complete && e.naturalWidth > 400")
