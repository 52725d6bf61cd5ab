/* The same learning in C, for sizes, a batch and a rate that are fixed when it is compiled.

   limit.py puts before this the numbers (LANES, BATCH, RATE, ...) and one of the words ROWS, TILES and
   WIRES; behind it the arrays of all layers, and `step`, which calls for one layer after the other. */

#include <string.h>

typedef double V __attribute__((vector_size(8 * LANES)));
typedef long long I __attribute__((vector_size(8 * LANES)));
#ifdef __AVX512DQ__
typedef I Whole;
#else  /* no instruction makes long integers of doubles */
typedef int Whole __attribute__((vector_size(4 * LANES)));
#endif
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 8")
#define VECS(n) (((n) + LANES - 1) / LANES)


INLINE V sigmoid(V z) {
    const V none = {0}, low = none - 300, high = none + 300;
    I below = z < low, above = z > high;
    V x = (V)(((I)z & ~(below | above)) | ((I)low & below) | ((I)high & above));
    Whole e = __builtin_convertvector(x * -1.4426950408889634 + 1024.5, Whole);  // nearest power of 2
    V r = -x - __builtin_convertvector(e - 1024, V) * 0.6931471805599453, s = r * r;
    V power = (V)(__builtin_convertvector(e - 1, I) << 52);
    V even = s / 479001600 + 1.0 / 3628800, odd = s / 39916800 + 1.0 / 362880;
    even = even * s + 1.0 / 40320, odd = odd * s + 1.0 / 5040;
    even = even * s + 1.0 / 720, odd = odd * s + 1.0 / 120;
    even = even * s + 1.0 / 24, odd = odd * s + 1.0 / 6;
    even = even * s + 0.5, odd = odd * s + 1;
    return 1 / (1 + (even * s + 1 + odd * r) * power);  // 1 / (1 + exp(-z))
}

INLINE double total(V v) {
    double sum = 0;
    UNROLL for (int i = 0; i < LANES; i++) sum += v[i];
    return sum;
}

static void step(const double *x, const double *t);

static void shuffled(int *order, long n) {
    static unsigned long long state = 88172645463325252ull;
    for (long i = n - 1; i > 0; i--) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        long j = (state >> 32) * (i + 1) >> 32;
        int other = order[j];
        order[j] = order[i], order[i] = other;
    }
}

void learn(long epochs, long shuffle, long n, const double *x, const double *t, int *order) {
    static double __attribute__((aligned(64))) xs[BATCH * X_WIDTH], ts[BATCH * T_WIDTH];
    while (epochs--) {
        if (shuffle) shuffled(order, n);
        for (long at = 0; at < n; at += BATCH) {
            const double *x0 = x + (long)order[at] * X_WIDTH, *t0 = t + (long)order[at] * T_WIDTH;
            if (BATCH == 1) { step(x0, t0); continue; }
            for (int b = 0; b < BATCH; b++) {
                memcpy(xs + b * X_WIDTH, x + (long)order[at + b] * X_WIDTH, 8 * X_WIDTH);
                memcpy(ts + b * T_WIDTH, t + (long)order[at + b] * T_WIDTH, 8 * T_WIDTH);
            }
            step(xs, ts);
        }
    }
}

#ifndef WIRES  /* layers: a vector is so many neurons; n_in and n_out are constants in every call */
INLINE void missed(int n_out, const V *y, const double *t, V *delta) {
    for (int v = 0; v < BATCH * VECS(n_out); v++)
        delta[v] = (y[v] - ((const V *)t)[v]) * y[v] * (1 - y[v]);
}
#endif

#ifdef ROWS  /* one sample at a time: w (n_out, n_in) */
INLINE void forward(int n_in, int n_out, const V *x, const V *w, const V *bias, V *y) {
    for (int v = 0; v < VECS(n_out); v++) {
        V sum[LANES] = {0}, z = bias[v];
        int rows = n_out - v * LANES < LANES ? n_out - v * LANES : LANES;
        const V *row = w + v * LANES * VECS(n_in);
        for (int i = 0; i < VECS(n_in); i++)
            UNROLL for (int r = 0; r < LANES; r++)
                if (r < rows) sum[r] += row[r * VECS(n_in) + i] * x[i];
        UNROLL for (int r = 0; r < LANES; r++) if (r < rows) z[r] += total(sum[r]);
        y[v] = sigmoid(z);
    }
}

INLINE void back(int n_in, int n_out, const V *w, const V *ahead, const V *y, V *delta) {
    for (int i = 0; i < VECS(n_in); i++) {
        V sum = {0};
        for (int o = 0; o < n_out; o++) sum += w[o * VECS(n_in) + i] * ahead[o / LANES][o % LANES];
        delta[i] = sum * y[i] * (1 - y[i]);
    }
}

INLINE void update(int n_in, int n_out, const V *x, const V *delta, V *w, V *bias) {
    for (int o = 0; o < n_out; o++)
        for (int i = 0; i < VECS(n_in); i++)
            w[o * VECS(n_in) + i] -= RATE * ((const double *)delta)[o] * x[i];
    for (int v = 0; v < VECS(n_out); v++) bias[v] -= RATE * delta[v];
}
#endif

#ifdef FIRST  /* the first layer, FIRST neurons wide, without the inputs that are 0: w (n_in, n_out) */
static int lit[LARGEST], n_lit;

INLINE void forward_lit(int n_in, int n_out, const V *x, const V *w, const V *bias, V *y) {
    const double *values = (const double *)x;
    V z[VECS(FIRST)] = {0};
    int found = 0;
    for (int i = 0; i < n_in; i++) lit[found] = i, found += values[i] != 0;
    for (int k = 0; k < found; k++)
        for (int v = 0; v < VECS(FIRST); v++)
            z[v] += values[lit[k]] * w[lit[k] * VECS(FIRST) + v];
    for (int v = 0; v < VECS(FIRST); v++) y[v] = sigmoid(bias[v] + z[v]);
    n_lit = found;
}

INLINE void update_lit(int n_in, int n_out, const V *x, const V *delta, V *w, V *bias) {
    for (int k = 0; k < n_lit; k++)
        for (int v = 0; v < VECS(FIRST); v++)
            w[lit[k] * VECS(FIRST) + v] -= RATE * ((const double *)x)[lit[k]] * delta[v];
    for (int v = 0; v < VECS(FIRST); v++) bias[v] -= RATE * delta[v];
}
#endif

#ifdef TILES  /* batches: w (n_in, n_out), y and delta (BATCH, n) */
#define EVEN(n, most) (((n) + ((n) + (most) - 1) / (most) - 1) / (((n) + (most) - 1) / (most)))

INLINE void tile(int rows, int vecs, int depth, const double *a, int down, int on, const V *b,
                 int width, const V *from, int from_width, V *to, double scale) {
    V sum[TALL][3] = {0};
    for (int k = 0; k < depth; k++)
        UNROLL for (int r = 0; r < rows; r++)
            UNROLL for (int v = 0; v < vecs; v++)
                sum[r][v] += a[r * down + k * on] * b[k * width + v];
    UNROLL for (int r = 0; r < rows; r++)
        UNROLL for (int v = 0; v < vecs; v++)
            to[r * width + v] = from[r * from_width + v] + scale * sum[r][v];
}

INLINE void strip(int rows, int width, int depth, const double *a, int down, int on, const V *b,
                  const V *from, int from_width, V *to, double scale) {
    const int c = EVEN(width, 3), rest = width % c, last = width - rest;
    for (int j = 0; j < last; j += c)
        tile(rows, c, depth, a, down, on, b + j, width, from + j, from_width, to + j, scale);
    if (rest)
        tile(rows, rest, depth, a, down, on, b + last, width, from + last, from_width, to + last,
             scale);
}

/* to = from + scale * a b: a (height, depth) with steps `down` and `on`, b (depth, width) vectors */
INLINE void product(int height, int width, int depth, const double *a, int down, int on,
                    const V *b, const V *from, int from_width, V *to, double scale) {
    const int r = EVEN(height, TALL), rest = height % r, last = height - rest;
    for (int i = 0; i < last; i += r)
        strip(r, width, depth, a + i * down, down, on, b, from + i * from_width, from_width,
              to + i * width, scale);
    if (rest)
        strip(rest, width, depth, a + last * down, down, on, b, from + last * from_width,
              from_width, to + last * width, scale);
}
static const V zero[LARGEST];

INLINE void forward(int n_in, int n_out, const V *x, const V *w, const V *bias, V *y) {
    product(BATCH, VECS(n_out), n_in, (const double *)x, VECS(n_in) * LANES, 1, w, bias, 0, y, 1);
    for (int v = 0; v < BATCH * VECS(n_out); v++) y[v] = sigmoid(y[v]);
}

INLINE void back(int n_in, int n_out, const V *w, const V *ahead, const V *y, V *delta) {
    static V turned[LARGEST];  // (n_out, n_in)
    for (int o = 0; o < n_out; o++)
        for (int i = 0; i < n_in; i++)
            ((double *)turned)[o * VECS(n_in) * LANES + i] =
                ((const double *)w)[i * VECS(n_out) * LANES + o];
    product(BATCH, VECS(n_in), n_out, (const double *)ahead, VECS(n_out) * LANES, 1, turned, zero,
            0, delta, 1);
    for (int v = 0; v < BATCH * VECS(n_in); v++) delta[v] *= y[v] * (1 - y[v]);
}

INLINE void update(int n_in, int n_out, const V *x, const V *delta, V *w, V *bias) {
    product(n_in, VECS(n_out), BATCH, (const double *)x, 1, VECS(n_in) * LANES, delta, w,
            VECS(n_out), w, -RATE / BATCH);
    for (int b = 0; b < BATCH; b++)
        for (int v = 0; v < VECS(n_out); v++) bias[v] -= RATE / BATCH * delta[b * VECS(n_out) + v];
}
#endif

#ifdef WIRES  /* any wiring: a vector is so many samples; the links of slot s are start[s] .. start[s + 1] */
static V y[SLOTS][BATCH / LANES], blame[SLOTS][BATCH / LANES], weight[VECS(LINKS)];

static void step(const double *x, const double *t) {
    double *w = (double *)weight;
    memset(blame, 0, sizeof blame);
    for (int s = 0; s < FIXED; s++)
        for (int b = 0; b < BATCH; b++)
            ((double *)y[s])[b] = s < X_WIDTH ? x[b * X_WIDTH + s] : 1;
    for (int s = FIXED; s < SLOTS; s++) {
        V z[BATCH / LANES] = {0};
        for (int l = start[s]; l < start[s + 1]; l++)
            UNROLL for (int v = 0; v < BATCH / LANES; v++) z[v] += w[l] * y[source[l]][v];
        UNROLL for (int v = 0; v < BATCH / LANES; v++) y[s][v] = sigmoid(z[v]);
    }
    for (int o = 0; o < T_WIDTH; o++)
        for (int b = 0; b < BATCH; b++)
            ((double *)blame[output[o]])[b] = ((double *)y[output[o]])[b] - t[b * T_WIDTH + o];
    for (int s = SLOTS - 1; s >= FIXED; s--) {
        V delta[BATCH / LANES];
        UNROLL for (int v = 0; v < BATCH / LANES; v++)
            delta[v] = blame[s][v] * y[s][v] * (1 - y[s][v]);
        for (int l = start[s]; l < start[s + 1]; l++) {
            V slope = {0};
            UNROLL for (int v = 0; v < BATCH / LANES; v++) {
                slope += delta[v] * y[source[l]][v];
                blame[source[l]][v] += w[l] * delta[v];
            }
            w[l] -= RATE / BATCH * total(slope);
        }
    }
}
#endif
