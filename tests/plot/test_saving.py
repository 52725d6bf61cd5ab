"""Files: the ending decides, nothing is half-written, and every refusal is one clear line."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import matplotlib.animation
import matplotlib.pyplot as plt
import pytest
from PIL import Image

import lernpy
from lernpy import plot
from lernpy.errors import LernpyError
from lernpy.plot import canvas
from lernpy.plot.film.film import film, pictures

needs_ffmpeg = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="no ffmpeg")


@pytest.fixture
def picture() -> Any:
    return plot.network(lernpy.build.by_hand())


@pytest.fixture
def lesson() -> Any:
    net = lernpy.build.by_hand()
    return plot.flow(lernpy.Trace.record(lernpy.slow_motion(net, [1], [1])), level="generation")


@pytest.mark.parametrize(
    ("name", "start"), [("a.png", b"\x89PNG"), ("a.svg", b"<?xml"), ("a.PDF", b"%PDF")]
)
def test_the_ending_decides(picture: Any, tmp_path: Path, name: str, start: bytes) -> None:
    path = plot.save(picture, tmp_path / name)
    assert path == tmp_path / name and path.read_bytes().startswith(start)
    assert [file.name for file in tmp_path.iterdir()] == [name]  # nothing left beside it


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_equal_pictures_make_equal_files(tmp_path: Path, ending: str) -> None:
    for name in "ab":
        picture = plot.blame(lernpy.build.by_hand())
        with plt.rc_context({"svg.hashsalt": "fixed"}):
            plot.save(picture, tmp_path / f"{name}.{ending}")
    assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()


def test_the_ground_of_the_theme_is_saved(tmp_path: Path) -> None:
    path = plot.save(plot.network(lernpy.build.by_hand(), theme="dark"), tmp_path / "a.png")
    assert Image.open(path).convert("RGB").getpixel((1, 1)) == (0x11, 0x14, 0x18)


@pytest.mark.parametrize("of", ["ax.figure", "[ax]", "np.array([ax])"])
def test_figures_and_arrays_of_axes_are_pictures(picture: Any, tmp_path: Path, of: str) -> None:
    import numpy as np

    plot.save(eval(of, {"ax": picture, "np": np}), tmp_path / "a.png")
    assert (tmp_path / "a.png").exists()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a.jpeg2", "no format is called 'jpeg2'. Known: .png, .svg, .pdf, .gif, .mp4, .html"),
        ("a.pgn", "no format is called 'pgn'. Did you mean 'png'?"),
        ("a.gif", "one picture is no animation; end the name in .png, .svg, .pdf"),
        ("a", "has no ending; a picture ends in .png, .svg, .pdf"),
        ("no/where/a.png", "the folder {tmp}/no/where does not exist; make it first"),
    ],
)
def test_what_cannot_be_saved(picture: Any, tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(LernpyError) as caught:
        plot.save(picture, tmp_path / name)
    assert message.format(tmp=tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_what_is_no_picture() -> None:
    with pytest.raises(LernpyError, match="only pictures can be saved, not"):
        plot.save("hello", "a.png")


# ---- animations ----------------------------------------------------------------------------------


def test_a_gif_has_all_frames(lesson: Any, tmp_path: Path) -> None:
    with Image.open(plot.save(lesson, tmp_path / "a.gif")) as gif:
        assert gif.n_frames == lesson.frame_count > 5
        assert gif.info["duration"] == 500  # a fan of 750 ms, twice as slow, in three frames


@needs_ffmpeg
def test_mp4(lesson: Any, tmp_path: Path) -> None:
    assert plot.save(lesson, tmp_path / "a.mp4").read_bytes()[4:8] == b"ftyp"
    assert [file.name for file in tmp_path.iterdir()] == ["a.mp4"]


def test_mp4_without_ffmpeg(lesson: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LernpyError, match=r"MP4 needs ffmpeg, which is not installed; save a .gif"):
        plot.save(lesson, tmp_path / "a.mp4")
    assert not list(tmp_path.iterdir())


def test_frames_go_into_a_new_folder(lesson: Any, tmp_path: Path) -> None:
    folder = plot.save(lesson, tmp_path / "frames")
    names = sorted(file.name for file in folder.iterdir())
    assert names[0] == "frame0001.png" and len(names) == lesson.frame_count
    with pytest.raises(LernpyError, match="is there already and not empty; name a new folder"):
        plot.save(lesson, folder)
    with pytest.raises(LernpyError, match="does not exist; make it first"):
        plot.save(lesson, tmp_path / "no" / "where")


def test_the_last_frame_as_a_picture(lesson: Any, tmp_path: Path) -> None:
    assert plot.save(lesson, tmp_path / "a.svg").read_bytes().startswith(b"<?xml")


def test_the_page_asks_for_nothing(lesson: Any, tmp_path: Path) -> None:
    """No address stands in it, so the class-room needs no network."""
    text = plot.save(lesson, tmp_path / "a.html").read_text()
    assert not re.findall(
        r"https?:|//|@import|<link|url\(", re.sub(r'"[A-Za-z0-9+/=]{200,}"', "", text)
    )
    assert text.count("iVBORw0KGgo") == lesson.frame_count
    assert len(text) < 40_000 * lesson.frame_count


def test_a_page_bears_the_title_as_it_was_given(tmp_path: Path) -> None:
    figure = plt.figure(figsize=(2, 2))
    ax = figure.add_subplot()
    canvas.title(ax, "_$5 <b>", canvas.Look.of())
    text = plot.save(film(figure, lambda index: None, 2), tmp_path / "a.html").read_text()
    assert "<title>_$5 &lt;b&gt;</title>" in text


def test_in_a_notebook_it_shows_itself(lesson: Any) -> None:
    shown = lesson._repr_html_()
    assert shown.startswith('<iframe sandbox="allow-scripts" srcdoc="')
    assert "src=" not in lesson.to_jshtml()  # matplotlib's own would fetch an icon font


def test_an_animation_without_frames_is_refused() -> None:
    with pytest.raises(
        LernpyError, match=r"^this animation has no frames; record at least one step"
    ):
        film(plt.figure(), lambda index: None, 0)
    with pytest.raises(LernpyError, match="no frames"):
        plot.flow([])
    empty = matplotlib.animation.FuncAnimation(
        plt.figure(), lambda i: (), frames=[], init_func=tuple
    )
    with pytest.raises(LernpyError, match="no frames"):
        list(pictures(empty, 50))
    empty._draw_was_started = True
    with pytest.raises(LernpyError, match="train at least one epoch"):
        plot.boundary(lernpy.layered([2, 1]), ([[0, 1], [1, 1]], [[0], [1]]), epochs=[])


def test_animations_of_matplotlib_itself_are_saved_too(tmp_path: Path) -> None:
    figure = plt.figure(figsize=(2, 2))
    dot = figure.add_subplot().plot([0], [0], "o")[0]
    moving = matplotlib.animation.FuncAnimation(
        figure, lambda i: (dot.set_xdata([i / 40]),), frames=4, interval=100
    )
    with Image.open(plot.save(moving, tmp_path / "a.gif")) as gif:
        assert gif.n_frames == 4


def test_saving_leaves_the_figure_as_it_was(lesson: Any, tmp_path: Path) -> None:
    figure = lesson._fig
    before = figure.canvas, figure.dpi
    plot.save(lesson, tmp_path / "a.gif")
    assert (figure.canvas, figure.dpi) == before
