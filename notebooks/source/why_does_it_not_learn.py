# %% [markdown]
# # Why does it not learn?
#
# The doctor trains, looks, and tries its own first advice. At the shell: `lernpy doctor my.csv`.

# %%
import lernpy
from lernpy import plot
from lernpy.lessons import consultation
from lernpy.training.doctor import Trial, examine

circle = lernpy.data.load("circle")
found = examine(Trial.of(circle, learning_rate=30.0))
print(*consultation.report(found), sep="\n")

# %% alt: Both runs: loss and border before and after; the swinging loss becomes smooth, the border closes.
consultation.drawing_of(found)

# %% [markdown]
# What only the data can mend is said, too.

# %%
import dataclasses

import numpy as np

iris = lernpy.data.load("iris")
mixed = dataclasses.replace(iris, targets=np.random.default_rng(0).permutation(iris.targets))
print(*consultation.report(examine(Trial.of(mixed))), sep="\n")

# %% [markdown]
# To look yourself: where does blame die, and in whom?

# %% alt: Blame by generation over the epochs, on a logarithmic scale.
net = lernpy.layered([2, 8, 8, 8, 1], "sigmoid", seed=0, learning_rate=0.5)
plot.vanishing(net, circle, epochs=lernpy.epochs(net, circle, epochs=30, seed=0))

# %% [markdown]
# And step by step, until a gate is nearly shut:

# %%
trace = lernpy.Trace.record(lernpy.slow_motion(net, circle.inputs[0], circle.targets[0]))
print(trace.goto(40))
