"""The tables: every slope against nudges, scalar forms against array forms, entries of one's own."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

import lernpy
from lernpy.errors import LernpyError
from lernpy.functions import activations, initializers, losses, schedules
from lernpy.functions.activations import ACTIVATIONS, Activation
from lernpy.functions.losses import LOSSES, Loss
from lernpy.functions.maths import TINY, scalar
from lernpy.functions.probe import compare_slopes
from lernpy.registry import Registry

PLACES = [-1000.0, -50.0, -3.0, -0.5, -1e-3, 0.0, 1e-3, 0.5, 3.0, 50.0, 1000.0]


@contextmanager
def entered(table: Registry, *names: str) -> Iterator[None]:
    """Entries of one's own, taken out again at the end."""
    try:
        yield
    finally:
        for name in names:
            if name in table:
                table.remove(name)


# ---- activations --------------------------------------------------------------------------------


def test_the_table_is_complete():
    assert list(ACTIVATIONS) == [
        *("identity", "one", "step", "sigmoid", "tanh", "relu", "leaky_relu", "elu"),
        *("softplus", "gelu"),
    ]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_slope_is_what_a_nudge_says(name: str):
    report = activations.check(name)

    assert report.ok, report
    assert report.points == 103  # from -50 to 50


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("place", [-50.0, 50.0])
def test_slopes_far_out(name: str, place: float):
    """Also where everything has saturated: within TINY of the slope of a nudge of a thousandth."""
    entry = activations.get(name)

    slope = entry.slope(place, entry.value(place))

    nudged = (entry.value(place + 1e-3) - entry.value(place - 1e-3)) / 2e-3
    assert slope == pytest.approx(nudged, abs=1e-9)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_array_form_is_the_scalar_form(name: str):
    entry = activations.get(name)
    value, slope = entry.over(np)

    ys = value(np.array(PLACES))
    slopes = np.broadcast_to(slope(np.array(PLACES), ys), ys.shape)

    expected = [entry.value(z) for z in PLACES]
    np.testing.assert_allclose(ys, expected, rtol=1e-15, atol=1e-15)
    np.testing.assert_allclose(
        slopes,
        [entry.slope(z, y) for z, y in zip(PLACES, expected, strict=True)],
        rtol=1e-14,
        atol=1e-15,
    )
    assert np.isfinite(ys).all() and np.isfinite(slopes).all()


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("identity", -2.5, -2.5),
        ("one", -2.5, 1.0),
        ("step", 0.0, 0.0),
        ("step", 1e-300, 1.0),
        ("sigmoid", 0.0, 0.5),
        ("sigmoid", math.log(3), 0.75),
        ("tanh", math.log(2), 0.6),
        ("relu", -1.0, 0.0),
        ("leaky_relu", -2.0, -0.02),
        ("elu", -math.log(2), -0.5),
        ("softplus", 0.0, math.log(2)),
        ("softplus", -1000.0, 0.0),
        ("gelu", 0.0, 0.0),
        ("gelu", 100.0, 100.0),
    ],
)
def test_values_for_the_head(name: str, place: float, value: float):
    assert activations.get(name).value(place) == pytest.approx(value, abs=1e-16)


@pytest.mark.parametrize(("name", "slope"), [("relu", 0.0), ("leaky_relu", 0.01), ("step", 0.0)])
def test_the_slope_at_a_kink(name: str, slope: float):
    assert activations.get(name).slope(0.0, 0.0) == slope


def test_a_saturated_slope_is_tiny_and_not_zero():
    for name in ("sigmoid", "tanh"):
        entry = activations.get(name)
        assert entry.slope(1000.0, entry.value(1000.0)) == TINY


def test_the_steepest_place():
    steepest = {
        name: activations.get(name).steepest for name in ("sigmoid", "tanh", "relu", "gelu")
    }

    assert steepest == pytest.approx(
        {"sigmoid": 0.25, "tanh": 1.0, "relu": 1.0, "gelu": 1.129}, abs=1e-3
    )
    assert activations.get("step").steepest == 1.0  # flat everywhere: nothing to divide by


def test_a_wrong_slope_is_named_with_both_numbers():
    wrong = Activation("cube", lambda m: (lambda z: z * z * z, lambda z, y: 2 * z * z))

    report = activations.check(wrong)

    assert not report.ok
    assert str(report).startswith("cube: at ") and "but nudging says" in str(report)


def test_the_worst_place_is_reported_and_no_right_one_after_it_hides_it():
    """z squared, whose slope 2z is off by 3 at 1 and by 20 at 4: by 1.5 and by 2.5 of itself."""
    claims = {-1.0: -2.0, 1.0: 5.0, 4.0: -12.0, 5.0: 10.0}

    report = compare_slopes("square", lambda z: z * z, claims.__getitem__, list(claims), 1e-5)

    assert not report.ok
    assert (report.point, report.claimed, report.points) == (4.0, -12.0, 4)
    assert report.measured == pytest.approx(8.0)


@pytest.mark.parametrize("place", [-49.987, 0.013, 50.013])
def test_a_slope_that_is_no_number_is_the_worst(place: float):
    """Also if it is none at one place only, the first, the last or one between."""
    wrong = Activation(
        "hole", lambda m: (lambda z: z, lambda z, y: math.nan if z == place else 1.0)
    )

    report = activations.check(wrong)

    assert not report.ok
    assert report.point == place
    assert str(report) == f"hole: at {place:g} the slope says nan, but nudging says 1"


# ---- losses -------------------------------------------------------------------------------------


def test_the_table_of_losses():
    assert list(LOSSES) == [
        *("squared_error", "mean_squared_error", "mean_absolute_error", "huber"),
        *("binary_cross_entropy", "cross_entropy"),
    ]
    assert [name for name, loss in LOSSES.items() if loss.mean] == [
        *("mean_squared_error", "mean_absolute_error")
    ]


@pytest.mark.parametrize("name", LOSSES)
def test_every_slope_of_a_loss_is_what_a_nudge_says(name: str):
    report = losses.check(name)

    assert report.ok, report
    assert report.points == 27


@pytest.mark.parametrize(
    ("name", "output", "target", "value", "slope"),
    [
        ("squared_error", 3.0, 1.0, 2.0, 2.0),
        ("mean_squared_error", 3.0, 1.0, 4.0, 4.0),
        ("mean_absolute_error", 3.0, 1.0, 2.0, 1.0),
        ("mean_absolute_error", 1.0, 1.0, 0.0, 0.0),
        ("huber", 1.5, 1.0, 0.125, 0.5),
        ("huber", -4.0, 1.0, 4.5, -1.0),
        ("binary_cross_entropy", 0.5, 1.0, math.log(2), -2.0),
        ("binary_cross_entropy", 0.25, 0.0, -math.log(0.75), 4 / 3),
        ("cross_entropy", 0.5, 1.0, math.log(2), -2.0),
        ("cross_entropy", 0.5, 0.0, 0.0, 0.0),
    ],
)
def test_losses_for_the_head(name: str, output: float, target: float, value: float, slope: float):
    loss = losses.get(name)

    assert loss.value(output, target) == pytest.approx(value)
    assert loss.slope(output, target) == pytest.approx(slope)


@pytest.mark.parametrize("name", LOSSES)
def test_the_array_form_of_a_loss_is_the_scalar_form(name: str):
    loss = losses.get(name)
    ys, ts = np.array([0.0, 0.1, 0.5, 0.9, 1.0, 0.3]), np.array([0.0, 1.0, 0.5, 0.2, 1.0, 0.3])

    for array, alone in zip(loss.over(np), (loss.value, loss.slope), strict=True):
        expected = [alone(y, t) for y, t in zip(ys.tolist(), ts.tolist(), strict=True)]
        np.testing.assert_allclose(array(ys, ts), expected, rtol=1e-14)


@pytest.mark.parametrize("name", ["binary_cross_entropy", "cross_entropy"])
def test_the_stable_form_is_the_plain_one_where_both_hold(name: str):
    loss, sigmoid = losses.get(name), activations.get("sigmoid")
    for z in (-3.0, -0.2, 0.0, 1.7):
        for t in (0.0, 0.3, 1.0):
            y = sigmoid.value(z)
            plain = loss.value(y, t)
            assert loss.stable["sigmoid"](z, t) == pytest.approx(plain, abs=1e-14)
            logit = math.log(y) - (math.log1p(-y) if loss.from_rest else 0.0)
            assert loss.stable["softmax"](logit, t) == pytest.approx(plain, abs=1e-14)
            array = loss.stable_over(np, "sigmoid")
            assert array is not None
            assert array(np.array([z]), np.array([t])) == pytest.approx([plain], abs=1e-14)
    assert loss.stable_over(np, "tanh") is None


# ---- saturation ---------------------------------------------------------------------------------


@pytest.mark.parametrize("total", [1000.0, -1000.0, 40.0, -750.0])
@pytest.mark.parametrize("target", [0.0, 1.0])
def test_a_saturated_sigmoid_is_blamed_exactly(total: float, target: float):
    """delta = p - t, and the loss is the distance that the total input has to go."""
    network = lernpy.from_edges([("x", "y", 1.0)], ["x"], ["y"], loss="binary_cross_entropy")

    loss = network.learn([total], [target])

    y = network.neurons["y"]
    assert y.delta == y.output - target
    assert loss == pytest.approx(abs(total) if (total > 0) != (target > 0) else 0.0, abs=1e-12)


@pytest.mark.parametrize("name", ["cross_entropy", "binary_cross_entropy"])
@pytest.mark.parametrize("right", ["a", "b", "c"])
def test_a_saturated_softmax_is_blamed_exactly(name: str, right: str):
    edges = [("x", "a", 1000.0), ("x", "b", -1000.0), ("x", "c", 0.0)]
    network = lernpy.from_edges(
        edges, ["x"], ["a", "b", "c"], output_activation="softmax", loss=name
    )
    target = [float(out == right) for out in "abc"]

    loss = network.learn([1.0], target)

    assert math.isfinite(loss)
    assert loss >= {"a": 0.0, "b": 2000.0, "c": 1000.0}[right]
    for neuron, t in zip(network.outputs, target, strict=True):
        if name == "cross_entropy":
            assert neuron.delta == neuron.output - t
        assert math.isfinite(neuron.delta)
    assert all(math.isfinite(weight.value) for weight in network.weights)


@pytest.mark.parametrize("activation", ["sigmoid", "softmax"])
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("total", [1000.0, -1000.0])
def test_no_loss_makes_a_nan_of_saturation(activation: str, loss: str, total: float):
    edges = [("x", "a", 1.0), ("x", "b", -1.0)]
    network = lernpy.from_edges(edges, ["x"], ["a", "b"], output_activation=activation, loss=loss)

    assert math.isfinite(network.learn([total], [0.0, 1.0]))
    assert all(math.isfinite(weight.value) for weight in network.weights)


# ---- the maths of one number --------------------------------------------------------------------


@pytest.mark.parametrize("name", ["exp", "log", "log1p", "sqrt", "sign", "abs", "tanh"])
def test_scalar_maths_answers_like_numpy(name: str):
    """Also at the edges, where Python's own would raise."""
    for x in (
        -math.inf,
        -1000.0,
        -1.0,
        -0.5,
        -0.0,
        0.0,
        0.5,
        700.0,
        709.75,
        710.0,
        math.inf,
        math.nan,
    ):
        with np.errstate(all="ignore"):
            expected = getattr(np, name)(x)
        found = getattr(scalar, name)(x)
        assert found == pytest.approx(expected, rel=1e-15, nan_ok=True), (name, x)


def test_scalar_choices():
    nan = math.nan
    for a, b in ((1.0, 2.0), (2.0, 1.0), (nan, 1.0), (1.0, nan)):
        assert scalar.maximum(a, b) == pytest.approx(float(np.maximum(a, b)), nan_ok=True)
        assert scalar.minimum(a, b) == pytest.approx(float(np.minimum(a, b)), nan_ok=True)
    assert (scalar.where(True, 1.0, 2.0), scalar.where(False, 1.0, 2.0)) == (1.0, 2.0)


# ---- entries of one's own -----------------------------------------------------------------------


def test_an_activation_for_single_numbers_is_enough():
    """Written with `if` and `math`: it still works over arrays, and a network learns with it.

    A first answer that is a whole number makes no whole numbers of those that follow.
    """
    with entered(ACTIVATIONS, "half_tanh"):

        @activations.activation("half_tanh")
        def half_tanh(m):
            """tanh above zero, else 0."""
            return (
                lambda z: math.tanh(z) if z > 0 else 0,
                lambda z, y: 1 - y * y if z > 0 else 0,
            )

        value, slope = half_tanh.over(np)
        assert value(np.array([-1.0, 0.5])).tolist() == [0.0, math.tanh(0.5)]
        assert slope(np.array([-1.0, 0.5]), np.array([0.0, 0.4])).tolist() == [0.0, 1 - 0.4**2]
        assert activations.check("half_tanh").ok
        assert half_tanh.__doc__ == "tanh above zero, else 0."

        network = lernpy.layered([2, 4, 1], "half_tanh", seed=1)
        assert lernpy.check_gradients(network, [[0.3, 1.0]], [[1.0]]).ok
        assert network.learn([0.3, 1.0], [1.0]) > network.learn([0.3, 1.0], [1.0])


def test_a_loss_for_single_numbers_is_enough():
    with entered(LOSSES, "one_sided"):

        @losses.loss("one_sided", mean=True)
        def one_sided(m):
            return (
                lambda y, t: max(t - y, 0.0) ** 2,
                lambda y, t: -2 * max(t - y, 0.0),
            )

        value, _ = one_sided.over(np)
        assert value(np.array([0.0, 2.0]), np.array([1.0, 1.0])).tolist() == [1.0, 0.0]
        assert losses.check("one_sided").ok
        network = lernpy.layered([2, 3, 2], loss="one_sided", seed=0)
        assert lernpy.check_gradients(network, [[0.3, 1.0]], [[1.0, 0.0]]).ok


def test_a_wrong_entry_is_found_by_one_call():
    wrong = Loss("wrong", lambda m: (lambda y, t: (y - t) ** 2, lambda y, t: y - t))

    network = lernpy.layered([2, 3, 1], loss=wrong, seed=0)
    report = lernpy.check_gradients(network, [[0.3, 1.0]], [[1.0]])

    assert not losses.check(wrong).ok
    assert not report.ok
    assert report.worst is not None
    assert report.worst.other == pytest.approx(2 * report.worst.ours)


# ---- initialisers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "spread", "reach"),
    [
        ("uniform", 0.5 / math.sqrt(3), 0.5),
        ("glorot_uniform", math.sqrt(2 / 60), math.sqrt(6 / 60)),
        ("he_normal", math.sqrt(2 / 40), math.inf),
        ("normal", 1.0, math.inf),
        ("zeros", 0.0, 0.0),
    ],
)
def test_initialisers(name: str, spread: float, reach: float):
    drawn = initializers.get(name)(np.random.default_rng(0), 40, 20, 20_000)

    assert drawn.shape == (20_000,)
    assert drawn.std() == pytest.approx(spread, rel=0.02)
    assert abs(drawn.mean()) <= 0.05 * spread
    assert np.abs(drawn).max() <= reach


def test_fans_may_differ_from_weight_to_weight():
    drawn = initializers.get("he_normal")(
        np.random.default_rng(0), np.repeat([2.0, 200.0], 5_000), 1, 10_000
    )

    assert drawn[:5_000].std() == pytest.approx(1.0, rel=0.05)
    assert drawn[5_000:].std() == pytest.approx(0.1, rel=0.05)


def test_an_initialiser_of_ones_own():
    network = lernpy.layered([2, 3, 1], init=lambda rng, fan_in, fan_out, size: np.full(size, 0.7))

    assert [w.value for w in network.weights].count(0.7) == 9


# ---- schedules ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "factors"),
    [
        ("constant", [1, 1, 1, 1, 1, 1]),
        ("step", [1, 1, 0.1, 0.1, 0.01, 0.01]),
        (
            "exponential",
            [1, 0.01 ** (1 / 6), 0.01 ** (1 / 3), 0.1, 0.01 ** (2 / 3), 0.01 ** (5 / 6)],
        ),
        ("cosine", [1, (2 + math.sqrt(3)) / 4, 0.75, 0.5, 0.25, (2 - math.sqrt(3)) / 4]),
    ],
)
def test_schedules(name: str, factors: list[float]):
    schedule = schedules.get(name)

    assert [schedule(epoch, 6) for epoch in range(6)] == pytest.approx(factors)


def test_a_schedule_of_ones_own_takes_epoch_and_epochs():
    halved = schedules.factors(schedules.get(lambda epoch, epochs: 0.5**epoch), 1, 3, 10)

    assert halved.tolist() == [0.5, 0.25, 0.125]


@pytest.mark.parametrize(
    ("own", "sentence"),
    [
        (lambda: 1, r"schedule\(epoch, epochs\), but <lambda> takes \(\)"),
        (lambda epoch: 1, r"but <lambda> takes \(epoch\)"),
        (lambda a, b, c: 1, r"but <lambda> takes \(a, b, c\)"),
    ],
)
def test_a_schedule_that_cannot_be_called_is_refused_at_once(own, sentence: str):
    with pytest.raises(LernpyError, match=sentence):
        schedules.get(own)


@pytest.mark.parametrize("factor", [None, "x", -1, math.nan, math.inf, 10**400, [1]])
def test_what_a_schedule_says_must_be_a_factor(factor):
    with pytest.raises(LernpyError, match=r"the schedule <lambda> says .* for epoch 3 of 6;"):
        schedules.factors(lambda epoch, epochs: factor if epoch == 2 else 1.0, 0, 6, 6)


@pytest.mark.parametrize(
    ("get", "wrong", "sentence"),
    [
        (activations.get, "rellu", "no activation is called 'rellu'. Did you mean 'relu'?"),
        (losses.get, "hubber", "no loss is called 'hubber'. Did you mean 'huber'?"),
        (initializers.get, "he", "no initializer is called 'he'"),
        (schedules.get, "cosin", "no schedule is called 'cosin'. Did you mean 'cosine'?"),
    ],
)
def test_a_near_miss(get, wrong: str, sentence: str):
    with pytest.raises(LernpyError) as error:
        get(wrong)

    assert sentence in str(error.value)


# ---- what is known of an entry beside its formula -------------------------------------------------


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        *(("identity", -math.inf, math.inf), ("step", 0, 1), ("sigmoid", 0, 1), ("tanh", -1, 1)),
        *(("relu", 0, math.inf), ("leaky_relu", -math.inf, math.inf), ("elu", -1, math.inf)),
        *(("softplus", 0, math.inf), ("gelu", -0.1700408, math.inf), ("one", 1, 1)),
    ],
)
def test_outputs_have_a_range(name: str, low: float, high: float):
    assert activations.get(name).range == pytest.approx((low, high), abs=1e-5)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_entry_has_a_label_a_start_and_words(name: str):
    entry = activations.get(name)

    assert 0 < len(activations.short(name)) <= 5
    assert entry.traits.start in initializers.INITIALIZERS
    assert entry.traits.words and entry.latex


def test_a_gate_that_is_shut_has_a_word():
    words = {name: activations.why_shut(name) for name in ("relu", "sigmoid", "step", "unheard-of")}

    assert words == {
        "relu": "off",
        "sigmoid": "saturated",
        "step": "flat",
        "unheard-of": "saturated",
    }
    assert activations.why_shut("relu", always=True) == "dead"
    assert activations.why_shut("step", always=True) == "flat"


def test_losses_of_shares_have_no_value_elsewhere():
    found = [name for name in LOSSES if losses.get(name).of_shares]

    assert found == ["binary_cross_entropy", "cross_entropy"]
    assert Loss("own", lambda m: (lambda y, t: math.log(y), lambda y, t: 1 / y)).of_shares
    assert all(losses.get(name).words for name in LOSSES)
