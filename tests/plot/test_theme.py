"""Colours that are told apart by everybody, and the law of widths."""

from __future__ import annotations

import json

import numpy as np
import pytest

from lernpy import theme
from lernpy.errors import LernpyError

SEEN_BY = {  # how linear RGB looks to people who see all colours, no red, no green, no blue
    "all": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
               [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
               [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
               [0.004733, 0.691367, 0.303900]],
}  # fmt: skip
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(colour: str) -> np.ndarray:
    c = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    x = XYZ @ np.clip(rgb, 0, 1) / np.array([0.95047, 1, 1.08883])
    f = np.where(x > 0.008856, np.cbrt(x), 7.787 * x + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("name", theme.THEMES)
def test_signs_stand_out_from_the_ground(name: str) -> None:
    chosen = theme.get(name)
    for colour in (chosen.positive, chosen.negative, chosen.muted, *chosen.series):
        assert contrast(colour, chosen.background) >= 3.0, colour
    assert contrast(chosen.text, chosen.background) >= 12.0


@pytest.mark.parametrize("eyes", SEEN_BY)
def test_the_signs_are_told_apart_whoever_looks(eyes: str) -> None:
    """The CIE difference of blue and vermillion is 92 in the worst case."""
    seen = np.array(SEEN_BY[eyes])
    blue, vermillion = (seen @ linear(c) for c in (theme.LIGHT.positive, theme.LIGHT.negative))
    assert round(float(np.linalg.norm(lab(blue) - lab(vermillion)))) >= 92


def test_greyscale_has_no_colour() -> None:
    for value in theme.as_dict("greyscale")["colours"].values():
        for colour in [value] if isinstance(value, str) else value:
            assert colour[1:3] == colour[3:5] == colour[5:7]


def test_a_scale_of_greys_runs_one_way() -> None:
    """Diverging greys would show -1 as +1."""
    steps = [luminance(colour) for colour in theme.GREYSCALE.diverging]
    assert steps == sorted(steps, reverse=True)


def test_widths_follow_the_root() -> None:
    assert theme.width(0.25, 1.0) == 1 + 9 * 0.5
    assert theme.width(-1.0, 1.0) == 10.0
    assert theme.width(4.0, 1.0) == 10.0  # never wider, whatever comes
    assert theme.width(0.0, 0.0) == theme.width(float("nan"), 1.0) == 1.0


def test_the_player_is_fed_with_json() -> None:
    fed = json.loads(json.dumps(theme.as_dict("dark", 2.0)))
    assert fed["lane_gap"] == 6.0 and fed["dash"] == [7.0, 4.0] and fed["font_size"] == 20.0
    assert fed["colours"]["positive"] == "#0072b2"
    assert fed["sign_convention"] == "blame = dLoss/d output; + means: raising it raises the loss"


def test_wrong_names_and_sizes_are_refused() -> None:
    with pytest.raises(LernpyError, match=r"no theme is called 'drak'\. Did you mean 'dark'?"):
        theme.get("drak")
    with pytest.raises(LernpyError, match="font scale is 9; it must be from"):
        theme.font_size(9)
