# %% [markdown]
# # 9. Objects to matrices
#
# A thousand links at work are two matrix products. The same sums, written at once.

# %%
import numpy as np

import lernpy
from lernpy import lessons, plot

digits = lernpy.data.load("digits")
net = lernpy.layered([64, 16, 10], "tanh", seed=0)
digit = digits.inputs[0] / digits.maximum
print(net)

# %% question 9a

# %%
sum(isinstance(part, lernpy.Link) for part in net.order)

# %% question 9b

# %%
first, second = net.matrices()  # the last row is the bias
hidden = np.tanh([*digit, 1.0] @ first)
outputs = 1 / (1 + np.exp(-([*hidden, 1.0] @ second)))
np.abs(outputs - net.answer(digit)).max()

# %% question 9c

# %% [markdown]
# Backward in four lines: delta times the matrix turned round, all paths added.

# %%
target = digits.targets[0]
delta = (outputs - target) * outputs * (1 - outputs)
blame = second[:-1] @ delta  # of the hidden neurons
net.collect(digit, target)
np.abs(blame - [net.neurons[f"h{i}"].sensitivity for i in range(1, 17)]).max()

# %% alt: What each of the 16 hidden neurons looks at in the image, after training.
lernpy.train(net, digits, epochs=5, optimizer="adam", learning_rate=0.01, scale="image", seed=0)
plot.pixels(net)

# %% [markdown]
# ## Before you go
#
# What do the matrices not show?
