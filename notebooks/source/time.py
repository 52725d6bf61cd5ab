# %% [markdown]
# # Time is just more neurons
#
# A recurrent net is an ordinary network: one cell, repeated step by step, with the *same* weights in
# every step. So everything lernpy has works through time: stepping link by link, blame by path,
# proof, pages, speed.

# %% [markdown]
# ## A cell, unrolled
#
# The cell has an input `before`: what its neuron `h` put out in the step before. `unroll` repeats it.
# h in the third step is called `h@3`; the bias is one for all steps.

# %% alt: Four steps of a cell with one neuron, the state handed on from step to step.
import lernpy
from lernpy import plot

edges = [("x", "h", 1.0), ("before", "h", 0.9), ("h", "y", 1.0)]
cell = lernpy.from_edges(edges, ["x", "before"], ["y"], activation="identity", seed=0)
network = lernpy.unroll(cell, steps=4, state={"before": "h"}, read="last")
plot.network(network)

# %% [markdown]
# ## Which step is to blame?
#
# Only the last step is judged. Blame comes back from step to step, times the weight of the state:
# 0.9, 0.81, 0.729. Below 1 it fades, above 1 it grows.

# %%
network.learn([1, 0, 0, 0], [0])
[network.neurons[f"h@{step}"].sensitivity for step in (1, 2, 3, 4)]

# %%
print(lernpy.paths(network, "h@1"))

# %% [markdown]
# The four links that hold the weight of the state share *one* `Weight`: it sums what all steps
# submit, and moves once.

# %%
[link.name for link in network.links.values() if link.weight is cell.links["before", "h"].weight]

# %% [markdown]
# ## Learning to echo
#
# Say again what was heard two steps ago. At the command line: `lernpy train echo --cell elman --steps 8`.

# %% alt: The loss of the echo over the epochs, on a logarithmic scale.
echo = lernpy.data.load("echo:steps=6,delay=2")
elman = lernpy.unroll(lernpy.build.elman([1, 8, 1], seed=0), 6)
history = lernpy.train(elman, echo, 150, optimizer="adam", learning_rate=0.01, seed=0)
plot.history(history)

# %% [markdown]
# What was learned is in the cell, so it can be unrolled further than it was trained.

# %%
cell = lernpy.build.elman([1, 8, 1], seed=0)
lernpy.train(lernpy.unroll(cell, 6), echo, 150, optimizer="adam", learning_rate=0.01, seed=0)
twice = lernpy.unroll(cell, 12)
print(lernpy.evaluate(twice, lernpy.data.load("echo:steps=12,delay=2,seed=1")))

# %% [markdown]
# ## Gates: products
#
# An LSTM multiplies. A *product* is a neuron whose output is the product of others': `fc1 = f1 ×
# c1_before`. Each factor is blamed times the others.
#
# Each step's cell is folded to a box; `unfold` opens one.

# %% alt: An LSTM over three steps: two boxes, joined by h and c, and between them an open cell.
lstm = lernpy.unroll(lernpy.build.lstm([1, 1, 1], seed=0), 3, read="last")
plot.network(lstm, unfold=2)

# %%
for step in lernpy.slow_motion(lstm, [1, 0, -1], [1]):
    if step.name == "fc1@2":
        print(step.line, step.views[-1].sentence, sep="\n")

# %%
lernpy.check_gradients(lstm, [1, 0, -1], [1])

# %% [markdown]
# ## Sequences of different lengths
#
# A short sequence stands at the end. In the steps before it the cell sleeps: `on@1` is 0 there and
# takes the bias's part, so nothing moves and nothing is learned.

# %%
cell = lernpy.build.lstm([1, 2, 1], seed=1)
short = lernpy.unroll(cell, 2, read="last")
long = lernpy.unroll(cell, 4, read="last", shorter=True)
short.predict([[0.3, -0.8]]), long.predict([[0, 0, 0, 0, 0.3, 1, -0.8, 1]])

# %% [markdown]
# ## The link that is missed most
#
# A link that is not there is one of weight 0. What it would be to blame for is known without it: the
# output of the one neuron times the delta of the other. `lernpy.grow` adds the links that are missed
# most and trains on; `lernpy.shrink` takes the ones that are needed least.

# %%
xor = lernpy.data.load("xor")
edges = [("x1", "h"), ("bias", "h"), ("h", "y")]
net = lernpy.from_edges(edges, ["x1", "x2"], ["y"], activation="tanh", seed=3)
history = lernpy.train(net, xor, 200, optimizer="adam", learning_rate=0.05, seed=0)
missed = lernpy.missed(net, xor)
print(*missed, sep="\n")

# %% alt: The network in grey, the links that it misses in colour.
plot.missed(net, missed)

# %%
while lernpy.evaluate(net, xor).accuracy < 1 and lernpy.missed(net, xor):
    lernpy.grow(net, xor, epochs=300, optimizer="adam", learning_rate=0.05, seed=0)
print(net, lernpy.evaluate(net, xor), sep="\n")
