# %% [markdown]
# # Fast and many
#
# The same graph trains at array speed on a mirror, and a thousand nets train at once.

# %%
import time

import lernpy

digits = lernpy.data.load("digits")
rest, _, test = lernpy.data.split(digits, test=0.2, seed=0)
how = {"loss": "cross_entropy", "optimizer": "adam", "learning_rate": 0.005}
net = lernpy.layered([64, 32, 10], "relu", "softmax", seed=0, **how)
start = time.perf_counter()
history = lernpy.train(net, rest, epochs=30, scale="image", seed=0)
print(f"{30 * len(rest) / (time.perf_counter() - start):,.0f} samples a second")
print(lernpy.evaluate(net, test))

# %% [markdown]
# Does the fast engine do the same maths as the objects? Ask.

# %%
lernpy.check_parity(net, rest.inputs[:8] / digits.maximum, rest.targets[:8])

# %% [markdown]
# Many nets from many seeds: how often does XOR 2-3-1 succeed?

# %%
xor = lernpy.data.load("xor")
sweep = lernpy.train_many(
    lambda seed: lernpy.layered([2, 3, 1], "tanh", seed=seed),
    xor,
    seeds=range(200),
    epochs=500,
    learning_rate=[0.1, 0.5, 2.0],
)
sweep

# %% alt: The share of nets that succeed, by learning rate.
from lernpy import plot

plot.sweep(sweep.success(), by="learning_rate")

# %% [markdown]
# What is set between two epochs holds from the next one on.

# %% alt: The loss, with a step where the rate was divided by ten.
net = lernpy.layered(
    [64, 16, 10], "tanh", "softmax", loss="cross_entropy", seed=0, learning_rate=0.5
)
run = lernpy.epochs(net, rest, epochs=20, scale="image", seed=0)
for epoch in run:
    if epoch.number == 10:
        net.learning_rate /= 10
plot.history(run.history)
