# %% [markdown]
# # 3. The chain
#
# x → h → y. How does the blame of y come to h, and what happens to it on the way?

# %%
import lernpy
from lernpy import lessons, plot

net = lernpy.build.by_hand()
trace = lernpy.Trace.record(lernpy.slow_motion(net, [1], [1]), title="The chain")
trace

# %% question 3a

# %%
net = lernpy.build.by_hand()
net.collect([1], [1])
y, h = net.neurons["y"], net.neurons["h"]
y.sensitivity, y.delta, h.sensitivity, h.delta

# %% question 3b

# %% [markdown]
# The gate of an activation: how steep it is where the neuron was. At h it is .2179.

# %% alt: The sigmoid and its slope, which is largest, a quarter, at 0 and small on both sides.
plot.functions(["sigmoid"])

# %% question 3c

# %% alt: The blame at the net by hand after the weight has been doubled; widths show the sizes.
net = lernpy.build.by_hand()
net.links["h", "y"].weight.value = -2.0
net.collect([1], [1])
plot.blame(net)

# %% [markdown]
# ## Before you go
#
# Say the chain in words.
