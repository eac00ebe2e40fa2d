// Matrix products C = epilogue(initial + A B), every element summed over k in the documented order:
// tiles decide who computes an element, never how it is rounded. Which kernel this program has, and
// the size of its tiles, is defined from outside.

#ifndef RELU
#define RELU 1
#define GATE 2

static float epilogue(const int which, const float x, const float gate) {
  return which == RELU ? (x < 0.0f ? 0.0f : x) : which == GATE ? (gate > 0.0f ? x : 0.0f) : x;
}
#endif

#define GEMM                                                                                   \
  VIEW(a), VIEW(b), VIEW(initial), VIEW(c), VIEW(gate), const int which, const int m,          \
      const int n, const int depth

#define OPERAND(x) x, x##First, x##Row, x##Lane
#define OPERANDS OPERAND(a), OPERAND(b), OPERAND(initial), OPERAND(c), OPERAND(gate)

#ifdef REGISTER_TILE
// For processors: a work-item, alone in its group, has ROWS rows of LANES lanes in registers. B has
// lane stride 1 and at least LANES lanes in memory. The last tile of a row begins earlier than it
// should, so that it is whole, and keeps to itself what others write.

#define JOIN_(x, y) x##y
#define JOIN(x, y) JOIN_(x, y)
typedef JOIN(float, WIDTH) floats;

// Sums are named one by one: an array of them may be kept in memory.
#undef EACH_ROW
#undef SECOND
#if ROWS == 1
#define EACH_ROW(DO) DO(0)
#elif ROWS == 2
#define EACH_ROW(DO) DO(0) DO(1)
#elif ROWS == 4
#define EACH_ROW(DO) DO(0) DO(1) DO(2) DO(3)
#elif ROWS == 6
#define EACH_ROW(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5)
#elif ROWS == 8
#define EACH_ROW(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7)
#endif
#if LANES == WIDTH
#define SECOND(...)
#elif LANES == 2 * WIDTH
#define SECOND(...) __VA_ARGS__
#endif

// the first of so many elements; 0 beyond
static void load(__global const float *x, const long stride, const int count, floats *to) {
  if (stride == 1 && count >= WIDTH) {
    *to = JOIN(vload, WIDTH)(0, x);
  } else {
    float values[WIDTH];
    for (int e = 0; e < WIDTH; e++) {
      values[e] = e < count ? x[e * stride] : 0.0f;
    }
    *to = JOIN(vload, WIDTH)(0, values);
  }
}

// lanes from ... of a row, but none before i0
static void store(
    const floats *sums,
    const int which,
    VIEW(c),
    VIEW(gate),
    const int r,
    const int from,
    const int i0,
    const int n) {
  if (from >= i0 && from + WIDTH <= n) {
    floats x = *sums;
    if (which == RELU) {
      x = x < 0.0f ? (floats)(0.0f) : x;
    } else if (which == GATE) {
      floats open;
      load(&AT(gate, r, from), gateLane, WIDTH, &open);
      x = open > 0.0f ? x : (floats)(0.0f);
    }
    JOIN(vstore, WIDTH)(x, 0, &AT(c, r, from));
  } else {
    float values[WIDTH];
    JOIN(vstore, WIDTH)(*sums, 0, values);
    for (int e = 0; e < WIDTH; e++) {
      const int i = from + e;
      if (i >= i0 && i < n) {
        AT(c, r, i) = epilogue(which, values[e], which == GATE ? AT(gate, r, i) : 0.0f);
      }
    }
  }
}

#define BEGIN_ROW(j)                                                                   \
  const int row##j = min(r0 + j, m - 1);                                              \
  __global const float *left##j = &AT(a, row##j, 0);                                  \
  floats sum##j;                                                                      \
  load(&AT(initial, row##j, from), initialLane, n - from, &sum##j);                   \
  SECOND(floats more##j;                                                              \
         load(                                                                        \
             &AT(initial, row##j, from + WIDTH), initialLane, n - from - WIDTH, &more##j);)

#define ADD_ROW(j)                                 \
  {                                               \
    const floats factor = left##j[k * aLane];     \
    sum##j = fma(factor, here, sum##j);           \
    SECOND(more##j = fma(factor, next, more##j);) \
  }

#define END_ROW(j)                                                                         \
  if (r0 + j < m) {                                                                       \
    store(&sum##j, which, OPERAND(c), OPERAND(gate), r0 + j, from, i0, n);                  \
    SECOND(store(&more##j, which, OPERAND(c), OPERAND(gate), r0 + j, from + WIDTH, i0, n);) \
  }

static void tile(const int r0, const int i0, GEMM, const int lanesInMemory) {
  const int from = min(i0, lanesInMemory - LANES);
  EACH_ROW(BEGIN_ROW)
  __global const float *right = &AT(b, 0, from);
  for (int k = 0; k < depth; k++, right += bRow) {
    const floats here = JOIN(vload, WIDTH)(0, right);
    SECOND(const floats next = JOIN(vload, WIDTH)(1, right);)
    EACH_ROW(ADD_ROW)
  }
  EACH_ROW(END_ROW)
}

#ifdef PHASE
KERNEL product(PART GEMM, const int lanesInMemory) {
  for (int i0 = laneFrom; i0 < laneTo; i0 += LANES) {
    for (int r0 = rowFrom; r0 < rowTo; r0 += ROWS) {
      tile(r0, i0, OPERANDS, which, rowTo, laneTo, depth, lanesInMemory);
    }
  }
}
#else
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void product(
    GEMM, const int lanesInMemory) {
  const int r0 = get_global_id(1) * ROWS, i0 = get_global_id(0) * LANES;
  tile(r0, i0, OPERANDS, which, m, n, depth, lanesInMemory);
}
#endif
#endif

#ifdef LOCAL_TILE
// For graphics processors: a group of SIDE x SIDE work-items, each with ROWS x LANES elements that
// are SIDE apart, reads DEPTH columns of A and rows of B into local memory at a time.

#define SIDE 16
#define DEPTH 16

static void tile(
    const int x,
    const int y,
    const long r0,
    const long i0,
    __local float (*left)[ROWS * SIDE + 1],
    __local float (*right)[LANES * SIDE + 1],
    GEMM) {
  const int t = y * SIDE + x;
  float sums[ROWS][LANES];
  for (int j = 0; j < ROWS; j++) {
    for (int v = 0; v < LANES; v++) {
      const long r = r0 + j * SIDE + y, i = i0 + v * SIDE + x;
      sums[j][v] = r < m && i < n ? AT(initial, r, i) : 0.0f;
    }
  }
  for (int k0 = 0; k0 < depth; k0 += DEPTH) {
    const int steps = min(DEPTH, depth - k0);
    for (int e = t; e < ROWS * SIDE * DEPTH; e += SIDE * SIDE) {
      // neighbours read neighbours, whichever way A lies
      const int k = aLane == 1 ? e % DEPTH : e / (ROWS * SIDE);
      const int j = aLane == 1 ? e / DEPTH : e % (ROWS * SIDE);
      left[k][j] = k < steps && r0 + j < m ? AT(a, r0 + j, k0 + k) : 0.0f;
    }
    for (int e = t; e < LANES * SIDE * DEPTH; e += SIDE * SIDE) {
      const int k = bLane == 1 ? e / (LANES * SIDE) : e % DEPTH;
      const int j = bLane == 1 ? e % (LANES * SIDE) : e / DEPTH;
      right[k][j] = k < steps && i0 + j < n ? AT(b, k0 + k, i0 + j) : 0.0f;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int k = 0; k < steps; k++) {
      float row[LANES];
      for (int v = 0; v < LANES; v++) {
        row[v] = right[k][v * SIDE + x];
      }
      for (int j = 0; j < ROWS; j++) {
        const float factor = left[k][j * SIDE + y];
        for (int v = 0; v < LANES; v++) {
          sums[j][v] = fma(factor, row[v], sums[j][v]);
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  for (int j = 0; j < ROWS; j++) {
    for (int v = 0; v < LANES; v++) {
      const long r = r0 + j * SIDE + y, i = i0 + v * SIDE + x;
      if (r < m && i < n) {
        AT(c, r, i) = epilogue(which, sums[j][v], which == GATE ? AT(gate, r, i) : 0.0f);
      }
    }
  }
}

#define LEFT __local float(*)[ROWS * SIDE + 1]
#define RIGHT __local float(*)[LANES * SIDE + 1]

#ifdef PHASE
KERNEL product(PART GEMM, const int lanesInMemory) {
  const int x = get_local_id(0) % SIDE, y = get_local_id(0) / SIDE;
  __local float *right = shared + DEPTH * (ROWS * SIDE + 1);
  for (long r0 = rowFrom; r0 < rowTo; r0 += ROWS * SIDE) {
    for (long i0 = laneFrom; i0 < laneTo; i0 += LANES * SIDE) {
      tile(x, y, r0, i0, (LEFT)shared, (RIGHT)right, OPERANDS, which, rowTo, laneTo, depth);
    }
  }
}
#else
__kernel __attribute__((reqd_work_group_size(SIDE, SIDE, 1))) void product(
    GEMM, const int lanesInMemory) {
  // one more than fits, so that work-items that read a column do not wait for the same bank
  __local float left[DEPTH][ROWS * SIDE + 1];
  __local float right[DEPTH][LANES * SIDE + 1];
  const long r0 = get_group_id(1) * (ROWS * SIDE), i0 = get_group_id(0) * (LANES * SIDE);
  tile(get_local_id(0), get_local_id(1), r0, i0, left, right, OPERANDS, which, m, n, depth);
}
#endif
#endif

#ifdef ONE_BY_ONE
// an item is an element
KERNEL product(PART GEMM, const int lanesInMemory) {
  EACH_ITEM(m, n) {
    float sum = AT(initial, r, i);
    for (int k = 0; k < depth; k++) {
      sum = fma(AT(a, r, k), AT(b, k, i), sum);
    }
    AT(c, r, i) = epilogue(which, sum, which == GATE ? AT(gate, r, i) : 0.0f);
  }
}
#endif

#ifdef DOT
// an item is an element: sixteen partial sums, then a tree
KERNEL product(PART GEMM, const int lanesInMemory) {
  EACH_ITEM(m, n) {
    __global const float *left = &AT(a, r, 0), *right = &AT(b, 0, i);
    float16 sums = 0.0f;
    int k = 0;
    for (; k < depth - 15; k += 16) {
      sums = fma(vload16(0, left + k), vload16(0, right + k), sums);
    }
    if (k < depth) {
      float rest[16];
      vstore16(sums, 0, rest);
      for (int p = 0; k < depth; k++, p++) {
        rest[p] = fma(left[k], right[k], rest[p]);
      }
      sums = vload16(0, rest);
    }
    const float8 s8 = sums.lo + sums.hi;
    const float4 s4 = s8.lo + s8.hi;
    const float2 s2 = s4.lo + s4.hi;
    AT(c, r, i) = epilogue(
        which, s2.s0 + s2.s1 + AT(initial, r, i), which == GATE ? AT(gate, r, i) : 0.0f);
  }
}
#endif
