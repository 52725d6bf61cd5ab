"""One lesson as loops over tables: what an exported program does, in Python, JavaScript and C.

It reads as `Network.learn` does. Neurons are numbered in the order of the forward pass, the links of
neuron i are ``LINK[i]`` to ``LINK[i + 1]``, and so are the factors of a product in `PRODUCT`; a softmax
group stands together, each of its members with the group's `SIZE`. The tables here are those of
`lernpy.build.by_hand`; an export puts those of its network in their stead, leaves out what the network
has no need of (``if GROUPED:``), and writes the rest of these functions in its language.

>>> out = [0.0]
>>> answer([1.0], out)
>>> round(out[0], 4)
0.3364
>>> round(learn([1.0], [1.0], 0.1), 4), round(w[2], 4), test()
(0.2202, -0.9899, 0)
"""

from __future__ import annotations

from lernpy.functions import activations, losses, moving, optimizers
from lernpy.functions.maths import scalar

Table = list[float]
Out = list[float]

# ---- what the network is: the flags are decided when the program is written -------------------------

GROUPED, MULTIPLIED, LEARNS, PENALISED, FRESH, SHARED = False, False, True, False, True, False
FILLED, SHIFTED, SCALED, T_SHIFTED, T_SCALED, REMEMBERS = False, False, False, False, False, False
NEURONS, INPUTS, OUTPUTS, WEIGHTS, MEMORIES, ROWS = 4, 1, 1, 3, 0, 1
INPUT, OUTPUT, KIND, SIZE, FORM = [0], [3], [0, 1, 2, 2], [1, 1, 1, 1], [0]
LINK, TARGET, WEIGHT = [0, 1, 2, 3, 3], [2, 2, 3], [0, 1, 2]
PRODUCT: list[int] = [0, 0, 0, 0, 0]
FACTOR: list[int] = []
START: Table = [0.5, 0.25, -1.0]
MEMORY: Table = []
RULE, REACHED = [0, 0, 0], [1.0]
FILL, SHIFT, SCALE, T_SHIFT, T_SCALE = [0.0], [0.0], [1.0], [0.0], [1.0]
SHARE, L1, L2, TOLERANCE = 1.0, 0.0, 0.0, 1e-12
TEST_X, TEST_T, TEST_Y = [[1.0]], [[1.0]], [[0.3364446330739232]]
TEST_LOSS, TEST_AFTER = [0.22015286248820018], [[0.33828388705929446]]

# ---- what changes -----------------------------------------------------------------------------------

w, m, g = [*START], [*MEMORY], [0.0] * WEIGHTS
z, y, s, out = [0.0] * NEURONS, [0.0] * NEURONS, [0.0] * NEURONS, [0.0] * OUTPUTS
ready = [0]

# ---- what is printed from the tables of functions ---------------------------------------------------

ENTRIES = [activations.get(name) for name in ("identity", "one", "sigmoid")]
LOSS, OPTIMIZER = losses.get("squared_error"), optimizers.get("sgd")


def value(kind: int, i: int) -> float:
    """The output of neuron i."""
    return float(ENTRIES[kind].value(z[i]))


def slope(kind: int, i: int) -> float:
    return float(ENTRIES[kind].slope(z[i], y[i]))


def loss(form: int, i: int, t: float) -> float:
    """Of neuron i, which is an output."""
    return LOSS.value(y[i], t)


def asked(form: int, i: int, t: float) -> float:
    """The slope of the loss."""
    return LOSS.slope(y[i], t)


def share(size: int, i: int) -> None:
    """The outputs of a group of that size, which begins at neuron i."""


def mix(size: int, i: int) -> None:
    """Its deltas, in place of its blame."""


def move(k: int, rate: float) -> None:
    """Weight k as the optimiser proposes and its rule allows; what is remembered of it is noted."""
    w[k] = moving.moved(scalar, OPTIMIZER.step)(w[k], g[k], rate)[0]


# ---- the program ------------------------------------------------------------------------------------


def reset() -> None:
    """All weights, and what is remembered of them, as they were exported."""
    for k in range(WEIGHTS):
        w[k] = START[k]
        if REMEMBERS:
            for j in range(MEMORIES):
                if FRESH:
                    m[k * MEMORIES + j] = MEMORY[j]
                else:
                    m[k * MEMORIES + j] = MEMORY[k * MEMORIES + j]
    ready[0] = 1


def scaled(j: int, x: float) -> float:
    """Input j as its neuron takes it."""
    if FILLED and x != x:
        x = FILL[j]
    if SHIFTED:
        x = x - SHIFT[j]
    if SCALED:
        x = x / SCALE[j]
    return x


def multiply(i: int) -> None:
    """The total input of neuron i, if it is a product: all its factors."""
    if PRODUCT[i] < PRODUCT[i + 1]:
        z[i] = 1.0
    for k in range(PRODUCT[i], PRODUCT[i + 1]):
        z[i] *= y[FACTOR[k]]


def hand(i: int) -> None:
    """Each factor of neuron i gets its blame, times all the others."""
    for k in range(PRODUCT[i], PRODUCT[i + 1]):
        blame: float = s[i]
        for j in range(PRODUCT[i], PRODUCT[i + 1]):
            if j != k:
                blame *= y[FACTOR[j]]
        s[FACTOR[k]] += blame


def forward(x: Table) -> None:
    """Every neuron propagates, then its links."""
    for i in range(NEURONS):
        z[i] = 0.0
    for j in range(INPUTS):
        z[INPUT[j]] += scaled(j, x[j])
    first: int = 0
    while first < NEURONS:
        after: int = first + 1
        if MULTIPLIED:
            multiply(first)
        if GROUPED:
            after = first + SIZE[first]
            if after - first > 1:
                share(after - first, first)
            else:
                y[first] = value(KIND[first], first)
        else:
            y[first] = value(KIND[first], first)
        for i in range(first, after):
            for k in range(LINK[i], LINK[i + 1]):
                if SHARED:
                    z[TARGET[k]] += w[WEIGHT[k]] * y[i]
                else:
                    z[TARGET[k]] += w[k] * y[i]
        first = after


def answer(x: Table, out: Out) -> None:
    """The outputs for one sample, in the units of the data."""
    if LEARNS and ready[0] == 0:
        reset()
    forward(x)
    for j in range(OUTPUTS):
        out[j] = y[OUTPUT[j]]
        if T_SCALED:
            out[j] = out[j] * T_SCALE[j]
        if T_SHIFTED:
            out[j] = out[j] + T_SHIFT[j]


def penalty() -> float:
    """Of all weights that it reaches, each once."""
    sizes: float = 0.0
    squares: float = 0.0
    for k in range(WEIGHTS):
        if REACHED[RULE[k]] > 0.0:
            sizes += abs(w[k])
            squares += w[k] * w[k]
    return L1 * sizes + L2 / 2.0 * squares


def expect(t: Table) -> float:
    """Each output hears what it is to blame for; the loss."""
    whole: float = 0.0
    for j in range(OUTPUTS):
        i: int = OUTPUT[j]
        target: float = t[j]
        if T_SHIFTED:
            target = target - T_SHIFT[j]
        if T_SCALED:
            target = target / T_SCALE[j]
        whole += loss(FORM[j], i, target)
        s[i] += SHARE * asked(FORM[j], i, target)
    whole = SHARE * whole
    if PENALISED:
        whole += penalty()
    return whole


def backward() -> None:
    """The same list read backwards: links hand blame back, neurons make it blame for their sums."""
    after: int = NEURONS
    while after > 0:
        first: int = after - 1
        if GROUPED:
            first = after - SIZE[after - 1]
        for i in range(after - 1, first - 1, -1):
            for k in range(LINK[i + 1] - 1, LINK[i] - 1, -1):
                if SHARED:
                    s[i] += w[WEIGHT[k]] * s[TARGET[k]]
                    g[WEIGHT[k]] += y[i] * s[TARGET[k]]
                else:
                    s[i] += w[k] * s[TARGET[k]]
                    g[k] += y[i] * s[TARGET[k]]
        if GROUPED:
            if after - first > 1:
                mix(after - first, first)
            else:
                s[first] = s[first] * slope(KIND[first], first)
        else:
            s[first] = s[first] * slope(KIND[first], first)
        if MULTIPLIED:
            hand(first)
        after = first


def update(rate: float) -> None:
    """All weights move at once."""
    for k in range(WEIGHTS):
        move(k, rate)


def learn(x: Table, t: Table, rate: float) -> float:
    """One whole lesson with one sample; the loss before it."""
    if ready[0] == 0:
        reset()
    for i in range(NEURONS):
        s[i] = 0.0
    for k in range(WEIGHTS):
        g[k] = 0.0
    forward(x)
    whole: float = expect(t)
    backward()
    update(rate)
    return whole


def far(number: float, wanted: float) -> int:
    """1 where a number is not what it was when the program was written."""
    if abs(number - wanted) <= TOLERANCE * (1.0 + abs(wanted)):
        return 0
    return 1


def test() -> int:
    """How many numbers of the test vector do not come out; the weights are then as exported."""
    wrong: int = 0
    if LEARNS:
        reset()
    for row in range(ROWS):
        answer(TEST_X[row], out)
        for j in range(OUTPUTS):
            wrong += far(out[j], TEST_Y[row][j])
    if LEARNS:
        for row in range(ROWS):
            wrong += far(learn(TEST_X[row], TEST_T[row], RATE), TEST_LOSS[row])
        for row in range(ROWS):
            answer(TEST_X[row], out)
            for j in range(OUTPUTS):
                wrong += far(out[j], TEST_AFTER[row][j])
        reset()
    return wrong


RATE = 0.1
