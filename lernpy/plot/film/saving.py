"""Pictures and animations into files; the ending of the name decides the format."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.animation import Animation, FFMpegWriter
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from lernpy import checks, storage
from lernpy.errors import LernpyError
from lernpy.plot.film import flipbook
from lernpy.plot.film.film import page_of, pause_of, pictures
from lernpy.text import listed, near_miss, shown

STILL = ("png", "svg", "pdf")
MOVING = ("gif", "mp4", "html")
DPI, FILM_DPI = 120, 80
MOST_DPI = 2400  # of a printer; more would fill the memory


def save(picture: Any, path: str | os.PathLike[str], *, dpi: int | None = None) -> Path:
    """Write a picture or an animation; returns the path.

    Parameters
    ----------
    picture : axes (or an array of them), a figure, or an animation
    path : ends in .png, .svg or .pdf; an animation in .gif, .mp4 (needs ffmpeg), .html (one page
        that needs no network), in .png .svg .pdf (its last frame), or in no dot: a folder that
        gets one PNG per frame

    >>> import lernpy
    >>> from lernpy import plot
    >>> save(plot.network(lernpy.layered([2, 1], seed=0)), "network.svg").name
    'network.svg'
    """
    path = storage.path_of(path)
    dpi = None if dpi is None else checks.whole("dpi", dpi, 1, MOST_DPI)
    ending = check_name(path, isinstance(picture, Animation))
    if isinstance(picture, Animation):
        _save_animation(picture, path, ending, dpi or FILM_DPI)
        return path
    storage.write_bytes(path, still(figure_of(picture), ending, dpi or DPI))
    return path


def check_name(path: Path, moves: bool) -> str:
    """The ending of a name under which a picture, or one that moves, can be saved."""
    ending = path.suffix.lower().lstrip(".")
    if not moves and ending in MOVING:
        raise LernpyError(f"{path}: one picture is no animation; end the name in {_endings(STILL)}")
    if not moves and not ending:
        raise LernpyError(f"{path} has no ending; a picture ends in {_endings(STILL)}")
    if ending not in (*MOVING, *STILL, ""):
        hint = near_miss(ending, [*STILL, *(MOVING if moves else ())])
        raise LernpyError(
            f"{path}: no format is called '{ending}'.{hint} Known: {_endings((*STILL, *MOVING))}"
        )
    return ending


def _endings(names: tuple[str, ...]) -> str:
    return listed(f".{name}" for name in names)


def figure_of(picture: Any) -> Figure:
    """The figure of axes, of an array of axes, or of itself."""
    if isinstance(picture, np.ndarray):
        picture = picture.ravel().tolist()
    if isinstance(picture, (list, tuple)) and picture:
        picture = picture[0]
    if isinstance(picture, Axes):
        picture = picture.get_figure(root=True)
    if not isinstance(picture, Figure):
        raise LernpyError(f"only pictures can be saved, not {shown(picture)}")
    return picture


def still(figure: Figure, ending: str, dpi: int = DPI) -> bytes:
    """A figure as the bytes of a file; equal figures give equal bytes (no date is put in)."""
    buffer = io.BytesIO()
    empty: dict[str, Any] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {}}
    figure.savefig(
        buffer,
        format=ending,
        dpi=dpi,
        facecolor=figure.get_facecolor(),
        metadata=empty[ending],
    )
    return buffer.getvalue()


# ---- animations ---------------------------------------------------------------------------------


def _save_animation(animation: Any, path: Path, ending: str, dpi: int) -> None:
    if not path.parent.is_dir():
        raise LernpyError(f"{path}: the folder {path.parent} does not exist; make it first")
    if ending == "mp4" and not FFMpegWriter.isAvailable():
        raise LernpyError(f"{path}: MP4 needs ffmpeg, which is not installed; save a .gif")
    if ending == "":
        _save_frames(animation, path, dpi)
    elif ending in STILL:
        for _ in pictures(animation, dpi):
            pass
        storage.write_bytes(path, still(animation._fig, ending, DPI))
    elif ending == "html":
        storage.write_text(path, page_of(animation, dpi))
    else:
        make = _gif if ending == "gif" else _mp4
        storage.write_bytes(path, make(animation, dpi))


def _gif(animation: Any, dpi: int) -> bytes:
    """All frames in the colours of the last one, which has everything in it."""
    frames = list(pictures(animation, dpi))
    palette = frames[-1].quantize(255, method=Image.Quantize.MEDIANCUT)
    small = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    pause = max(int(pause_of(animation)), 20)
    buffer = io.BytesIO()
    pauses = [pause] * (len(small) - 1) + [max(4 * pause, 2000)]
    small[0].save(
        buffer, "GIF", save_all=True, append_images=small[1:], duration=pauses, loop=0, disposal=1
    )
    return buffer.getvalue()


def _mp4(animation: Any, dpi: int) -> bytes:
    """Raw pictures through a pipe into ffmpeg; a broken-off film never takes the name."""
    rate = max(1000.0 / pause_of(animation), 0.2)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "film.mp4")
        program: subprocess.Popen[bytes] | None = None
        for frame in pictures(animation, dpi):
            even = frame.crop((0, 0, frame.width // 2 * 2, frame.height // 2 * 2))
            if program is None:
                program = subprocess.Popen(_ffmpeg(even.size, rate, target), stdin=subprocess.PIPE)
            assert program.stdin is not None
            program.stdin.write(even.tobytes())
        assert program is not None  # there is at least one picture
        program.communicate()
        if program.returncode or not target.exists():
            raise LernpyError(f"ffmpeg could not make the film (status {program.returncode})")
        return target.read_bytes()


def _ffmpeg(size: tuple[int, int], rate: float, target: Path) -> list[str]:
    wide, high = size
    source = f"-f rawvideo -pix_fmt rgb24 -s {wide}x{high} -r {rate:.6g} -i -".split()
    result = ["-an", "-vcodec", "h264", "-pix_fmt", "yuv420p", "-movflags", "+faststart"]
    return [FFMpegWriter.bin_path(), "-loglevel", "error", "-y", *source, *result, str(target)]


def _save_frames(animation: Any, folder: Path, dpi: int) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise LernpyError(f"{folder} is there already and not empty; name a new folder")
    half = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        for index, frame in enumerate(pictures(animation, dpi), 1):
            storage.write_bytes(half / f"frame{index:04d}.png", flipbook.png(frame))
        if folder.is_dir():
            folder.rmdir()
        half.chmod(0o755)
        half.rename(folder)
    finally:
        shutil.rmtree(half, ignore_errors=True)
