# %% [markdown]
# # 2. Nudge
#
# A gradient is what a small nudge of a weight does to the loss. The backward pass gets all gradients at once.

# %% alt: The net by hand: x and a bias lead to h, h leads to y.
import lernpy
from lernpy import lessons, plot
from lernpy.lessons import mistakes

net = lernpy.build.by_hand()
plot.network(net)

# %% [markdown]
# Nudge one weight, both ways, and divide the difference of the losses by the distance.


# %%
def loss_with(value):
    net = lernpy.build.by_hand()
    net.links["h", "y"].weight.value = value
    return net.learn([1], [1])


(loss_with(-1 + 1e-6) - loss_with(-1 - 1e-6)) / 2e-6

# %% [markdown]
# And what the backward pass has collected at that weight:

# %%
net.collect([1], [1])
net.links["h", "y"].weight.sensitivity

# %% question 2a

# %% question 2b

# %% question 2c

# %%
net = lernpy.build.by_hand()
before = [weight.value for weight in net.weights]
net.collect([1], [1])
before == [weight.value for weight in net.weights]

# %% [markdown]
# All gradients by nudging, beside those of the backward pass; and where a wrong rule is found out.

# %%
print(lernpy.check_gradients(net, [[1]], [[1]]))
print(lernpy.check_gradients(mistakes.apply(net, "slope forgotten"), [[1]], [[1]]))

# %% [markdown]
# ## Before you go
#
# What does the + mean in "blame +0.15"?
