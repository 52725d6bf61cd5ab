"""scikit-learn's own checks, with an empty list of expected failures; and real use."""

from __future__ import annotations

import pickle
import unittest
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.inspection import permutation_importance
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from lernpy.sklearn import NetClassifier, NetRegressor

X, Y = load_iris(return_X_y=True)
ELSEWHERE = ("SCIPY_ARRAY_API", "polars")  # checks that ask for more than is installed


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks(
    [NetClassifier(batch_size=None, engine="numpy"), NetRegressor(batch_size=None, engine="numpy")],
    expected_failed_checks=lambda estimator: {},
)
def test_the_checks_of_scikit_learn(estimator: object, check: Callable) -> None:
    """With full batches, as weights of samples are only then exactly repeated rows."""
    try:
        check(estimator)
    except unittest.SkipTest as skipped:
        assert any(word in str(skipped) for word in ELSEWHERE), skipped


def test_a_weight_of_two_is_a_repeated_row() -> None:
    """In full batches; in small ones the weights divide by their sum, whatever that is."""
    weight = np.tile([1, 2, 0], 50)
    net = NetClassifier((4,), batch_size=None, epochs=50, random_state=0)
    weighed = clone(net).fit(X, Y, weight).predict_proba(X)
    np.testing.assert_allclose(
        net.fit(X.repeat(weight, 0), Y.repeat(weight)).predict_proba(X), weighed, rtol=1e-6
    )
    small = NetClassifier((4,), batch_size=8, epochs=5, random_state=0)
    ones = clone(small).fit(X, Y, np.full(150, 1.0)).predict_proba(X)
    np.testing.assert_allclose(
        clone(small).fit(X, Y, np.full(150, 7.0)).predict_proba(X), ones, rtol=1e-9
    )
    np.testing.assert_allclose(small.fit(X, Y).predict_proba(X), ones, rtol=1e-9)


def test_searched_calibrated_asked_saved(tmp_path: Path) -> None:
    net = NetClassifier(epochs=60, random_state=0)
    search = GridSearchCV(net, {"hidden": [(2,), (8,)]}, cv=3).fit(X, Y)
    assert search.best_score_ > 0.9
    assert CalibratedClassifierCV(net, cv=3).fit(X, Y).score(X, Y) > 0.9
    importance = permutation_importance(net.fit(X, Y), X, Y, n_repeats=3, random_state=0)
    assert importance.importances_mean[2:].min() > importance.importances_mean[:2].max()
    pipeline = make_pipeline(
        StandardScaler(), NetClassifier(early_stopping=True, random_state=0)
    ).fit(X, Y)
    again = pickle.loads(pickle.dumps(pipeline))
    np.testing.assert_array_equal(again.predict_proba(X), pipeline.predict_proba(X))
    assert pipeline[-1].n_iter_ < 300 and pipeline.score(X, Y) > 0.9


def test_the_network_can_be_looked_into() -> None:
    names = load_iris().feature_names
    labels = np.array(["setosa", "versicolor", "virginica"])[Y]
    net = NetClassifier((3,), epochs=40, random_state=0).fit(X, labels)
    assert list(net.predict(X[[0, 60, 140]])) == list(labels[[0, 60, 140]])
    assert (len(net.history_), net.network_.card.classes) == (
        40,
        ("setosa", "versicolor", "virginica"),
    )
    np.testing.assert_allclose(net.predict_proba(X), net.network_.predict(X), atol=1e-12)
    before = [weight.value for weight in net.network_.weights]
    lines = [step.line for step in net.step(X[0], "setosa")]
    assert "reset" in lines[0] and "update" in lines[-1]
    found = net.paths(X[0], "virginica")
    twin = net.network_.copy()
    twin.learn(X[0], [0, 0, 1])
    assert [path.blame for path in found] == [neuron.sensitivity for neuron in twin.inputs]
    assert before == [weight.value for weight in net.network_.weights]
    frame = pytest.importorskip("pandas").DataFrame(X, columns=names)
    named = NetRegressor((2,), epochs=2).fit(frame, X[:, 3])
    assert [neuron.name for neuron in named.network_.inputs] == names


def test_a_face_in_a_notebook() -> None:
    """That of scikit-learn; once it is fitted, the network below."""
    net = NetRegressor((2,), epochs=2)
    assert "NetRegressor" in net._repr_html_() and 'class="lernpy"' not in net._repr_html_()
    assert "<img" in net.fit(X, X[:, 0])._repr_html_().partition('class="lernpy"')[2]


def test_any_wiring() -> None:
    edges = [
        ("x1", "h"),
        ("x2", "h"),
        ("bias", "h"),
        ("h", "y1"),
        ("x3", "y1"),
        ("x4", "y1"),
        ("x1", "y1"),
    ]
    target = X[:, 2] > 2
    by_edges = NetClassifier(graph=edges, epochs=100, random_state=0).fit(X, target)
    assert len(by_edges.network_.links) == 7 and by_edges.score(X, target) > 0.95
    template = by_edges.network_
    by_network = NetClassifier(graph=template, epochs=5, random_state=1).fit(X, target)
    assert list(by_network.network_.links) == list(template.links)
    assert by_network.network_ is not template
    by_graph = NetClassifier(graph=nx.DiGraph(edges), epochs=5, random_state=1).fit(X, target)
    assert set(by_graph.network_.links) == set(template.links)
    with pytest.raises(ValueError, match="the graph has 1 output, but the data need 3"):
        NetClassifier(graph=template).fit(X, Y)


def test_monotonic_by_bounds() -> None:
    inputs, target = load_breast_cancer(return_X_y=True)
    inputs = StandardScaler().fit_transform(inputs)[:, :4]
    net = NetClassifier((8,), monotonic_cst=[-1, 0, 1, 0], epochs=60, random_state=0).fit(
        inputs, target
    )
    rows = np.repeat(inputs[:20], 30, axis=0)
    for column, sign in ((0, -1), (2, 1)):
        moved = rows.copy()
        moved[:, column] = np.tile(np.linspace(-4, 4, 30), 20)
        steps = np.diff(net.predict_proba(moved)[:, 1].reshape(20, 30)) * sign
        assert steps.min() >= 0
    assert net.score(inputs, target) > 0.85
    with pytest.raises(ValueError, match="a softmax cannot be monotonic"):
        NetClassifier(monotonic_cst=[1, 0, 0, 0]).fit(X, Y)
    with pytest.raises(ValueError, match="which does not always rise"):
        NetRegressor(activation="gelu", monotonic_cst=[1, 0, 0, 0]).fit(X, X[:, 0])
    with pytest.raises(ValueError, match="1, 0 or -1 for each of 4 features"):
        NetRegressor(monotonic_cst=[1, 2]).fit(X, X[:, 0])


def test_piece_by_piece_and_from_where_it_was() -> None:
    net = NetClassifier((8,), learning_rate=0.02, random_state=0)
    for _ in range(60):
        net.partial_fit(X, Y, classes=[0, 1, 2])
    assert net.score(X, Y) > 0.9 and net.n_iter_ == 60
    with pytest.raises(ValueError, match="classes must be passed"):
        NetClassifier().partial_fit(X, Y)
    warm = NetRegressor((4,), epochs=10, warm_start=True, random_state=0)
    first = warm.fit(X[:, :3], X[:, 3]).loss_
    assert warm.fit(X[:, :3], X[:, 3]).loss_ < first and warm.n_iter_ == 20


def test_what_cannot_be_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="one class"):
        NetClassifier().fit(X, np.zeros(150))
    with pytest.raises(ValueError, match="no activation is called 'sigmod'"):
        NetClassifier(activation="sigmod").fit(X, Y)
    with pytest.raises(ValueError, match="non-zero"):
        NetClassifier().fit(X, Y, np.zeros(150))
    with pytest.raises(ValueError, match="no longer finite"):
        NetRegressor(learning_rate=1e200, optimizer="sgd", epochs=5).fit(X, X[:, 0])
