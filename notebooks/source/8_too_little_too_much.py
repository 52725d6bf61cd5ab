# %% [markdown]
# # 8. Too little, too much
#
# The lowest loss on the data learned from is not the goal. Forty noisy points of a sine, three nets.

# %% alt: Fits of 1, 4 and 60 hidden neurons above, their losses on training and new data below.
import lernpy
from lernpy import lessons, plot
from lernpy.lessons.ten import too_little_too_much as eight

seen, unseen, runs = eight.samples(0), eight.samples(1000, 400), {}
how = {"learning_rate": 0.01, "scale": "standard", "validation": unseen, "batch_size": None}
for width in eight.WIDTHS:
    net = lernpy.layered([1, width, 1], "tanh", "identity", seed=0, optimizer="adam")
    runs[f"{width} hidden"] = net, lernpy.train(net, seen, epochs=2000, seed=0, **how)
plot.under_over(runs, seen)

# %% question 8a

# %% question 8b

# %% question 8c

# %%
for fit in eight.fits(0):
    print(
        f"{fit.width:2} hidden: seen {fit.seen:.3f}, new {fit.unseen:.3f}; best at epoch {fit.best_epoch}"
    )

# %% [markdown]
# The fruit stall: half of it is learned, the other half is not shown. Three seeds, none chosen.

# %%
for seed in range(3):
    here, there = eight.fruit_accuracy(seed)
    print(f"seed {seed}: {here:.1%} of the fruit learned from, {there:.1%} of the rest")

# %% [markdown]
# ## Before you go
#
# What does a test set prove?
