# %% [markdown]
# # Any wiring
#
# Layers are a habit. Any links without a loop will do; links that skip, shared weights, neurons that feed
# two outputs.

# %% alt: A net with links that skip a generation.
import lernpy
from lernpy import plot

edges = [("x", "h"), ("bias", "h"), ("h", "g"), ("x", "g"), ("g", "y"), ("h", "y"), ("x", "y")]
net = lernpy.from_edges(edges, ["x"], ["y"], seed=1, learning_rate=0.5)
plot.network(net)

# %% [markdown]
# It learns as it is, and blame comes back along every path.

# %% alt: Blame on that net, along every link.
net.learn([1.0], [0.0])
plot.blame(net)

# %%
lernpy.explain(net)

# %% [markdown]
# Cut, connect, freeze, share: structure changes by these verbs only.

# %%
net.prune(("x", "y"))
net.connect("x", "y", 0.3)
net.links["x", "h"].weight.freeze()
print(net)

# %% [markdown]
# A loop is refused by name.

# %%
try:
    net.connect("y", "h")
except lernpy.LernpyError as error:
    print(error)

# %% [markdown]
# From networkx and back: any of its algorithms runs on `net.graph`.

# %%
import networkx as nx

nx.dag_longest_path_length(net.graph), nx.dag_longest_path(net.graph)
