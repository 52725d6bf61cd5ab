"""A few samples and what the net says of them; images are drawn in the terminal."""

from __future__ import annotations

import sys

import numpy as np

from lernpy.cli.output import say
from lernpy.data import Dataset
from lernpy.network import Network
from lernpy.training import predict

SHADES = " .:-=+*#%@"
BLOCKS = " ░▒▓█"
WIDEST = 100


def print_guesses(network: Network, dataset: Dataset, most: int = 4) -> None:
    """Print a few guesses: pictures for images, lines for small tables of numbers."""
    if dataset.image is None:
        return
    some = np.linspace(0, len(dataset) - 1, most).astype(int)
    chosen = dataset.subset(some)
    answers, confidence, _ = predict(network, chosen.inputs)
    pictures = [picture(row.reshape(dataset.image), dataset.maximum) for row in chosen.inputs]
    width = max(len(line) for line in pictures[0])
    captions = []
    for i, label in enumerate(chosen.labels):
        sure = f" {confidence[i]:.0%}" if confidence is not None else ""
        wrong = "" if answers[i] == dataset.classes[label] else f" (is {dataset.classes[label]})"
        captions.append(f"says {answers[i]}{sure}{wrong}")
    width = max(width, *(len(caption) for caption in captions)) + 3
    each = max(1, WIDEST // width)
    for start in range(0, most, each):
        group = slice(start, start + each)
        for lines in zip(*pictures[group], strict=True):
            say("".join(line.ljust(width) for line in lines).rstrip())
        say("".join(caption.ljust(width) for caption in captions[group]).rstrip())


def picture(image: np.ndarray, maximum: float | None) -> list[str]:
    """An image as lines of text, two characters a pixel; large ones two rows a line.

    >>> import numpy as np
    >>> picture(np.array([[0, 16], [16, 0]]), 16)[0][-2:] in ("██", "@@")
    True
    """
    shades = BLOCKS if _draws_blocks() else SHADES
    values = np.asarray(image, float) / (maximum or max(float(np.max(image)), 1e-9))
    if image.shape[0] > 16:
        values = values[: image.shape[0] // 2 * 2].reshape(-1, 2, image.shape[1]).mean(axis=1)
        each = 1
    else:
        each = 2
    levels = np.clip((values * (len(shades) - 1)).round().astype(int), 0, len(shades) - 1)
    return ["".join(shades[level] * each for level in row) for row in levels]


def _draws_blocks() -> bool:
    try:
        BLOCKS.encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except UnicodeEncodeError:
        return False
    return True
