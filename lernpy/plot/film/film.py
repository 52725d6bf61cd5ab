"""An animation: its frames as pictures, quickly; and as a page that shows itself in a notebook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib
from matplotlib.animation import FuncAnimation
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from lernpy.errors import LernpyError
from lernpy.plot.film import flipbook

NO_FRAMES = "this animation has no frames; record at least one step"


class Film(FuncAnimation):
    """matplotlib's animation that shows itself in a notebook, with no request to anywhere."""

    frame: Callable[[int], Any]  # draws one of them
    frame_count: int
    moving: Callable[[], list[Any]] | None  # what differs between frames, if all else stays

    def to_jshtml(self, *_args: Any, **_options: Any) -> str:
        """One page with all frames; matplotlib's own would fetch its buttons from the network."""
        return self.page()

    def _repr_html_(self) -> str:
        return flipbook.in_a_frame(self.page(72), self._fig)  # type: ignore[attr-defined]

    def page(self, dpi: int = 80) -> str:
        """The film as one HTML page."""
        return page_of(self, dpi)


def film(
    figure: Figure,
    draw: Callable[[int], Any],
    count: int,
    pause: float = 400.0,
    moving: Callable[[], list[Any]] | None = None,
) -> Film:
    """An animation of `count` frames, `pause` milliseconds each; `draw(i)` draws the i-th."""
    if count < 1:
        raise LernpyError(NO_FRAMES)
    made = Film(
        figure,
        lambda index: draw(index) or (),
        frames=count,
        interval=pause,
        repeat=False,
        init_func=lambda: (),
        cache_frame_data=False,
    )
    _leave_the_cell(figure)
    made.frame, made.frame_count, made.moving = draw, count, moving
    made._draw_was_started = True  # type: ignore[attr-defined]  # it may be thrown away unseen
    return made


def _leave_the_cell(figure: Figure) -> None:
    """In a notebook the film shows itself; without this the cell would show its last frame, too."""
    if "inline" in matplotlib.get_backend().lower():
        from matplotlib import pyplot

        pyplot.close(figure)


def pause_of(animation: Any) -> float:
    """Milliseconds from one frame to the next."""
    return float(getattr(animation, "_interval", 400.0))


def page_of(animation: Any, dpi: int = 80) -> str:
    """Any animation of matplotlib as one HTML page."""
    return flipbook.page(animation._fig, pictures(animation, dpi), pause_of(animation))


def pictures(animation: Any, dpi: float) -> Iterator[Image.Image]:
    """Each frame as a picture. Of a `Film` only what moves is drawn anew."""
    figure = animation._fig
    with _agg(figure, dpi) as canvas:
        if isinstance(animation, Film) and animation.moving is not None:
            yield from _over_a_still(animation, canvas)
            return
        empty = True
        for _ in _drawn(animation):
            canvas.draw()
            yield _image(canvas)
            empty = False
        if empty:
            raise LernpyError(NO_FRAMES)


@contextmanager
def _agg(figure: Figure, dpi: float) -> Iterator[Any]:
    """Draw into memory for a while, at another resolution."""
    canvas, before = figure.canvas, figure.dpi
    figure.dpi = dpi
    try:
        yield FigureCanvasAgg(figure)
    finally:
        figure.dpi = before
        figure.set_canvas(canvas)


def _drawn(animation: Any) -> Iterator[None]:
    """Let any animation of matplotlib draw frame after frame."""
    for index, data in enumerate(animation.new_saved_frame_seq()):
        if index == 0:
            animation._init_draw()
        animation._draw_frame(data)
        yield


def _over_a_still(animation: Film, canvas: Any) -> Iterator[Image.Image]:
    """What stays is drawn once; in each frame what moves is drawn over it, the words last."""
    assert animation.moving is not None
    animation.frame(animation.frame_count - 1)
    for artist in animation.moving():
        artist.set_visible(False)
    canvas.draw()
    still = canvas.copy_from_bbox(canvas.figure.bbox)
    stamps = Stamps(canvas)
    for index in range(animation.frame_count):
        animation.frame(index)
        canvas.restore_region(still)
        artists = sorted(animation.moving(), key=lambda artist: artist.get_zorder())
        for artist in artists:
            if not isinstance(artist, Text):
                artist.draw(canvas.get_renderer())
        image = _image(canvas)
        for artist in artists:
            if isinstance(artist, Text) and artist.get_text():
                stamps.put(artist, image)
        yield image


class Stamps:
    """Words that come back in frame after frame: each is drawn once and then stamped.

    Letters take most of the time of a film's frame; a stamp takes a hundredth of it.
    """

    AROUND = 6  # pixels, for the box behind the words

    def __init__(self, canvas: Any) -> None:
        self.renderer = canvas.get_renderer()
        paper: Any = RendererAgg
        self.scratch = paper(self.renderer.width, self.renderer.height, self.renderer.dpi)
        self.kept: dict[Any, Image.Image] = {}

    def put(self, text: Text, image: Image.Image) -> None:
        """Stamp the text where it belongs."""
        box = text.get_window_extent(self.renderer)
        left, top = round(box.x0) - self.AROUND, image.height - round(box.y1) - self.AROUND
        key = (text.get_text(), text.get_fontsize(), to_hex(text.get_color()), _ground(text))
        if key not in self.kept:
            right, low = round(box.x1) + self.AROUND, image.height - round(box.y0) + self.AROUND
            self.kept[key] = self._drawn(text).crop((left, top, right, low))
        image.paste(self.kept[key], (left, top), self.kept[key])

    def _drawn(self, text: Text) -> Image.Image:
        self.scratch.clear()
        text.draw(self.scratch)
        size = int(self.scratch.width), int(self.scratch.height)
        return Image.frombytes("RGBA", size, bytes(self.scratch.buffer_rgba()))


def _ground(text: Text) -> Any:
    patch = text.get_bbox_patch()
    return None if patch is None else (patch.get_facecolor(), patch.get_edgecolor())


def _image(canvas: Any) -> Image.Image:
    size = canvas.get_width_height(physical=True)
    return Image.frombytes("RGBA", size, bytes(canvas.buffer_rgba())).convert("RGB")
