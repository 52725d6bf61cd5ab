# %% [markdown]
# # 4. All paths add
#
# Blame is **not a pie**: nobody divides it up. Each link hands back its weight times delta, and a neuron
# adds what arrives.

# %% alt: A net in which h leads to y1 with weight plus 1 and to y2 with minus 1.
import lernpy
from lernpy import lessons, plot
from lernpy.lessons import mistakes

net = lernpy.build.cancel()
plot.network(net)

# %% question 4a

# %% alt: Blame on the net cancel: two lanes of equal width and opposite sign meet at h, where 0 is left.
net.collect([1], [0, -2])
plot.blame(net)

# %% question 4b

# %%
net = lernpy.build.sign()
net.collect([1], [0, -1])
[(link.name, link.blame) for link in net.outgoing("h1")], net.neurons["h1"].sensitivity

# %% question 4c

# %% alt: The four paths along which blame comes back from y to x, each of them worth 4.
net = lernpy.build.skip()
net.learn([1], [0])
plot.paths(lernpy.paths(net, "x"), net)

# %% [markdown]
# What would two wrong rules say? The gradient check is red.

# %%
for name in ("pie", "one path"):
    wrong = mistakes.apply(lernpy.build.skip(), name)
    wrong.collect([1], [0])
    print(name, wrong.neurons["x"].sensitivity)
    two = mistakes.apply(lernpy.build.two_two_two(), name)
    print(lernpy.check_gradients(two, [[0.05, 0.1]], [[0.01, 0.99]]))

# %% [markdown]
# ## Before you go
#
# Is blame conserved?
