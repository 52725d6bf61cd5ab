# %% [markdown]
# # 1. One link
#
# The smallest net there is: x = 2 goes through a weight of 0.5, and 3 is wanted. Which way does the weight
# go, and how far?

# %% alt: One link from x to y with the weight 0.5.
import lernpy
from lernpy import lessons, plot
from lernpy.lessons import mistakes


def link(rate=0.1):
    how = {"activation": "identity", "learning_rate": rate}
    return lernpy.from_edges([("x", "y", 0.5)], ["x"], ["y"], **how)


plot.network(link())

# %% question 1a

# %%
net = link()
for step in lernpy.slow_motion(net, [2], [3]):
    print(step.line)

# %% question 1b

# %%
net = link()
net.learn([0], [3]), net.weights[0].value

# %% question 1c

# %% [markdown]
# The same with the sign flipped, a mistake that everybody makes once. The check finds it.

# %%
wrong = mistakes.apply(link(), "sign flipped")
lernpy.check_gradients(wrong, [[2]], [[3]])

# %% [markdown]
# ## Before you go
#
# With the rate 0.6 the loss goes 2 → 3.92 → 7.68. Why?

# %%
net = link(rate=0.6)
[round(net.learn([2], [3]), 2) for _ in range(5)], round(net.weights[0].value, 3)
