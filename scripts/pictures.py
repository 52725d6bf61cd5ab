"""Write the README's pictures: ``python3 scripts/pictures.py``. Small, and the same each time.

Blame flowing back in the worked example *sign*, light and dark; the doctor's two runs; the page of lesson 4,
for which a Chromium is needed (else this one is left as it is).
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

PICTURES = Path(__file__).resolve().parents[1] / "notebooks" / "pictures"
NUMBER = re.compile(r"-?\d+\.\d+")
ATTRIBUTE = re.compile(r'"[^"<>]*"')  # what is drawn where; not the letters, which are outside
SKIPPED = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>|<!--.*?-->", re.S)
CHROMIUM = ("chromium-headless-shell", "chromium", "google-chrome")
COLOURS = 48


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    for theme in ("light", "dark"):
        write(f"blame-{theme}.svg", blame(theme).encode())
    write("doctor.png", doctor())
    page = lesson_page()
    if page is not None:
        write("lesson.png", page)


def write(name: str, content: bytes) -> None:
    (PICTURES / name).write_bytes(content)
    print(f"written: notebooks/pictures/{name}, {len(content) / 1000:.0f} kB")


def blame(theme: str) -> str:
    """Both outputs are too high, and yet h1 should say more. Letters stay text, positions get one digit."""
    import matplotlib

    from lernpy import build, plot

    network, *sample = build.EXAMPLES["sign"]()
    network.collect(*sample)
    held = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "lernpy"}):
        axes = plot.blame(network, theme=theme, font_scale=1.3)
        axes.figure.savefig(held, format="svg", metadata={"Date": None})
    text = SKIPPED.sub("", held.getvalue())
    text = ATTRIBUTE.sub(lambda match: NUMBER.sub(_shorter, match[0]), text)
    return " ".join(text.split()) + "\n"


def _shorter(number: re.Match[str]) -> str:
    return f"{float(number[0]):.1f}".removesuffix(".0")


def doctor() -> bytes:
    """A rate too large and what became of it, as `lernpy doctor circle --learning-rate 30` draws it."""
    from lernpy import data
    from lernpy.lessons import consultation
    from lernpy.training.doctor import Trial, examine

    found = examine(Trial.of(data.load("circle"), learning_rate=30.0))
    held = io.BytesIO()
    consultation.drawing_of(found)[0][0].figure.savefig(held, format="png", dpi=80)
    return fewer_colours(held.getvalue())


def lesson_page() -> bytes | None:
    """The top of a lesson's page."""
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if chromium is None:
        return None
    from lernpy.lessons import LESSONS, pages

    text = pages.lesson_page(LESSONS["4"])
    with tempfile.TemporaryDirectory() as folder:
        page, picture = Path(folder, "4.html"), Path(folder, "4.png")
        page.write_text(text, encoding="utf-8")
        flags = [
            "--no-sandbox",
            "--hide-scrollbars",
            "--window-size=1100,620",
            f"--screenshot={picture}",
        ]
        subprocess.run([chromium, *flags, page.as_uri()], check=True, capture_output=True)
        return fewer_colours(picture.read_bytes())


def fewer_colours(png: bytes) -> bytes:
    """The same picture in a palette, a quarter of the size."""
    from PIL import Image  # matplotlib brings it

    held = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        image.convert("RGB").quantize(COLOURS).save(held, "PNG", optimize=True)
    return held.getvalue()


if __name__ == "__main__":
    main()
