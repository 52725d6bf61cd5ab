# %% [markdown]
# # 7. When blame dies
#
# Where an activation is flat, hardly any blame passes. Many of them in a row let none reach the first layer.

# %% alt: Sigmoid, tanh and ReLU with their slopes.
import lernpy
from lernpy import lessons, plot

plot.functions(["sigmoid", "tanh", "relu"])

# %% question 7a

# %%
for weight in (0.5, 6.0):
    net = lernpy.from_edges([("x", "y", weight)], ["x"], ["y"])
    net.collect([1], [0])
    print(weight, net.neurons["y"].sensitivity, net.neurons["y"].delta)

# %% question 7b

# %%
net = lernpy.from_edges([("x", "y", 6.0)], ["x"], ["y"], loss="binary_cross_entropy")
net.collect([1], [0])
net.neurons["y"].sensitivity, net.neurons["y"].delta

# %% question 7c

# %% alt: Blame by generation for six layers of sigmoid: it falls by a factor of about five a layer.
deep = lernpy.layered([2, 8, 8, 8, 8, 8, 8, 1], "sigmoid", seed=0, learning_rate=0.5)
xor = lernpy.data.load("xor")
plot.vanishing(deep, xor, epochs=lernpy.epochs(deep, xor, epochs=30, seed=0))

# %% alt: The same with ReLU: the lines stay close together.
deep = lernpy.layered([2, 8, 8, 8, 8, 8, 8, 1], "relu", seed=0, learning_rate=0.05)
plot.vanishing(deep, xor, epochs=lernpy.epochs(deep, xor, epochs=30, seed=0))

# %% [markdown]
# ## Before you go
#
# One ReLU is off for this sample. Is it dead?
