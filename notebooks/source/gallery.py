# %% [markdown]
# # Gallery: every picture of lernpy
#
# Runs from top to bottom in under a minute, with no network. Each cell makes one picture; `theme="dark"`
# or `"greyscale"` and `font_scale=2` work in all of them, and `plot.save(picture, "name.svg")` writes it
# into a file.

# %%
import lernpy
from lernpy import data, plot

xor = data.load("xor")
net = lernpy.layered([2, 3, 1], "tanh", seed=0, optimizer="adam", learning_rate=0.1)
history = lernpy.train(net, xor, epochs=60, seed=0, metrics=True)
history

# %% [markdown]
# ## The network
#
# Blue and solid is a positive weight, vermillion and dashed a negative one; the wider, the larger.

# %% alt: The net 2-3-1: blue solid and vermillion dashed links, the wider the larger the weight.
plot.network(net)

# %% [markdown]
# ## One moment
#
# What flowed forward, then what flows back. Blame is *not a pie*: compare what comes into a generation
# with what it hands on.

# %% alt: What flows forward in two-two-two: a lane on each link, numbers in the neurons.
two = lernpy.build.two_two_two()
two.answer([0.05, 0.10])
plot.signal(two)

# %% alt: Blame flowing back in two-two-two, lane by lane, with a pair of bars for each generation: not a pie.
two.learn([0.05, 0.10], [0.01, 0.99])
plot.blame(two)

# %% [markdown]
# Any wiring without loops: here with links that skip a generation.

# %% alt: Blame on a net with links that skip a generation.
edges = [("x", "h"), ("bias", "h"), ("h", "g"), ("x", "g"), ("g", "y"), ("h", "y"), ("x", "y")]
dag = lernpy.from_edges(edges, ["x"], ["y"], seed=1)
dag.learn([1.0], [0.0])
plot.blame(dag)

# %% [markdown]
# ## A lesson as a film
#
# `plot.save(film, "lesson.gif")`, or `.mp4`, `.html`; a name without an ending makes a folder of single
# frames.

# %%
lesson = lernpy.slow_motion(lernpy.build.by_hand(), [1], [1])
plot.flow(lernpy.Trace.record(lesson), level="generation")

# %% [markdown]
# ## Which link is missing
#
# An absent link is one of weight 0; what it would be to blame for is known without it.

# %% alt: A graph in grey, and over it in colour the links that are missed most, the widest first.
plot.missed(dag, lernpy.missed(dag, ([[1.0]], [[0.0]])))

# %% [markdown]
# ## Which way blame came

# %% alt: The paths by which blame came to x1: two lanes from the outputs, and each chain of factors below.
plot.paths(lernpy.paths(two, "x1"), two)

# %% [markdown]
# ## The update: the new width over the outline of the old

# %% alt: One update: old widths as outlines, new widths over them.
fresh = lernpy.build.two_two_two()
old = fresh.copy()
fresh.learn([0.05, 0.10], [0.01, 0.99])
plot.update(fresh, old)

# %% alt: Each weight before and after as a pair of bars.
plot.compare(old, fresh)

# %% [markdown]
# ## Training runs

# %% alt: The loss over sixty epochs on a logarithmic scale, accuracy and rate beneath.
plot.history(history, log=True)

# %% alt: Success by learning rate, with whiskers over the seeds.
table = []
for rate in (0.03, 0.3, 3.0):
    for seed in range(4):
        pupil = lernpy.layered([2, 3, 1], "tanh", seed=seed, optimizer="sgd")
        lernpy.train(pupil, xor, epochs=400, learning_rate=rate, seed=seed)
        right = (pupil.predict(xor.inputs).round() == xor.targets).all()
        table.append({"rate": rate, "seed": seed, "success": float(right)})
plot.sweep(table, by="rate")

# %% [markdown]
# ## What the network says, and where
#
# Decision regions, what each neuron responds to, and the loss as a landscape.

# %% alt: The border that the net draws between the two arms of a spiral.
spiral = data.load("spiral")
deep = lernpy.layered([2, 8, 8, 1], "tanh", seed=1, loss="binary_cross_entropy")
lernpy.train(deep, spiral, epochs=200, optimizer="adam", learning_rate=0.03, seed=1)
plot.boundary(deep, spiral)

# %% alt: What each hidden neuron says all over the plane, as small maps.
plot.heatmaps(deep, spiral)

# %%
pupil = lernpy.layered([2, 3, 1], "tanh", seed=0, optimizer="adam", learning_rate=0.1)
plot.boundary(pupil, xor, epochs=lernpy.epochs(pupil, xor, epochs=30, seed=0), frames=10)

# %% alt: The landscape of the loss over two directions, and the way that training took down it.
pupil = lernpy.layered([2, 3, 1], "tanh", seed=0, optimizer="adam", learning_rate=0.1)
plot.landscape(pupil, xor, epochs=lernpy.epochs(pupil, xor, epochs=60, seed=0))

# %% alt: The landscape of the loss over two weights.
plot.landscape(net, xor, weights=[("x1", "h1"), ("h1", "y1")])

# %% alt: What three layers make of the plane: the points of XOR, bent until a straight line parts them.
plot.plane(lernpy.layered([2, 2, 1], "tanh", seed=1), xor)

# %% [markdown]
# ## When blame dies

# %% alt: Blame by generation over the epochs; it falls from the outputs to the first layer.
sunk = lernpy.layered([2, 6, 6, 6, 6, 1], "sigmoid", seed=0, learning_rate=0.5)
epochs = lernpy.epochs(sunk, spiral, epochs=15, optimizer="sgd", seed=0)
plot.vanishing(sunk, spiral, epochs=epochs)

# %% [markdown]
# ## Functions and their slopes

# %% alt: All activations with their slopes.
plot.functions()

# %% alt: All losses with their slopes.
plot.functions("losses")

# %% [markdown]
# ## Classes, images, regression

# %% alt: A confusion matrix of iris: hardly anything beside the diagonal.
iris = data.load("iris")
flower = lernpy.layered([4, 8, 3], "tanh", "softmax", loss="cross_entropy", seed=0)
lernpy.train(
    flower, iris, epochs=60, optimizer="adam", learning_rate=0.02, scale="standard", seed=0
)
plot.confusion(flower, iris)

# %% alt: The borders between three kinds of iris over length and width of the petals.
plot.boundary(flower, iris, columns=("petal_length", "petal_width"))

# %% alt: A digit, and the weights of each hidden neuron as an image.
digits = data.load("digits")
reader = lernpy.layered([64, 24, 10], "relu", "softmax", loss="cross_entropy", seed=0)
lernpy.train(reader, digits, epochs=8, optimizer="adam", learning_rate=0.005, scale="image", seed=0)
plot.pixels(reader, (digits.inputs[5] / digits.maximum, digits.targets[5]))

# %% [markdown]
# Above 1,500 links the 300 that matter are drawn, and ribbons stand for the rest.

# %% alt: Blame on a digit's net of 16 hidden neurons, the heaviest links singly, the others as ribbons.
plot.render("blame", network=reader, data=digits, sample=5)

# %% alt: A fitted curve over the noisy points of a sine.
sine = data.load("sine")
wave = lernpy.layered([1, 8, 1], "tanh", "identity", seed=0, optimizer="adam")
lernpy.train(wave, sine, epochs=400, learning_rate=0.05, scale="minmax", seed=0)
plot.fit(wave, sine)

# %% [markdown]
# Three nets learn the same 16 noisy samples from their usual start; nothing is staged. The word over each
# is a verdict on how its losses ended.

# %% alt: Nets of three sizes: too little, right, too much; fits above, losses below.
plot.render("under_over")

# %% [markdown]
# ## The link that is missed most
#
# Links that are not there, and how much blame they would have had.

# %% alt: The net 2-3-1 with the links that it misses most as ghosts.
small = lernpy.layered([2, 3, 1], seed=0)
plot.missed(small, lernpy.missed(small, xor))

# %% [markdown]
# ## On the projector: dark, and with large letters

# %% alt: Blame in two-two-two in dark colours with large letters.
plot.blame(two, theme="dark", font_scale=2)

# %% alt: Blame in two-two-two in shades of grey.
plot.blame(two, theme="greyscale")
