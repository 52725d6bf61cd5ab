"""Lessons of any wiring, link by link, each link for whole vectors of samples.

The functions here are compiled, once for all nets. `width` samples lie side by side: number b of neuron
`slot` at slot * width + b. What table entries have a part in is called by address (see `kernels`).
"""

from __future__ import annotations

from typing import NamedTuple

from lernpy.engine.jit import kernels
from lernpy.engine.jit.kernels import Curriculum, Moves, clear, dot, gather
from lernpy.engine.jit.machine import Doubles, Indices, Numbers, call, fused, lanes


class Edges(NamedTuple):
    """A wiring as lists, and room for the numbers of `width` samples; `layouts.LinkLists` makes it."""

    share: float  # of an output in the loss
    kernels: Indices  # addresses, in the order of `kernels.KERNELS`
    weight: Indices  # of each link, ordered by where they end
    source: Indices
    start: Indices  # where the links to each slot start
    weight_ahead: Indices  # of each link, ordered by where they begin
    target: Indices
    start_ahead: Indices
    is_blamed: Indices  # for each slot: by the loss or a product, before links hand anything back
    nothing: Indices  # 0 for each slot
    segments: Indices  # (n_segments, 3): the slots from low to high, their activation
    n_segments: int
    factor: Indices  # slots of the factors of each product
    start_factor: Indices  # where those of each slot start
    factors: Indices  # the slots that are factors
    n_factors: int
    outputs: Indices  # (n_outputs, 3): slot, form of the loss, the first of its softmax
    n_outputs: int
    n_inputs: int
    width: int
    Z: Numbers  # (n_neurons, width) total inputs
    Y: Numbers  # outputs
    S: Numbers  # blame
    D: Numbers  # deltas
    logs: Doubles  # of softmax's sums


PRODUCT = -2  # in place of the number of an activation; softmax is -1


@fused
def feed(X: Numbers, orders: Indices, net: Edges, low: int, count: int) -> None:
    """The inputs of samples; beyond the last the first again: its numbers are as good as any."""
    for b in range(net.width):
        x0 = orders[low + b if b < count else low] * net.n_inputs
        for i in range(net.n_inputs):
            net.Y[i * net.width + b] = X[x0 + i]


def sums(
    w: Numbers,
    weight: Indices,
    row: Indices,
    start: Indices,
    low: int,
    high: int,
    Y: Numbers,
    Z: Numbers,
    added: Indices,
    width: int,
) -> None:
    """What the links bring to each slot, from behind or from ahead; `added`: to what is there."""
    vectors = width // lanes(Y)
    for slot in range(low, high):
        begin, end, fresh = start[slot], start[slot + 1], added[slot] == 0
        gather(w, 0, weight, Y, 0, width, row, begin, end, Z, slot * width, vectors, fresh)


def collect(
    weight: Indices,
    source: Indices,
    start: Indices,
    low: int,
    high: int,
    count: int,
    Y: Numbers,
    D: Numbers,
    gradient: Numbers,
    width: int,
) -> None:
    """The blame of each slot's links for their weights; what is beyond `count` samples does not count."""
    vectors = width // lanes(Y)
    for slot in range(low, high):
        d0 = slot * width
        clear(D, d0 + count, d0 + width)
        for k in range(start[slot], start[slot + 1]):
            gradient[weight[k]] += dot(Y, source[k] * width, D, d0, vectors)


@fused
def up(w: Numbers, net: Edges) -> None:
    """Total inputs and outputs, segment by segment: neurons in a row with one activation, or a softmax."""
    Z, Y, width = net.Z, net.Y, net.width
    for q in range(net.n_segments):
        low, high, code = net.segments[3 * q], net.segments[3 * q + 1], net.segments[3 * q + 2]
        if code == PRODUCT:
            multiply(net, low, high)
            continue
        links = net.weight, net.source, net.start
        call(net.kernels[kernels.SUMS], (w, links, low, high, Y, Z, net.nothing, width))
        if code < 0:
            for at in range(low * width, low * width + width):
                numbers = (Z, Y, net.D, at, width, high - low)
                net.logs[at] = call(net.kernels[kernels.SOFTMAX], numbers)
        else:
            call(net.kernels[kernels.VALUES + 2 * code], (Z, Y, low * width, high * width))


@fused
def multiply(net: Edges, low: int, high: int) -> None:
    """The outputs of products."""
    Y, width = net.Y, net.width
    for slot in range(low, high):
        y0, begin = slot * width, net.start_factor[slot]
        first = net.factor[begin] * width
        for b in range(width):
            Y[y0 + b] = Y[first + b]
        for k in range(begin + 1, net.start_factor[slot + 1]):
            other = net.factor[k] * width
            for b in range(width):
                Y[y0 + b] *= Y[other + b]


@fused
def hand_to_factors(net: Edges, low: int, high: int) -> None:
    """The blame of products, times all the other factors, for each factor."""
    Y, S, D, width = net.Y, net.S, net.D, net.width
    for slot in range(low, high):
        d0, begin, end = slot * width, net.start_factor[slot], net.start_factor[slot + 1]
        for k in range(begin, end):
            s0 = net.factor[k] * width
            for b in range(width):
                D[d0 + b] = S[d0 + b]
            for j in range(begin, end):
                other = net.factor[j] * width
                if j != k:
                    for b in range(width):
                        D[d0 + b] *= Y[other + b]
            for b in range(width):
                S[s0 + b] += D[d0 + b]


@fused
def judge(data: Curriculum, net: Edges, low: int, count: int) -> float:
    """The loss of the samples orders[low : low + count], and the outputs' blame."""
    total, width, n = 0.0, net.width, net.n_outputs
    for q in range(net.n_factors):
        clear(net.S, net.factors[q] * width, net.factors[q] * width + width)
    for j in range(n):
        slot, form, group = net.outputs[3 * j], net.outputs[3 * j + 1], net.outputs[3 * j + 2]
        clear(net.S, slot * width, slot * width + width)
        which = form, slot * width, 1, count, data.orders, low, data.T, j, n
        numbers = net.Z, net.Y, net.S, net.logs, group * width
        total += call(net.kernels[kernels.JUDGE], (which, net.share, data.sample_weight, numbers))
    return total


@fused
def down(w: Numbers, gradient: Numbers, net: Edges, count: int) -> None:
    """Blame and deltas, segment by segment, and what they say of the weights into `gradient`."""
    Y, S, D, width = net.Y, net.S, net.D, net.width
    for q in range(net.n_segments - 1, -1, -1):
        low, high, code = net.segments[3 * q], net.segments[3 * q + 1], net.segments[3 * q + 2]
        ahead = net.weight_ahead, net.target, net.start_ahead
        call(net.kernels[kernels.SUMS], (w, ahead, low, high, D, S, net.is_blamed, width))
        if code == PRODUCT:
            hand_to_factors(net, low, high)
            continue
        if code < 0:
            for at in range(low * width, low * width + width):
                numbers = (Y, S, D, at, width, high - low)
                call(net.kernels[kernels.SOFTMAX_DOWN], numbers)
        else:
            four = (net.Z, Y, S, D)
            call(net.kernels[kernels.DELTAS + 2 * code], (four, low * width, high * width))
        links = net.weight, net.source, net.start
        call(net.kernels[kernels.COLLECT], (links, low, high, count, Y, D, gradient, width))


def learn(data: Curriculum, weights: Moves, net: Edges) -> None:
    """Whole epochs, batch by batch; leaves each epoch's loss and the last batch's gradient, summed."""
    n, batch, gradient = data.n, data.batch, weights.gradient
    for e in range(data.n_epochs):
        total = 0.0
        for first in range(e * n, e * n + n, batch):
            size = min(batch, e * n + n - first)
            clear(gradient, 0, weights.size)
            for low in range(first, first + size, net.width):
                count = min(net.width, first + size - low)
                feed(data.X, data.orders, net, low, count)
                up(weights.w, net)
                total += judge(data, net, low, count)
                down(weights.w, gradient, net, count)
            total += kernels.move_weights(net.kernels, weights, size, data.rates[e])
        data.losses[e] = total / n


def answer(X: Numbers, orders: Indices, n: int, w: Numbers, answers: Doubles, net: Edges) -> None:
    """The outputs for n samples."""
    for low in range(0, n, net.width):
        count = min(net.width, n - low)
        feed(X, orders, net, low, count)
        up(w, net)
        for j in range(net.n_outputs):
            for b in range(count):
                answers[(low + b) * net.n_outputs + j] = net.Y[net.outputs[3 * j] * net.width + b]
