# %% [markdown]
# # 0. Watch it learn
#
# A net learns XOR: it says 1 where exactly one of two inputs is 1. First look, then change one thing at a
# time and say what changed. Put your answer in before you run a question.

# %% alt: The loss of XOR over 300 epochs: a plateau at an eighth, then a steep fall towards 0.
import lernpy
from lernpy import lessons, plot

xor = lernpy.data.load("xor")
net = lernpy.layered([2, 3, 1], "tanh", seed=0, learning_rate=1.0)
history = lernpy.train(net, xor, epochs=300, batch_size=1, seed=0)
plot.history(history)

# %% [markdown]
# What does it say all over the plane? The four points are the samples.

# %% alt: The plane of both inputs, coloured by the output; two corners lie in a band of the other colour.
plot.boundary(net, xor)

# %% question 0a

# %% alt: The loss with ten times the rate: it swings between an eighth and a quarter and does not settle.
fast = lernpy.layered([2, 3, 1], "tanh", seed=0)
swings = lernpy.train(fast, xor, epochs=300, batch_size=1, learning_rate=10.0, seed=0)
plot.history({"rate 1": history, "rate 10": swings})

# %% question 0b

# %%
again = lernpy.layered([2, 3, 1], "tanh", seed=0)
lernpy.train(again, xor, epochs=300, batch_size=1, learning_rate=1.0, seed=0)
[w.value for w in again.weights] == [w.value for w in net.weights]

# %% question 0c

# %% alt: The plane again for a net of four hidden neurons of which one is cut: the band has bent.
four = lernpy.layered([2, 4, 1], "tanh", seed=0)
lernpy.train(four, xor, epochs=300, batch_size=1, learning_rate=1.0, seed=0)
four.prune(("h3", "y1"))
plot.boundary(four, xor, title="without h3")

# %% [markdown]
# ## Before you go
#
# Draw on paper the border of a net *without* hidden neurons on XOR. Then look:

# %% alt: A straight border; it leaves at least one of the four points on the wrong side.
straight = lernpy.layered([2, 1], seed=0)
lernpy.train(straight, xor, epochs=300, batch_size=1, learning_rate=1.0, seed=0)
plot.boundary(straight, xor)
