"""Training, epoch by epoch: what is reported, what is kept, what is honoured between two epochs."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pytest

import lernpy
from lernpy.errors import LernpyError, TrainingError
from lernpy.training import metrics
from lernpy.training.crossval import CrossValidation, parts_of
from lernpy.training.history import Epoch
from lernpy.training.metrics import Evaluation

XOR = ([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
ENGINES = ["graph", "numpy"]


def net(seed=0, **settings):
    return lernpy.layered([2, 4, 1], activation="tanh", seed=seed, **settings)


def values(network):
    return [weight.value for weight in network.weights]


def test_an_epoch_reports_the_running_mean_before_each_update():
    """Two samples, online: the second sample's loss is taken after the first update."""
    network = net(learning_rate=0.5)
    twin = network.copy()
    data = ([[0, 1], [1, 1]], [[1], [0]])

    epoch = next(iter(lernpy.epochs(network, data, 1, batch_size=1, shuffle=False)))

    by_hand = (twin.learn([0, 1], [1]) + twin.learn([1, 1], [0])) / 2
    assert epoch.loss == pytest.approx(by_hand, abs=1e-15)
    assert values(network) == pytest.approx(values(twin), abs=1e-15)


def test_a_short_last_batch_counts_by_its_own_size():
    """Three samples in batches of two: the last update divides by one."""
    network = net(learning_rate=0.5)
    twin = network.copy()
    inputs, targets = XOR[0][:3], XOR[1][:3]

    epoch = next(iter(lernpy.epochs(network, (inputs, targets), 1, batch_size=2, shuffle=False)))

    first = twin.learn_batch(inputs[:2], targets[:2])
    second = twin.learn_batch(inputs[2:], targets[2:])
    assert epoch.loss == pytest.approx((2 * first + second) / 3, abs=1e-15)
    assert values(network) == pytest.approx(values(twin), abs=1e-15)


def test_the_reported_loss_has_the_penalty_and_validation_leaves_it_out():
    network = net(learning_rate=0.0, l2=0.1)
    epoch = next(iter(lernpy.epochs(network, XOR, 1, batch_size=None, validation=XOR)))
    assert epoch.loss - epoch.validation_loss == pytest.approx(network.penalty(), abs=1e-12)
    assert network.penalty() > 0


@pytest.mark.parametrize("engine", ENGINES)
def test_the_same_seed_gives_the_same_draws_in_every_engine(engine):
    one, two = net(), net()
    lernpy.train(one, XOR, 20, batch_size=1, seed=5, engine="graph")
    lernpy.train(two, XOR, 20, batch_size=1, seed=5, engine=engine)
    assert np.allclose(values(one), values(two), rtol=0, atol=1e-9)
    three = net()
    lernpy.train(three, XOR, 20, batch_size=1, seed=6, engine=engine)
    assert not np.allclose(values(one), values(three), rtol=0, atol=1e-6)


def test_watched_and_unwatched_training_are_the_same_bits():
    """train() runs many epochs at once, epochs() one by one: the same weights and losses."""
    one, two = net(optimizer="adam"), net(optimizer="adam")
    history = lernpy.train(one, XOR, 60, batch_size=2, seed=3, schedule="cosine")
    run = lernpy.epochs(two, XOR, 60, batch_size=2, seed=3, schedule="cosine")
    losses = [epoch.loss for epoch in run]
    assert values(one) == values(two)
    assert history["loss"].tolist() == losses
    assert history["rate"].tolist() == run.history["rate"].tolist()


def test_objects_are_current_between_two_epochs():
    network = net()
    before = values(network)
    for epoch in lernpy.epochs(network, XOR, 3):  # noqa: B007
        assert values(network) != before
        before = values(network)
    assert epoch.number == 3


@pytest.mark.parametrize("engine", ENGINES)
def test_edits_between_two_epochs_are_honoured(engine):
    """A value, a freeze, a rate and the wiring hold from the next epoch on."""
    network = net(learning_rate=0.5)
    first, second, third, *_ = network.links.values()
    run = iter(lernpy.epochs(network, XOR, 10, engine=engine, seed=1))

    next(run)
    first.weight.value = 7.0
    first.weight.freeze()
    next(run)
    assert first.weight.value == 7.0

    network.learning_rate = 0.0
    held = values(network)
    next(run)
    assert values(network) == held

    network.learning_rate = 0.5
    network.prune(second)
    next(run)
    assert len(network.links) == 16 and third.weight.value != held[2]

    network.optimizer = "adam"
    next(run)
    assert third.weight.memory != ()
    assert first.weight.value == 7.0


def test_rate_zero_is_a_value():
    network = net()
    before = values(network)
    lernpy.train(network, XOR, 3, learning_rate=0)
    assert values(network) == before
    assert network.learning_rate == 0


def test_a_batch_larger_than_the_data_is_all_the_data():
    one, two = net(), net()
    lernpy.train(one, XOR, 5, batch_size=100, seed=0)
    lernpy.train(two, XOR, 5, batch_size=None, seed=0)
    assert values(one) == values(two)


def test_one_sample_is_enough():
    network = net(learning_rate=1.0)
    history = lernpy.train(network, ([[0.2, 0.4]], [[0.7]]), 500)
    assert history.loss < 1e-6


def test_what_train_is_given_stays_on_the_network():
    network = net()
    lernpy.train(
        network, XOR, 1, optimizer="adam", loss="huber", learning_rate=0.25, l1=0.5, l2=0.1
    )
    assert (network.optimizer.name, network.loss.name) == ("adam", "huber")
    assert (network.learning_rate, network.l1, network.l2) == (0.25, 0.5, 0.1)
    assert network.card.training["optimizer"] == "adam"


def test_early_stopping_restores_the_best_weights():
    """A rate that is far too large: the loss soon gets worse, and the best epoch comes back."""
    network = net(seed=2)
    seen = {}
    run = lernpy.epochs(network, XOR, 200, batch_size=1, learning_rate=12.0, early_stop=5, seed=1)
    for epoch in run:
        seen[epoch.number] = (epoch.loss, values(network))
    best = min(seen, key=lambda number: (seen[number][0], number))
    assert len(seen) == best + 5
    assert values(network) == seen[best][1]
    assert run.history.best == best
    assert f"weights of epoch {best} restored" in run.history.stopped


@pytest.mark.parametrize("limit", [8, 10, 14, 200])
def test_a_restored_epoch_is_said_wherever_the_run_ended(limit):
    """Also where the limit of epochs came before patience; the last epoch needs no word."""
    network = net(seed=2)
    history = lernpy.train(
        network, XOR, limit, batch_size=1, learning_rate=12.0, early_stop=5, seed=1
    )
    again = net(seed=2)
    lernpy.train(again, XOR, history.best, batch_size=1, learning_rate=12.0, seed=1)
    assert values(network) == values(again)
    restored = f"weights of epoch {history.best} restored"
    assert (restored in history.stopped) is (history.best < len(history)), history.stopped


def test_breaking_off_leaves_what_is_there():
    network = net()
    for epoch in lernpy.epochs(network, XOR, early_stop=50):
        here = values(network)
        if epoch.number == 4:
            break
    assert values(network) == here


def test_endless_until_the_caller_has_seen_enough():
    taken = list(itertools.islice(lernpy.epochs(net(), XOR), 7))
    assert [epoch.number for epoch in taken] == [1, 2, 3, 4, 5, 6, 7]


def test_class_weights_multiply_the_loss_of_their_class():
    """Balanced, one sample of class 1 against three of class 0 weighs 4 / (2 * 1) = 2."""
    network = net(learning_rate=0.5)
    twin = network.copy()
    data = ([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [0], [0], [1]])

    epoch = next(iter(lernpy.epochs(network, data, 1, batch_size=None, class_weights="balanced")))

    loss = twin.learn_batch(*data, sample_weight=[2 / 3, 2 / 3, 2 / 3, 2])
    assert epoch.loss == pytest.approx(loss, abs=1e-15)
    assert values(network) == pytest.approx(values(twin), abs=1e-15)


@pytest.mark.parametrize("engine", ENGINES)
def test_numbers_that_blow_up_stop_and_name_link_and_sample(engine):
    network = lernpy.layered([1, 1], output_activation="identity", seed=0)
    data = ([[1.0], [2.0], [3.0]], [[1.0], [2.0], [3.0]])
    run = lernpy.epochs(
        network, data, 5000, batch_size=1, learning_rate=5.0, engine=engine, shuffle=False
    )
    with pytest.raises(TrainingError, match=r"epoch \d+: .*sample \d.*(x1|bias) -> y1.* are kept"):
        for _ in run:
            good = values(network)
    assert f"the weights of epoch {len(run.history)} are kept" in run.history.stopped
    assert values(network) == good
    assert all(math.isfinite(value) for value in good)


@pytest.mark.parametrize("outputs", [["a", "b"], ["b", "a"]])
def test_the_output_furthest_from_its_target_is_named(outputs):
    edges = [("x", "a", 1e200), ("x", "b", 1.0)]
    network = lernpy.from_edges(edges, ["x"], outputs, output_activation="identity")
    with pytest.raises(TrainingError, match=r"a says 1e\+200 to a target of 0.5; .* link x -> a"):
        lernpy.train(network, ([[1.0]], [[0.5, 0.5]]), 1)


def test_where_the_first_epoch_blows_up_nothing_has_moved():
    network = lernpy.layered([1, 1], output_activation="identity", seed=0)
    before = values(network)
    data = ([[1.0], [2.0], [3.0]], [[1.0], [2.0], [3.0]])
    with pytest.raises(TrainingError, match=r"epoch 1: .*; the weights it started with are kept"):
        lernpy.train(network, data, 5, batch_size=1, learning_rate=1e200)
    assert values(network) == before


def test_blowing_up_unwatched_keeps_the_same_epoch_as_watched():
    data = ([[1.0], [2.0], [3.0]], [[1.0], [2.0], [3.0]])
    kept = []
    for watched in (True, False):
        network = lernpy.layered([1, 1], output_activation="identity", seed=0)
        with pytest.raises(TrainingError) as caught:
            if watched:
                list(lernpy.epochs(network, data, 5000, batch_size=1, learning_rate=5.0, seed=2))
            else:
                lernpy.train(network, data, 5000, batch_size=1, learning_rate=5.0, seed=2)
        kept.append((values(network), len(caught.value.history)))
    assert kept[0] == kept[1]


def test_a_step_activation_cannot_be_trained_but_taught():
    network = lernpy.layered([2, 2, 1], activation="step", seed=0)
    with pytest.raises(TrainingError, match="'h1' has the activation step, whose slope is 0"):
        lernpy.train(network, XOR, 1)
    network.learn([0, 1], [1])
    assert all(
        link.weight.sensitivity == 0
        for link in network.links.values()
        if link.output_neuron.name == "h1"
    )


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"epochs": 0}, "the number of epochs is 0; it must be a whole number from 1"),
        ({"epochs": 2.5}, "the number of epochs is 2.5; it must be a whole number from 1"),
        ({"epochs": True}, "the number of epochs is True; it must be a whole number from 1"),
        ({"every": None}, "between checkpoints .every. is None; it must be a whole number from 1"),
        ({"batch_size": 0}, "batch size is 0"),
        ({"batch_size": 2.5}, "batch size is 2.5"),
        ({"learning_rate": -1}, "the learning rate is -1; it must be 0 or more"),
        ({"learning_rate": math.nan}, "the learning rate is nan"),
        ({"l1": -1}, "the l1 is -1"),
        ({"validation": 1.5}, "the validation part is 1.5"),
        ({"resume": True}, "name the checkpoint folder"),
        ({"optimizer": "adm"}, "Did you mean 'adam'"),
        ({"loss": "hubr"}, "Did you mean 'huber'"),
        ({"engine": "nunpy"}, "Did you mean 'numpy'"),
        ({"schedule": "cosin"}, "Did you mean 'cosine'"),
        (
            {"learn_rate": 1},
            "no training setting is called 'learn_rate'. Did you mean 'learning_rate'",
        ),
        ({"class_weights": {"2": 1.0}}, "no class is called '2'"),
        ({"scale": "standart"}, "Did you mean 'standard'"),
    ],
)
def test_wrong_settings_are_named(settings, says):
    with pytest.raises(LernpyError, match=says):
        lernpy.train(net(), XOR, **settings)


def test_data_that_does_not_fit_is_named():
    with pytest.raises(LernpyError, match="the network has 2 input neurons, but iris has 4 inputs"):
        lernpy.train(net(), lernpy.data.load("iris"), 1)


def test_history_is_a_plain_table(tmp_path):
    history = lernpy.train(net(), XOR, 4, validation=XOR, metrics=True)
    text = history.to_csv(tmp_path / "table.csv")
    assert (tmp_path / "table.csv").read_text() == text
    header, first, *rest = text.splitlines()
    assert header.startswith("number,loss,validation_loss,accuracy,validation_accuracy")
    assert float(first.split(",")[1]) == history.rows[0].loss
    assert len(rest) == 3
    assert ",,," in first and "None" not in text  # empty where nothing was measured
    assert set(history.as_arrays()) == set(history.columns)
    assert history["validation_loss"].shape == (4,)
    assert np.isnan(history["r2"]).all()


def test_an_epoch_says_what_was_measured():
    assert str(Epoch(3, 0.25)) == "epoch 3, loss 0.25"
    shown = "epoch 3, loss 0.25, validation loss 0.5, accuracy 75.0%, validation accuracy 50.0%"
    assert str(Epoch(3, 0.25, 0.5, 0.75, 0.5)) == shown
    assert str(Epoch(3, 0.25, r2=0.9)) == "epoch 3, loss 0.25, r2 0.9"


def test_ctrl_c_keeps_what_was_learned_and_says_where(monkeypatch):
    network = net()
    run = lernpy.epochs(network, XOR, 100_000)
    learn, calls = run.engine.learn_epochs, []

    def interrupted(*arguments):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return learn(*arguments)

    run.engine.learn_epochs = interrupted
    history = run.finish()
    assert history.interrupted
    assert history.stopped == f"stopped by Ctrl-C after epoch {len(history)}"
    twin = net()
    lernpy.train(twin, XOR, len(history), seed=history.seed)
    assert values(network) == values(twin)


def test_cross_validation_tests_each_sample_once():
    iris = lernpy.data.load("iris")
    parts = parts_of(iris, 5, seed=0)
    assert sorted(np.concatenate(parts)) == list(range(150))
    assert [np.bincount(iris.labels[part]).tolist() for part in parts] == [[10, 10, 10]] * 5
    xor = lernpy.data.load("xor")
    assert sorted(part.tolist() for part in parts_of(xor, 4, seed=0)) == [[0], [1], [2], [3]]
    assert len(parts_of(xor, np.float64(2), seed=0)) == 2
    with pytest.raises(LernpyError, match="xor has 4 samples; that is too few for 5 folds"):
        parts_of(xor, 5, seed=0)
    with pytest.raises(
        LernpyError, match="the number of folds is 1; it must be a whole number from 2"
    ):
        parts_of(xor, 1, seed=0)


def test_cross_validation_tells_mean_and_spread():
    shown = str(CrossValidation([Evaluation(0.1, accuracy=0.5), Evaluation(0.3, accuracy=1.0)]))
    assert shown == "2 folds: loss 0.2000 +- 0.1000, accuracy 0.7500 +- 0.2500"


def test_scaling_is_fitted_on_the_training_part_only():
    data = (np.array([[1.0], [3.0], [1000.0]]), np.array([[1.0], [2.0], [3.0]]))
    network = lernpy.layered([1, 1], output_activation="identity", seed=0)
    lernpy.train(
        network,
        (data[0][:2], data[1][:2]),
        1,
        validation=(data[0][2:], data[1][2:]),
        scale="standard",
    )
    assert network.card.scaling.shift.tolist() == [2.0]
    assert network.card.scaling.scale.tolist() == [1.0]
    assert network.card.target_scaling.shift.tolist() == [1.5]


def test_predict_answers_in_the_units_of_the_data():
    """y = 100 x + 7, learned on scaled numbers, asked and answered in plain ones."""
    x = np.linspace(-5, 5, 40)[:, None]
    network = lernpy.layered(
        [1, 1], output_activation="identity", loss="mean_squared_error", seed=0
    )
    lernpy.train(
        network, (x, 100 * x + 7), 300, learning_rate=0.3, scale="standard", batch_size=None
    )
    assert lernpy.predict(network, [[2.0]]).answers[0, 0] == pytest.approx(207, abs=0.5)


def test_a_huge_rate_is_named_with_a_link_even_where_no_single_step_overflows():
    """The whole epoch's kernel overflows earlier than one batch after the other."""
    network = lernpy.layered([4, 8, 3], "tanh", "softmax", loss="cross_entropy", seed=1)
    with pytest.raises(LernpyError, match=r"the weight of the link \w+ -> \w+ is (inf|.*e\+\d+)"):
        lernpy.train(
            network, lernpy.data.load("iris"), 5, learning_rate=1e300, seed=0, scale="standard"
        )


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: lernpy.train("xor", XOR, 3), "this needs a network, not 'xor'; build one"),
        (lambda: lernpy.train(None, XOR, 3), "this needs a network, not None"),
        (lambda: lernpy.predict(3, [[0, 1]]), "this needs a network, not 3"),
        (lambda: lernpy.training.evaluate(3, XOR), "this needs a network, not 3"),
        (lambda: lernpy.save(3, "net.json"), "this needs a network, not 3"),
        (lambda: lernpy.check_gradients(3, *XOR), "this needs a network, not 3"),
        (lambda: lernpy.train(net(), "xor", 3), r"loaded by lernpy.data.load\('xor'\)"),
        (lambda: lernpy.train(net(), "xy", 3), r"loaded by lernpy.data.load\('xy'\)"),
        (lambda: lernpy.train(net(), XOR, 3, class_weights=3), "numbers by class, not 3"),
        (
            lambda: lernpy.train(net(), XOR, 3, class_weights={"1": "x"}),
            "class '1' is 'x'; it must",
        ),
        (lambda: lernpy.train(net(), XOR, 3, class_weights={"1": -1}), "class '1' is -1; it must"),
        (lambda: lernpy.train(net(), XOR, 3, schedule=3), "no schedule is called 3"),
        (lambda: lernpy.train(net(), XOR, 3, schedule=lambda epoch: 1), r"takes \(epoch\)"),
        (
            lambda: lernpy.train(net(), XOR, 3, schedule=lambda a, b: None),
            "says None for epoch 1 of",
        ),
        (
            lambda: lernpy.train(net(), XOR, 3, checkpoint=3),
            "checkpoint is 3; it must name a folder",
        ),
        (
            lambda: lernpy.cross_validate(net(), XOR, folds=2, epochs=2),
            "a function from a seed to a fresh",
        ),
        (lambda: lernpy.layered([2, 3, 1], init=3), "no initializer is called 3"),
    ],
)
def test_what_is_of_the_wrong_kind_is_named(call, says):
    with pytest.raises(LernpyError, match=says):
        call()


def test_confidence_is_a_share_also_of_outputs_beyond_0_and_1():
    """An identity or tanh output may say 1.5; nobody is 150 % sure."""
    outputs = np.array([[1.5], [-0.5], [0.25]])
    assert metrics.confidence(outputs).tolist() == [1.0, 1.0, 0.75]
    assert metrics.confidence(np.array([[1.2, -0.1], [-0.4, -0.3]])).tolist() == [1.0, 0.0]


def test_a_target_beyond_all_measure_is_named():
    network = lernpy.layered([1, 1], output_activation="identity", seed=0)
    data = ([[1.0], [2.0], [3.0]], [[1.0], [1e200], [3.0]])
    with pytest.raises(
        TrainingError, match=r"sample 2 of data the loss is inf: .* target of 1e\+200"
    ):
        lernpy.train(network, data, 5, batch_size=1, shuffle=False)


@pytest.mark.parametrize("batch_size", [1, 4])
def test_a_bad_sample_is_found_by_its_number_in_the_whole_data(batch_size):
    """Three samples of four are for validation and test, and yet the number is that of the whole."""
    targets = np.ones((40, 1))
    targets[17] = 1e200
    whole = lernpy.data.Dataset("forty", np.arange(40.0)[:, None] / 40, targets)
    parts = (lernpy.data.split(whole, test=10, seed=seed)[0] for seed in itertools.count())
    part = next(part for part in parts if 1e200 in part.targets)
    assert part.numbers.tolist() != list(range(30)) and len(part.subset([3, 5]).numbers) == 2

    for seed in range(20):
        network = lernpy.layered([1, 1], output_activation="identity", seed=0)
        settings = {"validation": 0.5, "seed": seed, "batch_size": batch_size}
        try:
            lernpy.train(network, part, 5, **settings)
        except TrainingError as error:
            assert "at sample 18 of forty the loss is inf" in str(error)
            return
    pytest.fail("the bad sample was in no training part")


def test_a_weight_that_blows_up_in_a_batch_is_told_with_the_batch():
    network = lernpy.layered(
        [1, 1], output_activation="identity", loss="mean_absolute_error", seed=0
    )
    data = ([[1e300], [1e300], [1.0]], [[0.0], [0.0], [0.0]])
    with pytest.raises(
        TrainingError, match=r"update from 3 samples, the last of them sample 3 of data,"
    ):
        lernpy.train(network, data, 5, batch_size=3, shuffle=False, learning_rate=1e9)


def test_whole_numbers_may_be_written_as_powers_of_ten(tmp_path: Path) -> None:
    network = lernpy.layered([2, 3, 1], seed=0)
    how = {"batch_size": 2.0, "early_stop": 1e3, "seed": 7.0, "checkpoint": tmp_path, "every": 1e2}
    history = lernpy.train(network, lernpy.data.load("xor"), 2e2, **how)
    assert (len(history), history.seed) == (200, 7)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "epoch-000100.json",
        "epoch-000200.json",
    ]


def test_the_kind_of_numbers_may_be_numpys_own_word() -> None:
    network = lernpy.layered([2, 3, 1], seed=0)
    lernpy.train(network, lernpy.data.load("xor"), 2, dtype=np.float32, seed=0)
    assert network.card is not None and network.card.training["dtype"] == "float32"
