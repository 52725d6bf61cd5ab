# %% [markdown]
# # Your own activation
#
# One entry of a table is the whole feature: it trains in every engine, plays in the page, is a choice of the
# command line. `m` is a set of maths: that of one number, or of whole arrays.

# %% alt: softsign and its slope beside tanh.
import lernpy
from lernpy import plot


@lernpy.activations.activation("softsign", short="soft")
def softsign(m):
    """z / (1 + |z|): like tanh, but slower to saturate."""
    return lambda z: z / (1 + m.abs(z)), lambda z, y: 1 / ((1 + m.abs(z)) * (1 + m.abs(z)))


plot.functions(["softsign", "tanh"])

# %% [markdown]
# Is the slope the slope of the value? Nudge it.

# %%
lernpy.activations.check("softsign")

# %% alt: Losses of softsign and tanh on XOR.
xor, runs = lernpy.data.load("xor"), {}
for name in ("softsign", "tanh"):
    net = lernpy.layered([2, 4, 1], name, seed=0, learning_rate=1.0)
    runs[name] = lernpy.train(net, xor, epochs=300, batch_size=1, seed=0)
plot.history(runs)

# %% [markdown]
# An optimiser likewise; its step is pure: what it knows comes in, what changed goes out.


# %%
@lernpy.optimizers.optimizer("heavy", rate=0.1, memory=lambda rate: (0.0,), friction=0.5)
def heavy(m, friction):
    """What moves goes on moving."""

    def step(value, gradient, rate, memory):
        speed = friction * memory[0] - rate * gradient
        return value + speed, (speed,)

    return step


net = lernpy.layered([2, 4, 1], "softsign", seed=0)
lernpy.train(net, xor, epochs=300, optimizer=("heavy", {"friction": 0.9}), seed=0)
