"""The lab's mistakes are those of the objects: the same names, the same numbers."""

import numpy as np
import pytest
from page_engine import in_node, plan_for, random_network

from lernpy import files
from lernpy.lessons.mistakes import MISTAKES, apply

RUN = """
const { file, x, t, names } = given;
const flat = (rows) => Float64Array.from(rows.flat());
print(Object.keys(MISTAKES));
for (const name of names) {
  const engine = engineOf(file, {});
  engine.mistake = name;
  collect(engine, { inputs: flat(x), targets: flat(t) }, x.map((_, i) => i), 0, x.length);
  print([...engine.gradient]);
}
"""


@pytest.mark.parametrize("seed", range(8))
def test_each_mistake_gives_the_gradients_that_the_objects_have_with_it(
    seed: int, tmp_path
) -> None:
    network = random_network(seed)
    plan = plan_for(network, seed)
    names = ["", *MISTAKES]
    x, t = plan.inputs.tolist(), plan.targets.tolist()
    given = {"file": files.to_json(network), "x": x, "t": t, "names": names}

    known, *told = in_node(RUN, given, tmp_path)

    assert known == list(MISTAKES)
    for name, gradients in zip(names, told, strict=True):
        wrong = apply(network, name) if name else network.copy()
        wrong.reset()
        for inputs, targets in zip(x, t, strict=True):
            wrong.collect(inputs, targets)
        expected = [weight.sensitivity for weight in wrong.weights]
        np.testing.assert_allclose(gradients, expected, rtol=1e-9, atol=1e-9, err_msg=name)
