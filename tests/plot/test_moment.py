"""One moment: the numbers under the picture are those of the frame."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from matplotlib.colors import to_rgb
from strategies import networks

import lernpy
from lernpy import Frame, plot, theme
from lernpy.errors import LernpyError
from lernpy.layout import positions
from lernpy.network import Network
from lernpy.plot import canvas
from lernpy.plot.graph.bars import arrivals, openness, sums_by_generation


def lesson() -> Network:
    network = lernpy.build.two_two_two()
    network.learn([0.05, 0.10], [0.01, 0.99])
    return network


def parts(ax: Any, gid: str) -> list[Any]:
    return [artist for artist in ax.findobj() if artist.get_gid() == gid]


def one(ax: Any, gid: str) -> Any:
    (artist,) = parts(ax, gid)
    return artist


def scale_of(ax: Any) -> float:
    """The picture's scale: its widest line stands for the largest signal, 10 wide at scale 1."""
    return float(one(ax, "signal").get_linewidths().max()) / 10


@pytest.mark.parametrize("lane", ["signal", "blame"])
def test_each_lane_has_the_width_the_colour_and_the_dash_of_its_number(lane: str) -> None:
    frame = Frame.of(lesson())
    drawn = one(plot.blame(frame), lane)
    values = getattr(frame, lane)
    scale = scale_of(drawn.axes)
    widths = [scale * theme.width(v, np.abs(values).max()) for v in values]
    assert drawn.get_linewidths() == pytest.approx(widths)
    for value, colour, (_, dash) in zip(
        values, drawn.get_colors(), drawn.get_linestyles(), strict=True
    ):
        wanted = theme.LIGHT.positive if value > 0 else theme.LIGHT.negative
        assert tuple(colour[:3]) == to_rgb(wanted)
        if value > 0:
            assert dash is None
        else:  # 7 drawn, 4 free, whatever the width
            assert dash == pytest.approx([7 * max(scale, 0.5), 4 * max(scale, 0.5)])


def test_blame_that_nobody_uses_is_pale() -> None:
    """x1, x2 and the bias get blame, but have no weights before them."""
    frame = Frame.of(lesson())
    strengths = one(plot.blame(frame), "blame").get_colors()[:, 3]
    heard = [frame.names[u].startswith("h") for u, _ in frame.links]
    assert [strength == 1.0 for strength in strengths] == heard


def lane_edges(ax: Any) -> tuple[np.ndarray, np.ndarray, float]:
    """How far apart (pixels) the facing edges of the two lanes are, link by link."""
    signal, blame = one(ax, "signal"), one(ax, "blame")
    unit = ax.figure.dpi / 72
    found = []
    for upper, lower in zip(signal.outlines(), blame.outlines(), strict=True):
        direction = (upper[-1] - upper[0]) / np.linalg.norm(upper[-1] - upper[0])
        left = np.array([-direction[1], direction[0]])
        found.append(float((upper.mean(axis=0) - lower.mean(axis=0)) @ left))
    half = 0.5 * unit * (signal.get_linewidths() + blame.get_linewidths())
    return np.array(found), half, unit


@pytest.mark.parametrize("size", [(4, 9), (9, 6), (16, 3.5), (7, 7)])
@pytest.mark.parametrize("dpi", [72, 200])
def test_the_lanes_never_overlap_whatever_the_aspect(size: Any, dpi: int) -> None:
    ax = plt.figure(figsize=size, dpi=dpi).add_subplot()
    plot.blame(lesson(), ax)
    apart, half, unit = lane_edges(ax)
    gap = theme.LANE_GAP * scale_of(ax) * unit
    assert (apart - half) == pytest.approx(np.full(len(apart), gap), rel=1e-6)


def test_the_lanes_keep_their_distance_when_the_window_is_resized() -> None:
    ax = plot.blame(lesson())
    gap = theme.LANE_GAP * scale_of(ax)
    ax.figure.set_size_inches(14, 4)
    ax.figure.canvas.draw()
    apart, half, unit = lane_edges(ax)
    assert (apart - half) / unit == pytest.approx(np.full(len(apart), gap), rel=1e-6)


def test_lanes_start_and_end_at_the_rims() -> None:
    network = lesson()
    frame, ax = Frame.of(network), plot.signal(network)
    unit = ax.figure.dpi / 72
    where = positions(frame)
    for (u, v), line in zip(frame.links, one(ax, "signal").outlines(), strict=True):
        for end, name in ((line[0], frame.names[u]), (line[-1], frame.names[v])):
            centre = ax.transData.transform(where[name])
            assert 5 * unit < np.linalg.norm(end - centre) < 40 * unit


@pytest.mark.parametrize("font_scale", [1.0, 2.0, 3.0])
@pytest.mark.parametrize("name", theme.THEMES)
def test_nothing_is_cut_off(name: str, font_scale: float) -> None:
    network = lernpy.layered([2, 3, 2], output_activation="softmax", seed=3)
    network.learn([0.3, 1.0], [1, 0])
    frame = Frame.of(network, targets=[1, 0], loss=0.7, title="A lesson")
    for draw in (plot.blame, plot.signal, plot.network):
        inside(draw(frame, theme=name, font_scale=font_scale).figure)


def inside(figure: Any) -> None:
    """Every text and every legend lies within the figure."""
    figure.canvas.draw()
    whole = figure.bbox
    from matplotlib.legend import Legend
    from matplotlib.text import Text

    for artist in figure.findobj(lambda a: isinstance(a, (Text, Legend)) and a.get_visible()):
        if isinstance(artist, Text) and not artist.get_text():
            continue
        box = artist.get_window_extent()
        words = artist.get_text() if isinstance(artist, Text) else "legend"
        assert box.x0 >= whole.x0 - 1 and box.x1 <= whole.x1 + 1, words
        assert box.y0 >= whole.y0 - 1 and box.y1 <= whole.y1 + 1, words


@pytest.mark.parametrize("draw", [plot.blame, plot.signal])
@pytest.mark.parametrize("font_scale", [1.0, 2.5])
def test_the_legend_always_states_the_sign_convention(draw: Any, font_scale: float) -> None:
    legend = draw(lesson(), font_scale=font_scale).get_legend()
    said = " ".join(legend.get_title().get_text().split())
    assert (
        said
        == {
            plot.blame: "blame = dLoss/d output; + means: raising it raises the loss",
            plot.signal: "signal = weight × output; what arrives at a neuron adds up",
        }[draw]
    )
    words = [text.get_text() for text in legend.get_texts()]
    assert "+ positive" in words and "− negative" in words


def test_what_is_not_known_yet_is_empty_and_never_0() -> None:
    network = lernpy.build.two_two_two()
    network.answer([0.05, 0.10])
    ax = plot.blame(network)
    assert not parts(ax, "blame") and len(one(ax, "blame-empty").which) == 8 + 4
    assert len(one(ax, "signal").which) == 12
    assert not parts(ax, "blame-number") and not parts(ax, "gradient-number")
    told = [text.get_text() for text in parts(ax, "pie")]
    assert told == ["not a pie: not yet known"]


def test_numbers_stand_on_the_links_of_small_nets_only() -> None:
    frame = Frame.of(lesson())
    ax = plot.blame(frame)
    said = {text.get_text() for text in parts(ax, "signal-number")}
    assert said == {canvas.label_of(v) for v in frame.signal}
    told = {text.get_text() for text in parts(ax, "gradient-number")}
    assert told == {f"∂w {canvas.label_of(v)}" for v in frame.gradients}
    large = lernpy.layered([3, 6, 2], seed=0)
    large.learn([1, 0, 1], [1, 0])
    assert not parts(plot.blame(large), "signal-number")
    assert parts(plot.blame(large, numbers=True), "signal-number")


def test_the_bars_are_the_blame_that_arrived_and_sum_up() -> None:
    frame = Frame.of(lesson())
    found = arrivals(frame)
    assert set(found) == {frame.names.index(n) for n in ("h1", "h2", "y1", "y2")}
    for index, shares in found.items():
        assert shares.sum() == pytest.approx(frame.sensitivity[index])
    assert len(found[frame.names.index("h1")]) == 2


def test_an_output_that_feeds_others_gets_blame_from_the_loss_and_from_links() -> None:
    network = lernpy.from_edges([("x", "a"), ("a", "b")], ["x"], ["a", "b"], seed=1)
    network.learn([1.0], [0.0, 0.0])
    frame = Frame.of(network)
    from_link, from_loss = arrivals(frame)[frame.names.index("a")]
    assert from_link == frame.blame[1]
    assert from_loss == pytest.approx(frame.output[frame.names.index("a")])  # y - t, with t = 0


def test_a_gate_is_open_by_the_share_of_the_steepest_slope() -> None:
    frame = Frame.of(lesson())
    h1 = frame.names.index("h1")
    y = frame.output[h1]
    assert openness(frame, h1) == pytest.approx(y * (1 - y) / 0.25)
    ax = plot.blame(frame)
    top, low = one(ax, "gate").shapes[:2]
    high = top[:, 1].max()
    assert top[:, 1].min() == pytest.approx(high * openness(frame, h1))
    assert low[:, 1].max() == pytest.approx(-high * openness(frame, h1))


@pytest.mark.parametrize(
    ("kind", "value", "word"),
    [("relu", -3.0, "off"), ("sigmoid", 90.0, "saturated"), ("step", 1.0, "flat")],
)
def test_a_shut_gate_is_hatched_and_says_why(kind: str, value: float, word: str) -> None:
    edges = [("x", "h", 1.0), ("h", "y", 1.0)]
    network = lernpy.from_edges(edges, ["x"], ["y"], activations={"h": kind}, seed=0)
    network.learn([value], [2.0])  # blame below 0: its bars point down
    ax = plot.blame(network)
    ax.figure.canvas.draw()
    assert one(ax, "gate-shut").get_hatch()
    (label,) = [text for text in parts(ax, "gate-label") if text.get_text() == word]
    bars = [bar for sign in ("positive", "negative") for bar in parts(ax, f"arrived-{sign}")]
    low = min(bar.get_window_extent().y0 for bar in bars if len(bar.outlines()))
    assert label.get_window_extent().y1 <= low + 1  # it lies on no bar


@pytest.mark.parametrize("font_scale", [1.0, 1.3])
@pytest.mark.parametrize("seed", range(4))
def test_why_a_gate_is_shut_can_be_read(seed: int, font_scale: float) -> None:
    """The word lies on top, on a ground of its own; no number and no name stands in its place."""
    network = lernpy.layered([2, 3, 1], seed=seed)
    for link in network.links.values():
        link.weight.value *= 30.0
    network.learn([1.0, -1.0], [1.0])
    ax = plot.blame(network, font_scale=font_scale)
    ax.figure.canvas.draw()
    words = [text for text in parts(ax, "gate-label") if text.get_text() == "saturated"]
    shut = one(ax, "gate-shut").outlines()
    assert len(words) == len(shut) > 0
    others = [text for text in ax.texts if text not in words and text.get_gid() != "headline"]
    for word in words:
        box = word.get_window_extent()
        assert word.get_bbox_patch().get_alpha() > 0.9
        for text in others:
            if text.get_gid() in ("neuron-number", None):
                assert not box.overlaps(text.get_window_extent()), text.get_text()
            assert text.get_zorder() <= word.get_zorder()


def test_a_negative_slope_says_so() -> None:
    edges = [("x", "h", 1.0), ("h", "y", 1.0)]
    network = lernpy.from_edges(edges, ["x"], ["y"], activations={"h": "gelu"}, seed=0)
    network.learn([-1.5], [0.0])
    assert "−" in [text.get_text() for text in parts(plot.blame(network), "gate-label")]


def test_a_softmax_group_shows_its_mixing_and_no_gate() -> None:
    network = lernpy.layered([2, 2], output_activation="softmax", seed=0)
    network.learn([1, 0], [1, 0])
    ax = plot.blame(network)
    assert not parts(ax, "gate") and parts(ax, "mixing")
    assert "softmax mixes" in [text.get_text() for text in parts(ax, "gate-label")]


def test_blame_is_not_a_pie() -> None:
    frame = Frame.of(lesson())
    ((number, (came, went)),) = sums_by_generation(frame).items()  # hidden ones serve nobody
    outputs = list(frame.outputs)
    assert number == 2 and came == pytest.approx(frame.sensitivity[outputs].sum())
    used = np.isin(frame.links[:, 1], outputs) & ~np.isin(frame.links[:, 0], frame.biases)
    assert went == pytest.approx(frame.blame[used].sum())
    told = [text.get_text() for text in parts(plot.blame(frame), "pie")]
    assert told[0] == f"not a pie: {canvas.label_of(came)} in, {canvas.label_of(went)} out"


def test_halves_show_output_and_blame() -> None:
    network = lernpy.build.by_hand()
    network.learn([1], [1])
    frame = Frame.of(network)
    ax = plot.blame(frame)
    left, right = one(ax, "output").get_facecolor(), one(ax, "sensitivity").get_facecolor()
    y = frame.names.index("y")
    assert left[y][2] > left[y][0]  # its output is positive: blue
    assert right[y][0] > right[y][2]  # its blame is negative: vermillion
    assert tuple(right[y][:3]) == pytest.approx(
        to_rgb(theme.LIGHT.negative)
    )  # the largest there is


def test_several_moments_are_drawn_alike_with_the_same_largest() -> None:
    frame = Frame.of(lesson())
    drawn = one(plot.blame(frame, largest={"blame": 10.0}), "blame")
    wanted = [scale_of(drawn.axes) * theme.width(v, 10.0) for v in frame.blame]
    assert drawn.get_linewidths() == pytest.approx(wanted)


def test_of_a_large_net_the_300_that_matter_and_ribbons_for_the_rest() -> None:
    network = lernpy.layered([64, 32, 10], seed=0)
    network.learn(np.linspace(0, 1, 64), np.eye(10)[3])
    frame = Frame.of(network)
    ax = plot.blame(frame)
    shown = len(one(ax, "blame").which)
    assert shown == 300 and len(frame.links) == 2410
    least = np.sort(np.abs(frame.blame))[-300]
    wanted = np.abs(frame.blame)[np.abs(frame.blame) >= least]
    scale = float(one(ax, "blame").get_linewidths().max()) / 10
    widths = [scale * theme.width(v, wanted.max()) for v in wanted]
    assert one(ax, "blame").get_linewidths() == pytest.approx(widths)
    assert one(ax, "subline").get_text() == (
        "300 of 2,410 links are drawn, those with the most blame; "
        "the ribbons stand for the other 2,110"
    )
    assert len(one(ax, "ribbon").get_paths()) >= 2


def test_a_net_that_is_just_small_enough_is_drawn_whole() -> None:
    network = lernpy.layered([30, 50], bias=False, seed=0)  # 1,500 links
    ax = plot.network(network)
    assert len(one(ax, "weight").which) == 1500 and not parts(ax, "ribbon")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
@pytest.mark.parametrize("draw", [plot.network, plot.blame, plot.signal])
def test_nan_weights_are_named(draw: Any, value: float) -> None:
    network = lernpy.build.two_two_two()
    network.links["x1", "h2"].weight.value = value
    with pytest.raises(LernpyError, match=f"^the weight of x1 -> h2 is {value:g}; "):
        draw(network)


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(LernpyError, match="needs a network or a Frame, not a list of 2"):
        plot.blame([1, 2])


def test_the_weights_have_their_widths_and_signs() -> None:
    network = lernpy.layered([2, 3, 1], seed=0)
    frame = Frame.of(network)
    drawn = one(plot.network(network), "weight")
    values = frame.weights[frame.link_weight][drawn.which]
    scale = drawn.get_linewidths().max() / 10
    wanted = [scale * theme.width(v, np.abs(values).max()) for v in values]
    assert drawn.get_linewidths() == pytest.approx(wanted)
    said = {t.get_text() for t in parts(drawn.axes, "weight-number")}
    assert said == {canvas.label_of(v) for v in values}


def test_a_loss_and_a_title_are_told() -> None:
    frame = replace(Frame.of(lesson()), loss=0.298371, title="Two-two-two")
    said = one(plot.blame(frame), "headline").get_text()
    assert said == "Two-two-two   ·   loss 0.2984 (squared error)"


@settings(max_examples=12)
@given(networks())
def test_any_wiring_is_drawn(network: Network) -> None:
    rng = np.random.default_rng(0)
    shares = rng.dirichlet(np.ones(len(network.outputs)))
    network.collect(rng.random(len(network.inputs)), shares, 1.0)
    ax = plot.blame(network)
    ax.figure.canvas.draw()
    plt.close(ax.figure)


def test_generations_too_large_for_names_are_counted_on_one_line_at_the_top() -> None:
    """There no links run; beside the single output they would cross the words."""
    ax = plot.network(lernpy.layered([2, 24, 24, 1], "tanh", seed=0))
    heads = [t for t in ax.texts if t.get_text() in ("2 inputs", "24 tanh", "1 sigmoid")]
    assert len(heads) == 4
    assert len({t.xy[1] for t in heads}) == 1
    assert heads[0].xy[1] == max(t.xy[1] for t in ax.texts if hasattr(t, "xy"))
