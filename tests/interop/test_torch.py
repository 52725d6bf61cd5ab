"""torch: the module says the same, and its autograd blames the same."""

from __future__ import annotations

import numpy as np
import pytest
from leaving import SEEDS, random_net

import lernpy
from lernpy.functions import activations
from lernpy.interop.exporting import export
from lernpy.interop.importing import import_network
from lernpy.interop.to_torch import to_torch
from lernpy.interop.vector import vector_of
from lernpy.network import Network

torch = pytest.importorskip("torch")


def module(network: Network) -> dict:
    space: dict = {"__name__": "exported"}
    exec(to_torch(network), space)
    return space


def by_autograd(space: dict, network: Network) -> np.ndarray:
    net, vector = space["Net"](), vector_of(network)
    net.loss(torch.tensor(vector.inputs), torch.tensor(vector.targets)).backward()
    parameters = net.weights.values()
    return np.array([0.0 if p.grad is None else p.grad.item() for p in parameters])


def by_objects(network: Network) -> np.ndarray:
    twin, vector = network.copy(), vector_of(network)
    inner = network.card.scaling.apply(vector.inputs) if network.card else vector.inputs
    for row in zip(inner, vector.targets, strict=True):
        twin.collect(*row)
    return np.array([weight.sensitivity / twin.samples for weight in twin.weights])


@SEEDS
def test_the_same_numbers_and_the_same_blame(seeds: range) -> None:
    for seed in seeds:
        network = random_net(seed)
        space = module(network)
        assert space["test"]() <= 1e-12, seed
        free = [not weight.frozen for weight in network.weights]
        if not any(free) or all(n.activation.name == "step" for n in network.outputs):
            continue
        ours, theirs = by_objects(network)[free], by_autograd(space, network)[free]
        np.testing.assert_allclose(theirs, ours, rtol=1e-10, atol=1e-12, err_msg=str(seed))


def test_parameters_are_called_as_their_links() -> None:
    network = lernpy.layered([2, 2, 1], seed=0)
    network.links["x1", "h1"].weight.freeze()
    network.tie(("h1", "y1"), ("h2", "y1"))
    network.card = lernpy.Card.of(
        ([[150.0, 7.0], [190.0, 9.0]], [[0.0], [1.0]]), scaling="standard"
    )
    space = module(network)
    named = dict(space["Net"]().named_parameters())
    assert "weights.h1 -> y1" in named and "weights.h2 -> y1" not in named
    assert not named["weights.x1 -> h1"].requires_grad
    assert "torch.sigmoid(sums(y, w, self.links_1, 2))], 1)  # h1, h2" in to_torch(network)
    free = [not weight.frozen for weight in network.weights]
    np.testing.assert_allclose(
        by_autograd(space, network)[free], by_objects(network)[free], atol=1e-15
    )


def test_an_entry_of_the_users_own_is_printed() -> None:
    @activations.activation("bent")
    def bent(m):
        return (
            lambda z: m.where(z > 0, m.maximum(z, 0.5), m.exp(z) * m.minimum(z, m.tanh(z))),
            lambda z, y: 1.0,
        )

    try:
        network = lernpy.layered([2, 3, 1], "bent", seed=0)
        assert module(network)["test"]() <= 1e-12
    finally:
        activations.ACTIVATIONS.remove("bent")


def test_a_state_dict_in_safetensors_comes_in(tmp_path) -> None:
    save_file = pytest.importorskip("safetensors.torch").save_file
    torch.manual_seed(0)
    stack = torch.nn.Sequential(
        torch.nn.Linear(3, 4),
        torch.nn.ReLU(),
        torch.nn.Linear(4, 5),
        torch.nn.ReLU(),
        torch.nn.Linear(5, 2),
    )
    path = tmp_path / "model.safetensors"
    save_file(stack.state_dict(), path)
    network = import_network(path, activation="relu")
    x = np.array([[0.5, -1.0, 2.0]])
    with torch.no_grad():
        theirs = stack(torch.tensor(x, dtype=torch.float32)).numpy()
    np.testing.assert_allclose(network.predict(x), theirs, atol=1e-6)
    with pytest.raises(
        lernpy.LernpyError, match="does not tell the activation of its hidden layers"
    ):
        import_network(path)


def test_ours_is_read_by_the_package_of_safetensors(tmp_path) -> None:
    load_file = pytest.importorskip("safetensors.torch").load_file
    network, path = lernpy.layered([2, 3, 1], seed=0), tmp_path / "net.safetensors"
    export(network, path)
    named = load_file(path)
    stack = torch.nn.Sequential(
        torch.nn.Linear(2, 3), torch.nn.Sigmoid(), torch.nn.Linear(3, 1), torch.nn.Sigmoid()
    )
    stack = stack.double()
    stack.load_state_dict(
        {k.replace("layers.0", "0").replace("layers.1", "2"): v for k, v in named.items()}
    )
    x = np.array([[0.1, 0.7]])
    with torch.no_grad():
        np.testing.assert_allclose(stack(torch.tensor(x)).numpy(), network.predict(x), atol=1e-15)
