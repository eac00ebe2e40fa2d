// What every program begins with: views, and functions of one number.
//
// Nothing is contracted: where a multiplication and an addition are one operation it says fma.
#pragma OPENCL FP_CONTRACT OFF

// A view: where its buffer begins, element (0, 0) in it, and from there on to the next row and lane.
#define VIEW(x) __global float *x, const long x##First, const long x##Row, const long x##Lane
#define AT(x, r, i) x[x##First + (long)(r) * x##Row + (long)(i) * x##Lane]

// What a kernel is. By itself it is launched, a work-item for each item. In a phase it is a function
// that a work-group of GROUP work-items calls for its part of the rows and lanes: each of them goes
// through every GROUP-th item, and where there is only one, through all of them side by side, which
// is safe as no kernel writes what another item of it reads.
#ifdef PHASE
#define KERNEL static void
#if GROUP == 1
#define PART const long rowFrom, const long rowTo, const long laneFrom, const long laneTo,
#define SIDE_BY_SIDE _Pragma("clang loop vectorize(assume_safety)")
#define LOCAL_ID 0
#define EACH_ITEM(rows, lanes)                \
  for (long r = rowFrom; r < rowTo; r++)      \
    SIDE_BY_SIDE                              \
    for (long i = laneFrom; i < laneTo; i++)
#else
#define PART                                                                                  \
  const long rowFrom, const long rowTo, const long laneFrom, const long laneTo,               \
      __local float *shared,
#define SIDE_BY_SIDE
#define LOCAL_ID ((long)get_local_id(0))
#define EACH_ITEM(rows, lanes)                                                                \
  for (long item = LOCAL_ID, r, i;                                                            \
       item < (rowTo - rowFrom) * (laneTo - laneFrom) &&                                      \
       (r = rowFrom + item / (laneTo - laneFrom), i = laneFrom + item % (laneTo - laneFrom), 1); \
       item += GROUP)
#endif
#define EACH_LANE(lanes) SIDE_BY_SIDE for (long i = laneFrom + LOCAL_ID; i < laneTo; i += GROUP)
#define LANES_FROM laneFrom
#define LANES_TO laneTo

// Where a check leaves the first mistake that it sees: the phase, which of its checks, the lane and
// the number.
#define FLAG __global volatile int *failed, const int phase, const int site
#define WRONG(place, i, value)                    \
  if (atomic_cmpxchg(failed, -1, phase) == -1) {  \
    failed[1] = site;                             \
    failed[2] = (int)(i);                         \
    failed[3] = as_int(value);                    \
  }
#else
#define KERNEL __kernel void
// a kernel by itself does nothing, as a phase, once a check has failed
#define PART __global const int *failed,
#define GOES_ON (failed[0] == -1)
#define STOP_IF_FAILED \
  if (!GOES_ON) {      \
    return;            \
  }
#define LOCAL_ID ((long)get_local_id(0))
#define EACH_ITEM(rows, lanes)                                \
  const long i = get_global_id(0), r = get_global_id(1);      \
  if (i < (lanes) && r < (rows) && GOES_ON)
#define EACH_LANE(lanes)           \
  const long i = get_global_id(0); \
  if (i < (lanes) && GOES_ON)
#define LANES_FROM 0
#define LANES_TO lanes
#define FLAG __global volatile uint *firstWrong
#define WRONG(place, i, value) atomic_min(firstWrong, (uint)(place));
#endif

// Functions by reduction to a small interval with constants in parts (Cody and Waite 1980) and there
// a minimax polynomial: the same operations as the processor's kernels, so the same bits.

#define ROUND 0x1.8p23f

static float remainderOfLn2(const float x, const float k) {
  return fma(k, 0x1.05c61p-29f, fma(k, -0x1.62e43p-1f, x));
}

static float powerOf2(const int k) { return as_float((k << 23) + 0x3F800000); }

// e^r - 1 for |r| <= ln 2 / 2
static float expm1Small(const float r) {
  float p = fma(0.00139465487467f, r, 0.00836664264269f);
  p = fma(p, r, 0.0416662807233f);
  p = fma(p, r, 0.166665425594f);
  p = fma(p, r, 0.500000006224f);
  return fma(p, r * r, r);
}

// 2^k in two factors, so that neither leaves the range
static float exponential(float x) {
  x = x > 89.0f ? 89.0f : x;
  x = x < -104.0f ? -104.0f : x;
  const float rounded = fma(x, 0x1.715476p0f, ROUND);
  const float r = remainderOfLn2(x, rounded - ROUND);
  const int k = as_int(rounded) - as_int(ROUND);
  const int half_k = k >> 1;
  return (expm1Small(r) + 1.0f) * powerOf2(half_k) * powerOf2(k - half_k);
}

// e^x - 1 = 2^k (e^r - 1) + (2^k - 1), for x at most 0
static float exponentialLess1(float x) {
  x = x < -40.0f ? -40.0f : x;
  const float rounded = fma(x, 0x1.715476p0f, ROUND);
  const float r = remainderOfLn2(x, rounded - ROUND);
  const float power = powerOf2(as_int(rounded) - as_int(ROUND));
  return fma(expm1Small(r), power, power - 1.0f);
}

// ln(1 + t) + small for sqrt(1/2) <= 1 + t < sqrt(2)
static float log1pSmall(const float t, const float small) {
  const float square = t * t;
  float p = fma(-0.0763444711404f, t, 0.127635037946f);
  p = fma(p, t, -0.131610917217f);
  p = fma(p, t, 0.142015632188f);
  p = fma(p, t, -0.16623251124f);
  p = fma(p, t, 0.20001231382f);
  p = fma(p, t, -0.250008238928f);
  p = fma(p, t, 0.333333316946f);
  return fma(p, square * t, fma(square, -0.5f, small)) + t;
}

// ln x = e ln 2 + ln(1 + t) with x = 2^e (1 + t), for normal positive x
static float logarithmOfNormal(const float x) {
  const int bits = as_int(x);
  const int e = (bits - 0x3F3504F3) >> 23;
  const float t = as_float(bits - (e << 23)) - 1.0f;
  return fma((float)e, 0x1.62e43p-1f, log1pSmall(t, (float)e * -0x1.05c61p-29f));
}

static float logarithm(const float x) {
  const bool denormal = x < 0x1p-126f;
  float log = logarithmOfNormal(denormal ? x * 0x1p23f : x);
  log = denormal ? log - 0x1.fe2804p3f : log;
  log = x < INFINITY ? log : x;
  log = x == 0.0f ? -INFINITY : log;
  return x < 0.0f ? NAN : log;
}

static float minusAbs(const float x) { return as_float(as_int(x) | 0x80000000); }

// tanh |x| = -m / (m + 2) with m = exp(-2|x|) - 1: no digits cancel
static float hyperbolicTangent(const float x) {
  const float m = exponentialLess1(minusAbs(x) * 2.0f);
  return as_float((as_int(m / (m + 2.0f)) & 0x7FFFFFFF) | (as_int(x) & 0x80000000));
}

// with z = exp(-|x|): 1 / (1 + z) or z / (1 + z)
static float sigmoid(const float x) {
  const float z = exponential(minusAbs(x));
  return (x < 0.0f ? z : 1.0f) / (z + 1.0f);
}

// max(x, 0) + ln(1 + z) with z = exp(-|x|); above sqrt(2) - 1 the logarithm is that of (1 + z) / 2
static float softplus(const float x) {
  const float z = exponential(minusAbs(x));
  const bool large = z > 0x1.a8279ap-2f;
  const float t = large ? (z - 1.0f) * 0.5f : z;
  const float log = log1pSmall(t, 0.0f) + (large ? 0x1.62e43p-1f : 0.0f);
  return log + (x < 0.0f ? 0.0f : x);
}

static float elu(const float x) { return x > 0.0f ? x : exponentialLess1(x); }

// (1 + tanh u) / 2 = sigmoid(2u)
static float geluTanh(const float x) {
  return x * sigmoid(fma(x * x, 0x1.2444f2p-4f, 0x1.988454p0f) * x);
}

// sin r for |r| <= pi/2: r + r^3 P(r^2)
static float sineSmall(const float r) {
  const float square = r * r;
  float p = fma(2.5898496e-6f, square, -0.00019801396f);
  p = fma(p, square, 0.008332936f);
  p = fma(p, square, -0.16666654f);
  return fma(p, square * r, r);
}

// -r where the rounded number is odd
static float flipped(const float r, const float rounded) {
  return as_float(as_int(r) ^ (as_int(rounded) << 31));
}

// x = q pi + r with |r| <= pi/2: sin x = (-1)^q sin r; for |x| up to 2^20
static float sineNear(const float x) {
  const float rounded = fma(x, 0x1.45f306p-2f, ROUND);
  const float q = rounded - ROUND;
  const float r = fma(q, 0x1.ee59dap-49f, fma(q, 0x1.777a5cp-24f, fma(q, -0x1.921fb6p1f, x)));
  return sineSmall(flipped(r, rounded));
}

// x = (q + 1/2) pi - r with |r| <= pi/2: cos x = (-1)^q sin r; for |x| up to 2^20
static float cosineNear(const float x) {
  const float rounded = fma(x, 0x1.45f306p-2f, -0.5f) + ROUND;
  const float h = rounded - ROUND + 0.5f;
  const float r = fma(h, -0x1.ee59dap-49f, fma(h, -0x1.777a5cp-24f, fma(h, 0x1.921fb6p1f, -x)));
  return sineSmall(flipped(r, rounded));
}

static float sine(const float x) { return fabs(x) <= 0x1p20f ? sineNear(x) : sin(x); }

static float cosine(const float x) { return fabs(x) <= 0x1p20f ? cosineNear(x) : cos(x); }

// Philox4x32-10 (Salmon et al. 2011): the four words of a block
static uint4 philox(const ulong seed, const ulong stream, const ulong counter) {
  uint k0 = (uint)seed, k1 = (uint)(seed >> 32);
  uint4 c = (uint4)((uint)counter, (uint)(counter >> 32), (uint)stream, (uint)(stream >> 32));
  for (int round = 0; round < 10; round++) {
    const uint low0 = 0xD2511F53u * c.s0, high0 = mul_hi(0xD2511F53u, c.s0);
    const uint low1 = 0xCD9E8D57u * c.s2, high1 = mul_hi(0xCD9E8D57u, c.s2);
    c = (uint4)(high1 ^ c.s1 ^ k0, low1, high0 ^ c.s3 ^ k1, low0);
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return c;
}

// a word as a number in (0, 1), exact
static float unit(const uint word) { return fma((float)(word >> 9), 0x1p-23f, 0x1p-24f); }
