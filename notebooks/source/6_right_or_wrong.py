# %% [markdown]
# # 6. Right or wrong?
#
# Seven wrong rules, each as a class of neurons or links. Most nets learn XOR with some of them all the
# same: a falling loss proves nothing. The gradient check does.

# %%
import lernpy
from lernpy import lessons, plot
from lernpy.lessons import mistakes

for name, mistake in mistakes.MISTAKES.items():
    print(f"{name}: {mistake.about}")

# %% question 6a

# %%
net = lernpy.layered([2, 3, 1], "tanh", seed=0, learning_rate=0.5)
net.collect([0, 1], [1])
[link.name for link in net.links.values() if link.weight.sensitivity == 0]

# %% question 6b

# %% alt: Two losses: from weights of 0 it stays at an eighth; from drawn weights it falls.
xor, runs = lernpy.data.load("xor"), {}
for start in ("zeros", "glorot_uniform"):
    net = lernpy.layered([2, 3, 1], "tanh", init=start, seed=0, learning_rate=0.5)
    runs[start] = lernpy.train(net, xor, epochs=500, batch_size=None, seed=0)
plot.history(runs)

# %% question 6c

# %%
for count in mistakes.success(seeds=range(5)):
    print(count)

# %% [markdown]
# Where is each of them wrong, and by how much?

# %%
for name in mistakes.MISTAKES:
    wrong = mistakes.apply(lernpy.build.two_two_two(), name)
    print(
        f"{name}: {lernpy.check_gradients(wrong, [[0.05, 0.1], [0.3, 0.2]], [[0.01, 0.99], [1, 0]])}\n"
    )

# %% [markdown]
# ## Before you go
#
# How does one find a wrong backward pass?
