"""Axes in the colours of a theme, text that is drawn as it is, legends that fit, Agg without a display."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure

from lernpy import checks
from lernpy import text as texts
from lernpy import theme as themes
from lernpy.errors import LernpyError

if TYPE_CHECKING:
    from matplotlib.legend import Legend

ThemeName = str | themes.Theme | None
CROWDED = 1.4  # above this font scale there is room for little
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
LINES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.4)), (0, (6, 2, 1, 2)), (0, (3, 1)))


class Style(TypedDict, total=False):
    """What every plotter takes: theme "light" (usual), "dark" or "greyscale"; font scale 1 to 3."""

    theme: ThemeName
    font_scale: float


class Look(NamedTuple):
    """A theme and the size of its letters."""

    theme: themes.Theme
    font: float  # points

    @staticmethod
    def of(theme: ThemeName = None, font_scale: float = 1.0) -> Look:
        return Look(themes.get(theme), themes.font_size(font_scale))

    @property
    def scale(self) -> float:
        return self.font / themes.FONT_SIZE

    @property
    def growth(self) -> float:
        """How much larger a picture gets with its letters: less than they do, so that they count."""
        return 1.0 + 0.35 * max(self.scale - 1.0, 0.0)

    @property
    def crowded(self) -> bool:
        """Whether the letters are so large that only what is needed most is written."""
        return self.scale > CROWDED

    def colour(self, value: float) -> str:
        """The colour of a number's sign; 0 and what is unknown are grey."""
        if value > 0:
            return self.theme.positive
        return self.theme.negative if value < 0 else self.theme.muted

    def series(self, index: int) -> dict[str, Any]:
        """Colour, marker and line of one of several: three signs, for who cannot see one of them."""
        return {
            "color": self.theme.series[index % len(self.theme.series)],
            "marker": MARKERS[index % len(MARKERS)],
            "linestyle": LINES[index % len(LINES)],
        }


def choose_backend() -> None:
    """Agg where nobody could look at a window and nobody asked for another backend."""
    if "matplotlib.pyplot" in sys.modules or os.environ.get("MPLBACKEND"):
        return
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        matplotlib.use("Agg")


def figure(size: tuple[float, float], look: Look) -> Figure:
    """A new figure for charts, of `size` inches; with larger letters it grows, too."""
    return _figure((look.growth * size[0], look.growth * size[1]), look, "constrained")


def _figure(size: tuple[float, float], look: Look, layout: str | None) -> Figure:
    """Known to pyplot, so that ``plt.show()`` and notebooks find it."""
    choose_backend()
    from matplotlib import pyplot

    made: Figure = pyplot.figure(figsize=size, layout=layout)
    made.set_facecolor(look.theme.background)
    return made


def chart(ax: Axes | None, size: tuple[float, float], look: Look) -> Axes:
    """Axes with a frame, ticks and a faint grid."""
    ax = figure(size, look).add_subplot() if ax is None else ax
    return dress(ax, look)


def axes_of(ax: object) -> Axes:
    """The axes to draw in, or an error where it is none."""
    if not isinstance(ax, Axes):
        raise LernpyError(f"ax is axes of matplotlib, not {texts.shown(ax)}")
    return ax


def dress(ax: Axes, look: Look) -> Axes:
    """Put existing axes into the colours and letters of the theme."""
    theme = look.theme
    axes_of(ax).set_facecolor(theme.background)
    for side, spine in ax.spines.items():
        spine.set_color(theme.muted)
        spine.set_visible(side in ("left", "bottom"))
    ax.tick_params(colors=theme.muted, labelsize=0.85 * look.font, which="both")
    ax.grid(True, color=theme.faint, linewidth=0.6)
    ax.set_axisbelow(True)
    return ax


def bare(ax: Axes | None, size: tuple[float, float], look: Look) -> Axes:
    """Axes without a frame that fill their figure: room for a drawing."""
    if ax is None:
        ax = _figure(size, look, None).add_axes((0.0, 0.0, 1.0, 1.0))
    else:
        settle(axes_of(ax).figure)
    ax.set_facecolor(look.theme.background)
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)
    return ax


def settle(holder: Any) -> None:
    """Let the layout engine place the axes now, so that room on them can be measured."""
    top = holder.get_figure(root=True) if hasattr(holder, "get_figure") else holder
    engine = top.get_layout_engine()
    if engine is not None:
        engine.execute(top)


def plain(words: object) -> str:
    r"""Words of a user as they are: ``$`` starts no formula, ``_`` hides nothing from a legend, and a
    control character is shown as its code.

    Every name, title and label comes through here, last before matplotlib gets it.

    >>> plain("$x$"), plain("_b")
    ('\\$x\\$', ' _b')
    """
    lines = [texts.visible(line) for line in str(words).split("\n")]
    escaped = "\n".join(lines).replace("$", r"\$")
    return f" {escaped}" if escaped.startswith("_") else escaped


def label_of(value: float, digits: int = 3, signed: bool = True) -> str:
    """A number as it stands in a picture: short, with a real minus; nothing where it is not known.

    >>> label_of(0.14807), label_of(-0.0000123), label_of(0.0), label_of(float("nan"))
    ('+0.148', '−1.23e-05', '0', '')
    """
    return texts.number(float(value), digits, signed=signed, minus=texts.MINUS, unknown="")


def title_or(title: str | None, usual: str = "") -> str:
    """The title that was asked for, else the usual one."""
    return usual if title is None else checks.text("title", title) or usual


def title(ax: Axes, words: str | None, look: Look) -> None:
    if words:
        lines = fitted(words, share_of_figure(ax)[0], 1.15 * look.font)
        ax.set_title(plain(lines), color=look.theme.text, fontsize=1.15 * look.font, loc="left")


def subtitle(ax: Axes, words: str, look: Look, **style: Any) -> None:
    """A small title over the middle of one of many axes."""
    settings: dict[str, Any] = {"color": look.theme.text, "fontsize": look.font, **style}
    ax.set_title(plain(words), **settings)


def share_of_figure(ax: Axes) -> tuple[float, float]:
    """About how many points of width and height the layout will give to these axes."""
    wide, high = ax.get_figure(root=True).get_size_inches()  # type: ignore[union-attr]
    cell = ax.get_subplotspec()
    rows, columns = cell.get_gridspec().get_geometry() if cell else (1, 1)
    return 0.86 * 72.0 * wide / columns, 0.86 * 72.0 * high / rows


def fitted(words: str, room: float, font: float) -> str:
    """The words in as many lines as they need to be at most `room` points wide."""
    letters = max(int(room / (0.6 * font)), 8)
    return "\n".join(textwrap.fill(line, letters) for line in words.split("\n"))


def labels(ax: Axes, look: Look, x: str | None = None, y: str | None = None) -> None:
    style: dict[str, Any] = {"color": look.theme.text, "fontsize": look.font}
    wide, high = share_of_figure(ax)
    if x is not None:
        ax.set_xlabel(plain(fitted(x, wide, look.font)), **style)
    if y is not None:
        ax.set_ylabel(plain(fitted(y, high, look.font)), **style)


def legend(ax: Axes, look: Look, **where: Any) -> Legend:
    """The legend of a chart, in the theme's colours."""
    shown = ax.legend(
        fontsize=0.85 * look.font,
        labelcolor=look.theme.text,
        facecolor=look.theme.panel,
        edgecolor=look.theme.faint,
        framealpha=0.92,
        **where,
    )
    colour_title(shown, look)
    return shown


def legend_above(ax: Axes, look: Look) -> Legend:
    """A legend over the upper right corner, where it covers nothing."""
    count = len(ax.get_legend_handles_labels()[1])
    return legend(
        ax,
        look,
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        ncol=min(count, 5),
        borderaxespad=0.2,
        columnspacing=1.0,
        handletextpad=0.3,
    )


def colour_bar(ax: Axes, drawn: Any, words: str, look: Look, form: str | None = None) -> None:
    """Beside the axes, which shade stands for which number."""
    bar = ax.figure.colorbar(drawn, ax=ax, format=form)
    bar.ax.tick_params(colors=look.theme.muted, labelsize=0.8 * look.font)
    bar.set_label(plain(words), color=look.theme.text, fontsize=look.font)
    bar.outline.set_edgecolor(look.theme.muted)


def colour_title(shown: Legend, look: Look) -> None:
    shown.get_title().set_color(look.theme.text)
    shown.get_title().set_fontsize(0.9 * look.font)


def legend_below(ax: Axes, handles: Sequence[Any], look: Look, sentence: str) -> Legend:
    """A legend at the foot of the axes, in as many columns as fit; the sentence is wrapped to fit."""
    room = size_in_points(ax)[0] - 12
    for columns in range(len(handles), 0, -1):
        shown = _legend(ax, handles, look, sentence, columns)
        if width_in_points(shown) <= room:
            break
    for letters in range(len(sentence), 12, -4):
        if width_in_points(shown) <= room:
            break
        shown.get_title().set_text(plain(textwrap.fill(sentence, letters)))
    return shown


def _legend(ax: Axes, handles: Sequence[Any], look: Look, sentence: str, columns: int) -> Legend:
    return legend(
        ax,
        look,
        handles=list(handles),
        loc="lower center",
        bbox_to_anchor=(0.5, 0.0),
        borderaxespad=0.3,
        ncol=columns,
        title=plain(sentence),
        columnspacing=1.4,
        handlelength=2.6,
    )


def size_in_points(ax: Axes) -> tuple[float, float]:
    """Width and height of the axes."""
    box = ax.get_window_extent()
    dpi = ax.figure.dpi
    return 72.0 * box.width / dpi, 72.0 * box.height / dpi


def width_in_points(artist: Any) -> float:
    return float(72.0 * artist.get_window_extent().width / artist.figure.dpi)


def height_in_points(artist: Any) -> float:
    return float(72.0 * artist.get_window_extent().height / artist.figure.dpi)


def fit_text(drawn: Any, room: float) -> None:
    """Smaller letters where the text would be wider than `room` points, or nearly.

    Letters are up to 2 % wider at another resolution.
    """
    wide = 1.02 * width_in_points(drawn)
    if wide > room:
        drawn.set_fontsize(drawn.get_fontsize() * room / wide)


def text_width(words: str, font: float) -> float:
    """About how wide a line of text is, in points, before anything is drawn."""
    return 0.62 * font * max((len(line) for line in words.split("\n")), default=0)


@lru_cache(maxsize=32)
def colours(stops: tuple[str, ...], name: str = "lernpy") -> LinearSegmentedColormap:
    """A colour map through these stops."""
    return LinearSegmentedColormap.from_list(name, list(stops), N=256)


def ink_on(colour: Any) -> str:
    """Black or white, whichever is read more easily on this colour."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    bright = float(np.dot(linear, (0.2126, 0.7152, 0.0722)))
    return "#ffffff" if 1.05 / (bright + 0.05) >= (bright + 0.05) / 0.05 else "#000000"


def numeric_array(values: Any, what: str) -> np.ndarray:
    """The values as an array of at least one dimension, or an error that says what belongs here."""
    try:
        with np.errstate(all="ignore"):
            array = np.asarray(values)
            if array.dtype.kind not in "buifO" or np.ma.is_masked(values) or not array.ndim:
                raise TypeError
            return array.astype(float)
    except (TypeError, ValueError, OverflowError):
        raise LernpyError(f"{what} is a table of numbers, not {texts.shown(values)}") from None


def finite_array(values: Any, what: str) -> np.ndarray:
    """The values as an array; one that is NaN or infinite is named in an error."""
    array = np.asarray(values, dtype=float)
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        index = tuple(bad[0].tolist())
        position = ", ".join(str(i + 1) for i in index)
        raise LernpyError(
            f"{what} {position} is {array[index]}; there is nothing to draw. "
            "Restore the last finite one"
        )
    return array


def finite_columns(values: np.ndarray, whats: Sequence[str]) -> None:
    """Refuse (n, columns) values of which some are beyond all numbers: the first such column is named."""
    bad = np.flatnonzero(~np.isfinite(values).all(axis=0))
    if len(bad):
        raise LernpyError(
            f"{whats[bad[0]]} is beyond all numbers; there is nothing to draw. "
            "Train with a smaller learning rate, or draw another network"
        )
