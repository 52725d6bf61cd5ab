# %% [markdown]
# # Your own table
#
# A file with a header, words and numbers, some cells empty: lernpy says what it took for what, and why.

# %%
from pathlib import Path

import lernpy

kinds = ("green", "red", "yellow")
rows = ["size,colour,weight,ripe"]
for i in range(66):
    colour, weight, ripe = kinds[i % 3], 100 + 7 * (i % 11), i % 3 > 0 and i % 11 > 4
    rows.append(f"{i % 3 + 1},{colour},{weight},{'yes' if ripe else 'no'}")
Path("apples.csv").write_text("\n".join(rows), encoding="utf-8")
apples = lernpy.data.load("apples.csv", target="ripe")
apples

# %% [markdown]
# Split it, learn from one part, judge by the other.

# %% alt: Loss over the epochs for the apples.
from lernpy import plot

rest, _, test = lernpy.data.split(apples, test=0.3, seed=0)
how = {"loss": "binary_cross_entropy", "optimizer": "adam", "learning_rate": 0.01}
net = lernpy.layered([apples.inputs.shape[1], 8, 1], "tanh", seed=0, **how)
history = lernpy.train(net, rest, epochs=300, scale="standard", seed=0)
plot.history(history)

# %%
print(lernpy.evaluate(net, test))
lernpy.predict(net, [[2, "red", 150], [1, "green", 170]])

# %% alt: The confusion matrix of the apples that were not learned from.
plot.confusion(net, test)

# %% [markdown]
# Keep it: a readable file that knows columns, classes and scaling. The shell has the same:
# `lernpy train apples.csv --target ripe --save apples.json`.

# %%
lernpy.save(net, "apples.json")
print(lernpy.load("apples.json"))
