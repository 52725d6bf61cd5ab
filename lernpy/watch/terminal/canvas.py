"""A sheet of characters with styles: drawn on in any order, read as plain text or with ANSI colours."""

from __future__ import annotations

import re

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
        "▶": ">", "◀": "<", "⋮": ":", "●": "*", "█": "#", "░": ".", "▁": "_", "▂": ".", "▃": ":",
        "▄": "-", "▅": "=", "▆": "+", "▇": "*", "↑": "up", "↓": "down", "━": "=", "é": "e",
    }
)  # fmt: skip


def plain(text: str) -> str:
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
        self._letters = [[" "] * self.width for _ in range(self.height)]
        self._styles = [[""] * self.width for _ in range(self.height)]

    def write(self, x: int, y: int, text: str, style: str = "") -> None:
        """Write from a place to the right."""
        if 0 <= y < self.height:
            for place, letter in enumerate(text, x):
                if 0 <= place < self.width:
                    self._letters[y][place] = letter
                    self._styles[y][place] = style

    def dot(self, x: int, y: int, letter: str, style: str = "") -> None:
        self.write(x, y, letter, style)

    def paste(self, other: Canvas, x: int, y: int) -> None:
        """Lay another sheet over this one."""
        for row in range(other.height):
            for column in range(other.width):
                self.write(
                    x + column, y + row, other._letters[row][column], other._styles[row][column]
                )

    def line(self, start: tuple[int, int], end: tuple[int, int], style: str, kind: str) -> None:
        """A line from left to right: "solid", "dashed" (a minus), "faint" (not known yet)."""
        (x0, y0), (x1, y1) = start, end
        row = y0
        for x in range(x0, x1 + 1):
            following = y0 + round((y1 - y0) * (x + 1 - x0) / max(x1 - x0, 1))
            following = min(max(following, min(y0, y1)), max(y0, y1))
            drawn = (x - x0) % 4 != 0 if kind == "dashed" else (x - x0) % 2 == 0 or kind == "solid"
            if drawn:
                self._stroke(x, row, following, style, kind)
            row = following

    def _stroke(self, x: int, row: int, following: int, style: str, kind: str) -> None:
        if kind == "faint":
            self.dot(x, row, "·", style)
            return
        if following == row:
            self.dot(x, row, "─", style)
        else:
            down = following > row
            for y in range(row, following, 1 if down else -1):
                self.dot(x, y, "╲" if down else "╱", style)

    def text(self, ascii: bool = False) -> str:
        """Plain text; blanks at the ends of lines left out."""
        lines = ["".join(letters) for letters in self._letters]
        return "\n".join((plain(line) if ascii else line)[: self.width].rstrip() for line in lines)

    def ansi(self, ascii: bool = False) -> str:
        """Text with the escape sequences of colours; every line ends plain."""
        return "\n".join(self._ansi(row, ascii) for row in range(self.height))

    def _ansi(self, row: int, ascii: bool) -> str:
        whole, now = "", ""
        length = len("".join(self._letters[row]).rstrip())
        room = self.width
        for letter, style in zip(self._letters[row][:length], self._styles[row], strict=False):
            said = plain(letter) if ascii else letter
            room -= len(said)
            if room < 0:
                break
            if style != now:
                whole += "\x1b[0m" * bool(now) + (f"\x1b[{STYLES[style]}m" if style else "")
                now = style
            whole += said
        return whole + ("\x1b[0m" if now else "")


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most this width, broken at blanks; a word that is too long is cut."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in re.findall(r"\S+", paragraph):
            joined = f"{line} {word}" if line else word
            if len(joined) <= width or not line:
                line = joined[: max(width, 1)]
            else:
                lines.append(line)
                line = word[: max(width, 1)]
        lines.append(line)
    return lines


def fitted(text: str, width: int) -> str:
    """Text cut to a width, with … where something is missing."""
    return text if len(text) <= width else text[: max(width - 1, 0)] + "…"[: max(width, 0)]
