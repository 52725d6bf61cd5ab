"""The page of a film in a real browser: it plays with the network off, and its keys work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import lernpy
from lernpy import plot


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lesson = lernpy.slow_motion(lernpy.build.by_hand(), [1], [1])
    made = plot.flow(lernpy.Trace.record(lesson), level="phase", theme="dark")
    return plot.save(made, tmp_path_factory.mktemp("film") / "lesson.html")


def test_the_buttons_the_keys_and_the_slider_move_it(page: Any, film: Path) -> None:
    page.goto(film.as_uri())
    count = page.locator("#count")
    last = int(count.inner_text().split()[-1])
    first_picture = page.locator("#picture").get_attribute("src")
    page.locator("#on").click()
    assert count.inner_text() == f"2 of {last}"
    assert page.locator("#picture").get_attribute("src") != first_picture
    page.locator("body").press("ArrowRight")
    assert count.inner_text() == f"3 of {last}"
    page.locator("body").press("ArrowLeft")
    assert count.inner_text() == f"2 of {last}"
    page.locator("body").press("End")
    assert count.inner_text() == f"{last} of {last}"
    page.locator("#slider").fill("0")
    assert count.inner_text() == f"1 of {last}"
    assert page.gate.outside == page.gate.problems == []


def test_it_plays_to_its_end_and_stops(page: Any, film: Path) -> None:
    page.goto(film.as_uri())
    last = page.locator("#count").inner_text().split()[-1]
    page.locator("#play").click()
    assert page.locator("#play").inner_text() == "pause"
    page.locator("#count", has_text=f"{last} of {last}").wait_for()
    page.locator("#play", has_text="play").wait_for()
    assert page.locator("#picture").evaluate("image => image.naturalWidth") > 300
    assert page.gate.outside == page.gate.problems == []


def test_nothing_runs_or_is_fetched_but_what_the_page_brought(page: Any, film: Path) -> None:
    """Its security policy: an added script does not run, a picture from elsewhere is not asked for."""
    page.goto(film.as_uri())
    page.locator("body").evaluate(
        """body => {
          const script = document.createElement("script");
          script.textContent = "document.title = 'taken over'";
          const picture = document.createElement("img");
          picture.src = "https://example.com/a.png";
          body.append(script, picture);
        }"""
    )
    assert page.title() != "taken over"
    assert page.gate.outside == []
    assert all("Content Security Policy" in problem for problem in page.gate.problems)
    assert len(page.gate.problems) >= 2
    page.gate.problems.clear()
