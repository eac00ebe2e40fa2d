// Matrix products C = epilogue(initial + A B), every element summed over k in the documented order:
// tiles decide who computes an element, never how it is rounded. Which kernel this program has, and
// the size of its tiles, is defined from outside.

#ifndef RELU
#define RELU 1
#define RELU_GATE 2
#define TANH_GATE 3
#define GATED(which) ((which) >= RELU_GATE)

static float epilogue(const int which, const float x, const float gate) {
  return which == RELU ? (x < 0.0f ? 0.0f : x)
       : which == RELU_GATE ? (gate > 0.0f ? x : 0.0f)
       : which == TANH_GATE ? x * (1.0f - gate * gate)
       : x;
}
#endif

#define GEMM                                                                                   \
  VIEW(a), VIEW(b), VIEW(initial), VIEW(c), VIEW(gate), const int which, const int m,          \
      const int n, const int depth

#define OPERAND(x) x, x##First, x##Row, x##Lane
#define OPERANDS OPERAND(a), OPERAND(b), OPERAND(initial), OPERAND(c), OPERAND(gate)

#ifdef REGISTER_TILE
// For processors: a work-item, alone in its group, has LANES lanes of C and some of its rows. STEPS
// rows of B at a time lie in a panel of its own, where neighbouring lanes are neighbours whichever way
// B lies, which stays in the first cache while tiles of ROWS rows follow each other down A, their sums
// in registers (Goto and van de Geijn 2008). From one panel to the next sums are kept for HEIGHT rows:
// C may be the gate, which is read last.

#define STEPS 256
#define JOIN_(x, y) x##y
#define JOIN(x, y) JOIN_(x, y)
typedef JOIN(float, WIDTH) floats;
#define LOAD JOIN(vload, WIDTH)
#define STORE JOIN(vstore, WIDTH)

// Sums are named one by one: an array of them may be kept in memory.
#undef EACH_ROW
#undef EACH_VECTOR
#undef VECTORS
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
#elif ROWS == 12
#define EACH_ROW(DO) \
  DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11)
#endif
#if LANES == WIDTH
#define VECTORS 1
#define EACH_VECTOR(DO, j) DO(j, 0)
#elif LANES == 2 * WIDTH
#define VECTORS 2
#define EACH_VECTOR(DO, j) DO(j, 0) DO(j, 1)
#elif LANES == 3 * WIDTH
#define VECTORS 3
#define EACH_VECTOR(DO, j) DO(j, 0) DO(j, 1) DO(j, 2)
#endif

#define BEGIN_SUM(j, v) floats sum##j##_##v = LOAD(VECTORS * j + v, sums);
#define BEGIN_ROW(j)                                                \
  __global const float *left##j = left + (j < rows ? j : 0) * aRow; \
  EACH_VECTOR(BEGIN_SUM, j)
#define RIGHT(j, v) const floats right##v = LOAD(VECTORS * k + v, panel);
#define ADD(j, v) sum##j##_##v = fma(factor, right##v, sum##j##_##v);
#define ADD_ROW(j)                          \
  {                                         \
    const floats factor = left##j[k * aLane]; \
    EACH_VECTOR(ADD, j)                     \
  }
#define END_SUM(j, v) STORE(sum##j##_##v, VECTORS * j + v, sums);
#define END_ROW(j) EACH_VECTOR(END_SUM, j)

// adds to the sums of a tile, of which so many rows count, what so many steps along k give
static void tile(
    __global const float *left,
    const long aRow,
    const long aLane,
    const int rows,
    const float *panel,
    const int steps,
    float *sums) {
  EACH_ROW(BEGIN_ROW)
  for (long k = 0; k < steps; k++) {
    EACH_VECTOR(RIGHT, 0)
    EACH_ROW(ADD_ROW)
  }
  EACH_ROW(END_ROW)
}

// so many rows and lanes, each row's LANES behind the other's; 0 for the lanes beyond
static void gathered(
    __global const float *x,
    const long row,
    const long lane,
    const int rows,
    const int lanes,
    float *to) {
  if (lanes == LANES && lane == 1) {
    for (long r = 0; r < rows; r++) {
      for (int v = 0; v < VECTORS; v++) {
        STORE(LOAD(v, x + r * row), VECTORS * r + v, to);
      }
    }
  } else if (lane == 0) {
    for (long r = 0; r < rows; r++) {
      for (int v = 0; v < VECTORS; v++) {
        STORE((floats)(x[r * row]), VECTORS * r + v, to);
      }
    }
  } else {
    for (long i = 0; i < LANES; i++) {
      for (long r = 0; r < rows; r++) {
        to[r * LANES + i] = i < lanes ? x[r * row + i * lane] : 0.0f;
      }
    }
  }
}

static void written(
    const float *sums,
    const int which,
    VIEW(c),
    VIEW(gate),
    const int r,
    const int i0,
    const int lanes) {
  if (lanes == LANES && (!GATED(which) || gateLane == 1)) {
    for (int v = 0; v < VECTORS; v++) {
      floats x = LOAD(v, sums);
      if (which == RELU) {
        x = x < 0.0f ? (floats)(0.0f) : x;
      } else if (which == RELU_GATE) {
        x = LOAD(v, &AT(gate, r, i0)) > 0.0f ? x : (floats)(0.0f);
      } else if (which == TANH_GATE) {
        const floats value = LOAD(v, &AT(gate, r, i0));
        x *= 1.0f - value * value;
      }
      STORE(x, v, &AT(c, r, i0));
    }
  } else {
    for (int i = 0; i < lanes; i++) {
      AT(c, r, i0 + i) = epilogue(which, sums[i], GATED(which) ? AT(gate, r, i0 + i) : 0.0f);
    }
  }
}

// the rows [from, to) of LANES lanes, fewer at the end
static void column(const int from, const int to, const int i0, GEMM) {
  float panel[STEPS * LANES] __attribute__((aligned(64)));
  float sums[HEIGHT * LANES] __attribute__((aligned(64)));
  const int lanes = min(LANES, n - i0);
  for (int r0 = from; r0 < to; r0 += HEIGHT) {
    const int r1 = min(r0 + HEIGHT, to);
    gathered(&AT(initial, r0, i0), initialRow, initialLane, r1 - r0, lanes, sums);
    for (int k0 = 0; k0 < depth; k0 += STEPS) {
      const int steps = min(STEPS, depth - k0);
      if (r0 == from || depth > STEPS) {
        gathered(&AT(b, k0, i0), bRow, bLane, steps, lanes, panel);
      }
      for (int r = r0; r < r1; r += ROWS) {
        tile(&AT(a, r, k0), aRow, aLane, r1 - r, panel, steps, sums + (r - r0) * LANES);
      }
    }
    for (int r = r0; r < r1; r++) {
      written(sums + (r - r0) * LANES, which, OPERAND(c), OPERAND(gate), r, i0, lanes);
    }
  }
}

#ifdef PHASE
KERNEL product(PART GEMM) {
  for (int i0 = laneFrom; i0 < laneTo; i0 += LANES) {
    column(rowFrom, rowTo, i0, OPERANDS, which, m, laneTo, depth);
  }
}
#else
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void product(PART GEMM) {
  STOP_IF_FAILED
  const int from = get_global_id(0) * HEIGHT;
  column(from, min(from + HEIGHT, m), get_global_id(1) * LANES, OPERANDS, which, m, n, depth);
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
        AT(c, r, i) = epilogue(which, sums[j][v], GATED(which) ? AT(gate, r, i) : 0.0f);
      }
    }
  }
}

#define LEFT __local float(*)[ROWS * SIDE + 1]
#define RIGHT __local float(*)[LANES * SIDE + 1]

#ifdef PHASE
KERNEL product(PART GEMM) {
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
    PART GEMM) {
  // one more than fits, so that work-items that read a column do not wait for the same bank
  __local float left[DEPTH][ROWS * SIDE + 1];
  __local float right[DEPTH][LANES * SIDE + 1];
  STOP_IF_FAILED
  const int x = get_local_id(0), y = get_local_id(1);
  const long r0 = (get_global_id(1) - y) * ROWS, i0 = (get_global_id(0) - x) * LANES;
  tile(x, y, r0, i0, left, right, OPERANDS, which, m, n, depth);
}
#endif
#endif

#ifdef TENSOR_TILE
// For NVIDIA's tensor cores: a group of eight warps, WIDTH of them side by side, each with ROWS x LANES
// elements, reads DEPTH columns of A and rows of B into local memory at a time, rounded to tf32. There
// they lie so that the work-items of a warp, which read a fragment, read different banks.

#define DEPTH 16
#define WARP 32
#define ITEMS (8 * WARP)
#define HIGH (8 / WIDTH * ROWS)
#define WIDE (WIDTH * LANES)
#define LEFT_ROW (DEPTH + 4)
#define RIGHT_ROW (WIDE + 8)

#ifndef MMA
#ifdef EMULATED
// What the instructions are documented to do, by the same fragments: for tests on other devices.
#define MMA (6 * ITEMS)

// the nearest float with 10 bits of mantissa, away from zero where two are as near
static uint tf32(const float x) {
  return isnan(x) ? 0x7FFFFFFF : isinf(x) ? as_uint(x) : (as_uint(x) + 0x1000) & 0xFFFFE000;
}

static float4 mma(const uint4 a, const uint2 b, const float4 c, __local uint *exchange) {
  const int item = get_local_id(0), g = item % WARP / 4, t = item % 4;
  vstore4(a, 0, exchange + 6 * item);
  vstore2(b, 0, exchange + 6 * item + 4);
  barrier(CLK_LOCAL_MEM_FENCE);
  __local const uint *warp = exchange + 6 * (item - item % WARP);
  float4 d = c;
  for (int k = 0; k < 8; k++) {
    __local const uint *left = warp + 6 * (4 * g + k % 4) + k / 4 * 2;
    __local const uint *right = warp + 6 * (4 * 2 * t + k % 4) + 4 + k / 4;
    const float2 column = (float2)(as_float(left[0]), as_float(left[1]));
    const float2 row = (float2)(as_float(right[0]), as_float(right[6 * 4]));
    d = fma(column.s0011, row.s0101, d);
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  return d;
}
#else
#define MMA 0

static uint tf32(const float x) {
  uint y;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(y) : "f"(x));
  return y;
}

// A B + C of 16 x 8 elements, by a warp. Its work-item 4 g + t has of A (g, t), (g + 8, t), (g, t + 4),
// (g + 8, t + 4), of B (t, g), (t + 4, g), of C (g, 2 t), (g, 2 t + 1), (g + 8, 2 t), (g + 8, 2 t + 1):
// PTX ISA, matrix fragments for mma.m16n8k8.
static float4 mma(const uint4 a, const uint2 b, const float4 c, __local uint *exchange) {
  float d0 = c.s0, d1 = c.s1, d2 = c.s2, d3 = c.s3;
  asm volatile(
      "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 "
      "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+f"(d0), "+f"(d1), "+f"(d2), "+f"(d3)
      : "r"(a.s0), "r"(a.s1), "r"(a.s2), "r"(a.s3), "r"(b.s0), "r"(b.s1));
  return (float4)(d0, d1, d2, d3);
}
#endif

#define FETCH(x, r, i, rows, lanes) ((r) < (rows) && (i) < (lanes) ? AT(x, r, i) : 0.0f)
#define WRITE(r, i, x)                                                                       \
  if ((r) < m && (i) < n) {                                                                  \
    AT(c, r, i) = epilogue(which, x, GATED(which) ? AT(gate, r, i) : 0.0f); \
  }
#endif

// floats of local memory
#define MEMORY (HIGH * LEFT_ROW + DEPTH * RIGHT_ROW + MMA)

static void tile(const long r0, const long i0, __local uint *memory, GEMM) {
  const int item = get_local_id(0), warp = item / WARP, g = item % WARP / 4, t = item % 4;
  const int top = warp / WIDTH * ROWS + g, first = warp % WIDTH * LANES;
  __local uint *left = memory, *right = left + HIGH * LEFT_ROW;
  float4 sums[ROWS / 16][LANES / 8];
#pragma unroll
  for (int j = 0; j < ROWS / 16; j++) {
#pragma unroll
    for (int v = 0; v < LANES / 8; v++) {
      const long r = r0 + top + 16 * j, i = i0 + first + 8 * v + 2 * t;
      sums[j][v] = (float4)(
          FETCH(initial, r, i, m, n), FETCH(initial, r, i + 1, m, n),
          FETCH(initial, r + 8, i, m, n), FETCH(initial, r + 8, i + 1, m, n));
    }
  }
  for (int k0 = 0; k0 < depth; k0 += DEPTH) {
    for (int e = item; e < HIGH * DEPTH; e += ITEMS) {
      // neighbours read neighbours, whichever way A lies
      const int k = aLane == 1 ? e % DEPTH : e / HIGH, j = aLane == 1 ? e / DEPTH : e % HIGH;
      left[j * LEFT_ROW + k] = tf32(FETCH(a, r0 + j, k0 + k, m, depth));
    }
    for (int e = item; e < WIDE * DEPTH; e += ITEMS) {
      const int k = bLane == 1 ? e / WIDE : e % DEPTH, j = bLane == 1 ? e % WIDE : e / DEPTH;
      right[k * RIGHT_ROW + j] = tf32(FETCH(b, k0 + k, i0 + j, depth, n));
    }
    barrier(CLK_LOCAL_MEM_FENCE);
#pragma unroll
    for (int k = 0; k < DEPTH; k += 8) {
      uint2 below[LANES / 8];
#pragma unroll
      for (int v = 0; v < LANES / 8; v++) {
        __local const uint *from = right + (k + t) * RIGHT_ROW + first + 8 * v + g;
        below[v] = (uint2)(from[0], from[4 * RIGHT_ROW]);
      }
#pragma unroll
      for (int j = 0; j < ROWS / 16; j++) {
        __local const uint *from = left + (top + 16 * j) * LEFT_ROW + k + t;
        const uint4 beside =
            (uint4)(from[0], from[8 * LEFT_ROW], from[4], from[8 * LEFT_ROW + 4]);
#pragma unroll
        for (int v = 0; v < LANES / 8; v++) {
          sums[j][v] = mma(beside, below[v], sums[j][v], right + DEPTH * RIGHT_ROW);
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
#pragma unroll
  for (int j = 0; j < ROWS / 16; j++) {
#pragma unroll
    for (int v = 0; v < LANES / 8; v++) {
      const long r = r0 + top + 16 * j, i = i0 + first + 8 * v + 2 * t;
      WRITE(r, i, sums[j][v].s0)
      WRITE(r, i + 1, sums[j][v].s1)
      WRITE(r + 8, i, sums[j][v].s2)
      WRITE(r + 8, i + 1, sums[j][v].s3)
    }
  }
}

#ifdef PHASE
KERNEL product(PART GEMM) {
  for (long r0 = rowFrom; r0 < rowTo; r0 += HIGH) {
    for (long i0 = laneFrom; i0 < laneTo; i0 += WIDE) {
      tile(r0, i0, (__local uint *)shared, OPERANDS, which, rowTo, laneTo, depth);
    }
  }
}
#else
__kernel __attribute__((reqd_work_group_size(ITEMS, 1, 1))) void product(PART GEMM) {
  __local uint memory[MEMORY];
  STOP_IF_FAILED
  tile(get_global_id(1) * HIGH, get_group_id(0) * WIDE, memory, OPERANDS, which, m, n, depth);
}
#endif
#endif

#ifdef ONE_BY_ONE
// an item is an element
KERNEL product(PART GEMM) {
  EACH_ITEM(m, n) {
    float sum = AT(initial, r, i);
    for (int k = 0; k < depth; k++) {
      sum = fma(AT(a, r, k), AT(b, k, i), sum);
    }
    AT(c, r, i) = epilogue(which, sum, GATED(which) ? AT(gate, r, i) : 0.0f);
  }
}
#endif

#ifdef DOT
// an item is an element: sixteen partial sums, then a tree
KERNEL product(PART GEMM) {
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
        which, s2.s0 + s2.s1 + AT(initial, r, i), GATED(which) ? AT(gate, r, i) : 0.0f);
  }
}
#endif
