"""A sheet of characters with styles: drawn on in any order, read as plain text or with ANSI colours."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

from lernpy.text import shortened, visible

STYLES = {  # 256 colours are understood nearly everywhere; light and dark backgrounds both fit
    "plus": "38;5;32",  # near #0072B2
    "minus": "38;5;166",  # near #D55E00
    "dim": "2",
    "bold": "1",
    "focus": "1;7",
    "plus bold": "1;38;5;32",
    "minus bold": "1;38;5;166",
}
ASCII = str.maketrans(
    {
        "×": "*", "−": "-", "→": ">", "←": "<", "·": ".", "δ": "d", "Σ": "S", "½": "1/2 ",
        "²": "^2", "′": "'", "…": "...", "─": "-", "╌": "-", "│": "|", "╱": "/", "╲": "\\",
        "▶": ">", "◀": "<", "⋮": ":", "●": "*", "█": "#", "▁": "_", "▂": ",", "▃": ":",
        "▄": "-", "▅": "=", "▆": "+", "▇": "*", "↑": "up", "↓": "down", "é": "e",
    }
)  # fmt: skip

SOLID = "─"
STROKES: dict[str, tuple[Callable[[int], bool], str]] = {  # which columns are drawn, and how
    "solid": (lambda x: True, SOLID),
    "dashed": (lambda x: x % 4 != 0, SOLID),  # a minus
    "faint": (lambda x: x % 3 == 0, "╌"),  # a link that the step is not about
    "unknown": (lambda x: x % 2 == 0, "·"),  # not computed yet
}


def to_ascii(text: str) -> str:
    """Text in ASCII alone; what has no like in it becomes a question mark."""
    replaced = text.replace(" → ", " -> ").replace("←/→", "left/right").replace("↑/↓", "up/down")
    return replaced.translate(ASCII).encode("ascii", "replace").decode()


class Canvas:
    """Rows of characters; what is drawn outside is cut off.

    >>> canvas = Canvas(9, 2)
    >>> canvas.write(1, 0, "signal", "plus")
    >>> print(canvas.text())
     signal
    <BLANKLINE>
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = max(width, 0), max(height, 0)
        self._cells = [[(" ", "")] * self.width for _ in range(self.height)]  # letter, style

    def write(self, x: int, y: int, text: str, style: str = "") -> None:
        """Write to the right from a column on; what would steer the terminal is shown as its code."""
        if 0 <= y < self.height:
            for column, letter in enumerate(visible(text), x):
                if 0 <= column < self.width:
                    self._cells[y][column] = (letter, style)

    def paste(self, other: Canvas, x: int, y: int) -> None:
        """Lay another sheet over this one."""
        for row, cells in enumerate(other._cells, y):
            for column, (letter, style) in enumerate(cells, x):
                self.write(column, row, letter, style)

    def line(self, start: tuple[int, int], end: tuple[int, int], style: str, kind: str) -> None:
        """A line from left to right of one of the kinds of `STROKES`."""
        (x0, y0), (x1, y1) = start, end
        every, letter = STROKES[kind]
        row = y0
        for x in range(x0, x1 + 1):
            following = y0 + round((y1 - y0) * (x + 1 - x0) / max(x1 - x0, 1))
            following = min(max(following, min(y0, y1)), max(y0, y1))
            if every(x - x0):
                self._stroke(x, row, following, style, letter)
            row = following

    def _stroke(self, x: int, row: int, following: int, style: str, letter: str) -> None:
        """One letter; on a slope of ours strokes that lean."""
        if following == row or letter != SOLID:
            self.write(x, row, letter, style)
            return
        down = following > row
        for y in range(row, following, 1 if down else -1):
            self.write(x, y, "╲" if down else "╱", style)

    def text(self, ascii: bool = False) -> str:
        """Plain text; blanks at the ends of lines left out."""
        lines = ["".join(letter for letter, _ in cells) for cells in self._cells]
        return "\n".join(
            (to_ascii(line) if ascii else line)[: self.width].rstrip() for line in lines
        )

    def ansi(self, ascii: bool = False) -> str:
        """Text with the escape sequences of colours; every line ends plain."""
        return "\n".join(self._ansi(cells, ascii) for cells in self._cells)

    def _ansi(self, cells: list[tuple[str, str]], ascii: bool) -> str:
        line, now = "", ""
        length = len("".join(letter for letter, _ in cells).rstrip())
        room = self.width
        for letter, style in cells[:length]:
            text = to_ascii(letter) if ascii else letter
            room -= len(text)
            if room < 0:
                break
            if style != now:
                line += "\x1b[0m" * bool(now) + (f"\x1b[{STYLES[style]}m" if style else "")
                now = style
            line += text
        return line + ("\x1b[0m" if now else "")


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most this width, broken at blanks; a word that is too long is broken, too."""
    return [
        line
        for paragraph in text.split("\n")
        for line in textwrap.wrap(paragraph, max(width, 1), break_on_hyphens=False) or [""]
    ]


def cut(text: str, width: int) -> str:
    """Text cut to a width, with … where something is missing."""
    return shortened(text, width) if width > 0 else ""
