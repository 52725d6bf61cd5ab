"""Measures a page in a headless Chromium: what is hidden, overlaps, was dropped; how small letters are.

    python tests/helpers/measured.py lesson.html lab.html --keys ArrowRight,ArrowRight

prints one line for each page, size and theme. It takes any page: every visible text is measured where it is
drawn, letter by letter line, whether HTML or SVG. A page that leaves numbers out says how many in an
attribute ``data-left``, and in words in an element ``.lp-few``: numbers left out without words are *dropped*.
Lines below the foot of a box that says so (``.lp-onward``) are *below*, and no fault of a small screen.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

SIZES = ((1280, 720), (1920, 1080), (1024, 768), (390, 844), (844, 390))
THEMES = ("light", "dark", "grey")
LEAST = 14.0  # pixels of a letter, however small the screen
SHARE = 36  # and this part of its smaller side
CANVAS = Path(__file__).parent / "canvas.js"
MEASURE = (Path(__file__).parent / "measured.js").read_text(encoding="utf-8")
STARTED = """() => document.querySelector('#lp-here')?.childElementCount !== 0
    || !('DecompressionStream' in window)"""  # it may be unpacked first, or cannot be


class Measured(NamedTuple):
    """What is wrong on one page at one size; all empty where nothing is."""

    hidden: list[str]
    below: list[str]  # to be scrolled to
    overlapping: list[str]
    dropped: int
    smallest: float  # pixels of the smallest letter
    least: float  # pixels that it may not be below
    pale: list[str]  # texts with a contrast below 4.5 to 1

    @property
    def faults(self) -> list[str]:
        """One line for each kind of fault."""
        lines = [f"{len(self.hidden)} hidden: {self.hidden[:4]}"] if self.hidden else []
        if self.overlapping:
            lines.append(f"{len(self.overlapping)} overlapping: {self.overlapping[:4]}")
        if self.dropped:
            lines.append(f"{self.dropped} dropped without a word")
        if self.smallest < 0.997 * self.least:  # a drawing has whole pixels, its box has not
            lines.append(f"letters of {self.smallest:.1f} px, below {self.least:.1f}")
        if self.pale:
            lines.append(f"{len(self.pale)} pale: {self.pale[:4]}")
        return lines


def patient(page: Any) -> Any:
    """The page, which from now on goes on only when what it opened is unpacked, in its frames, too."""
    for name in ("goto", "reload", "set_content"):
        setattr(page, name, _then_unpacked(page, getattr(page, name)))
    return page


def _then_unpacked(page: Any, go: Callable[..., Any]) -> Callable[..., Any]:
    def gone(*arguments: Any, **options: Any) -> Any:
        response = go(*arguments, **options)
        for frame in page.frames:
            frame.wait_for_function(STARTED, polling=50)  # frames out of sight draw nothing
        return response

    return gone


def drawn(page: Any) -> Any:
    """The page, once it has drawn anew what was resized."""
    page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))")
    return page


def measure(page: Any) -> Measured:
    """What stands on an open page now."""
    found = page.evaluate(MEASURE)
    size = page.viewport_size
    least = max(LEAST, min(size["width"], size["height"]) / SHARE)
    return Measured(**found, least=least)


def contexts(
    browser: Any, sizes: Sequence[tuple[int, int]] = SIZES, themes: Sequence[str] = THEMES
) -> Iterator[tuple[str, Any]]:
    """A page in each size and theme; nothing moves on it. Grey: no colour says anything."""
    for width, height in sizes:
        for theme in themes:
            scheme = "dark" if theme == "dark" else "light"
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                reduced_motion="reduce",
            )
            page = patient(context.new_page())
            page.add_init_script(path=CANVAS)
            if theme == "grey":
                page.add_init_script(
                    "addEventListener('DOMContentLoaded', () => {"
                    " document.documentElement.style.filter = 'grayscale(1)'; });"
                )
            yield f"{width} x {height} {theme}", page
            context.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the pages named; 1 if one of them has a fault."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="+", type=Path)
    parser.add_argument("--keys", default="", help="to be pressed one by one: ArrowRight,Space")
    parser.add_argument("--shots", type=Path, help="folder for a picture of each")
    parser.add_argument("--hash", default="", help="of the address")
    options = parser.parse_args(arguments)
    keys = [key for key in options.keys.split(",") if key]
    failed = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        for file in options.pages:
            for name, page in contexts(browser):
                page.goto(file.resolve().as_uri() + options.hash)
                for key in [None, *keys]:
                    if key:
                        page.keyboard.press(key)
                    faults = measure(page).faults
                    failed += bool(faults)
                    after = f" after {key}" if key else ""
                    print(f"{file.name}, {name}{after}: {'; '.join(faults) or 'nothing'}")
                if options.shots:
                    page.screenshot(path=options.shots / f"{file.stem} {name}.png")
        browser.close()
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
