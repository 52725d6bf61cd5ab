"""200 random cells over 1 to 12 steps, against torch where it is installed, else against nudges."""

from importlib.util import find_spec

import numpy as np
import pytest
from stepwise import learn, random_cell

import lernpy
from lernpy.build import elman, gru, lstm, unroll
from lernpy.engine import make

TORCH = find_spec("torch") is not None


@pytest.mark.parametrize("block", range(10))
def test_blame_through_time_is_what_step_by_step_finds(block):
    for seed in range(20 * block, 20 * block + 20):
        cell, steps = random_cell(seed)
        rng = np.random.default_rng(1000 + seed)
        x, t = rng.normal(size=steps), rng.uniform(size=(steps, len(cell.network.outputs)))
        network = unroll(cell, steps)
        if not TORCH:
            assert lernpy.check_gradients(network, x, t.ravel(), most=12).ok, f"seed {seed}"
            continue
        loss, blames = learn(cell, steps, x, t)
        assert network.collect(x, t.ravel()) == pytest.approx(loss, rel=1e-12)
        used = set(network.weights)
        ours = [w.sensitivity if w in used else 0.0 for w in cell.network.weights]
        assert ours == pytest.approx(blames, rel=1e-10, abs=1e-10)


def scaled(weights, seed):
    rng = np.random.default_rng(seed)
    for weight in weights:
        if not weight.frozen:
            weight.value = float(0.7 * rng.normal())


@pytest.mark.parametrize("name", ["lstm", "gru"])
@pytest.mark.parametrize("seed", range(4))
def test_the_equations_of_the_papers(name, seed):
    """Without torch, the equations stand here once more, on arrays."""
    rng = np.random.default_rng(seed)
    cell = {"lstm": lstm, "gru": gru}[name]([2, 3, 1], seed=seed)
    scaled(cell.network.weights, seed)
    x = rng.normal(size=(5, 2))

    def gate(letter, inputs, h, which=("bias", "x", "h")):
        rows = []
        for unit in (1, 2, 3):
            links = cell.network.incoming(f"{letter}{unit}")
            at = {link.input_neuron.name: link.weight.value for link in links}
            total = at["bias"]
            total += sum(at.get(f"x{i + 1}", 0.0) * v for i, v in enumerate(inputs))
            rows.append(total + sum(at.get(f"h{i + 1}_before", 0.0) * v for i, v in enumerate(h)))
        return np.array(rows)

    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    h, c, wanted = np.zeros(3), np.zeros(3), []
    for step in x:
        if name == "lstm":
            i, f, o = (sigmoid(gate(letter, step, h)) for letter in "ifo")
            c = f * c + i * np.tanh(gate("g", step, h))
            h = o * np.tanh(c)
        else:
            r, z = (sigmoid(gate(letter, step, h)) for letter in "rz")
            n = np.tanh(gate("n", step, h) + r * gate("a", step, h))
            h = (1 - z) * n + z * h
        links = {link.input_neuron.name: link.weight.value for link in cell.network.incoming("y1")}
        wanted.append(links["bias"] + sum(links[f"h{i + 1}"] * h[i] for i in range(3)))
    assert unroll(cell, 5).predict([x.ravel()])[0] == pytest.approx(wanted, abs=1e-12)


if TORCH:

    @pytest.mark.parametrize("name", ["lstm", "gru"])
    def test_torch_has_the_same_numbers(name):
        import torch

        cell = {"lstm": lstm, "gru": gru}[name]([2, 3, 1], seed=1)
        scaled(cell.network.weights, 1)
        layer = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[name](2, 3, dtype=torch.float64)
        place = {}
        for row, letter in enumerate({"lstm": "ifgo", "gru": "rzn"}[name]):
            for unit in range(3):
                target = f"{letter}{unit + 1}"
                hidden = f"a{unit + 1}" if name == "gru" and letter == "n" else target
                at = 3 * row + unit
                place["bias_ih_l0", at] = cell.network.links["bias", target].weight
                if hidden != target:
                    place["bias_hh_l0", at] = cell.network.links["bias", hidden].weight
                for i in range(2):
                    place["weight_ih_l0", (at, i)] = cell.network.links[f"x{i + 1}", target].weight
                for i in range(3):
                    place["weight_hh_l0", (at, i)] = cell.network.links[
                        f"h{i + 1}_before", hidden
                    ].weight
        with torch.no_grad():
            layer.bias_hh_l0[:] = 0
            for (table, at), weight in place.items():
                getattr(layer, table)[at] = weight.value
        for index, link in enumerate(cell.network.incoming("y1")):
            link.weight.value = 0.3 * index - 0.4
        readout = torch.tensor(
            [cell.network.links[f"h{i}", "y1"].weight.value for i in (1, 2, 3)], dtype=torch.float64
        )
        x, t = np.random.default_rng(1).normal(size=(6, 2)), np.random.default_rng(2).normal(size=6)
        states = layer(torch.tensor(x)[:, None])[0][:, 0]
        y = states @ readout + cell.network.links["bias", "y1"].weight.value
        (0.5 * (y - torch.tensor(t)) ** 2).sum().backward()
        network = unroll(cell, 6)
        network.collect(x.ravel(), t)
        outputs = [neuron.output for neuron in network.outputs]
        assert outputs == pytest.approx(y.detach().numpy(), abs=1e-12)
        for (table, at), weight in place.items():
            assert float(getattr(layer, table).grad[at]) == pytest.approx(
                weight.sensitivity, abs=1e-12
            )


@pytest.mark.parametrize("engine", ["graph", "python", "numpy", "jit"])
@pytest.mark.parametrize("build", [elman, gru, lstm])
def test_every_engine_learns_it(engine, build):
    network = unroll(build([1, 3, 1], seed=0, optimizer="adam", learning_rate=0.01), 5)
    data = np.random.default_rng(0).normal(size=(2, 9, 5))
    twin = network.copy()
    learner = make(network, engine)
    for _ in range(3):
        assert learner.learn_batch(*data) == pytest.approx(twin.learn_batch(*data), rel=1e-11)
    learner.store()
    ours, theirs = ([weight.value for weight in n.weights] for n in (network, twin))
    assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-12)
    assert learner.predict(data[0]) == pytest.approx(twin.predict(data[0]), abs=1e-10)


def test_a_short_sequence_sleeps_in_a_gated_cell():
    for build in (gru, lstm):
        cell = build([1, 2, 1], seed=3)
        scaled(cell.network.weights, 3)
        short = unroll(cell, 2, read="last")
        long = unroll(cell, 4, read="last", shorter=True)
        assert long.predict([[0, 0, 0, 0, 0.3, 1, -0.8, 1]])[0] == pytest.approx(
            short.predict([[0.3, -0.8]])[0], abs=1e-14
        )
