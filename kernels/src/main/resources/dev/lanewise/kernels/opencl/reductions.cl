// One number of many. Along rows an item has a lane to itself; along lanes a work-group of
// sixteen has a row, its work-item p the lanes p, p + 16, p + 32, ...

#define PARTS 16

#ifdef SHUFFLES
// x of the work-item so many further among the PARTS, of the last ones their own
static float farther(const float x, const int apart, const int t, __local float *shared) {
#ifdef EMULATED
  shared[t] = x;
  barrier(CLK_LOCAL_MEM_FENCE);
  const float y = shared[t % PARTS + apart < PARTS ? t + apart : t];
  barrier(CLK_LOCAL_MEM_FENCE);
#else
  float y; // 0x101f: among 16 of the 32 that go together, which are all there or half of them
  const uint present = get_local_size(0) == PARTS ? 0xffff : 0xffffffff;
  asm volatile("shfl.sync.down.b32 %0, %1, %2, 0x101f, %3;"
               : "=f"(y) : "f"(x), "r"(apart), "r"(present));
#endif
  return y;
}
#endif

// Of PARTS sums, each of the next work-item t, the sum of all, which their first one gets.
static float folded(float sum, const int t, __local float *shared) {
#ifdef SHUFFLES
  for (int apart = PARTS / 2; apart > 0; apart /= 2) {
    sum += farther(sum, apart, t, shared);
  }
#else
  shared[t] = sum;
  for (int apart = PARTS / 2; apart > 0; apart /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (t % PARTS < apart) {
      shared[t] += shared[t + apart];
    }
  }
  sum = shared[t];
  barrier(CLK_LOCAL_MEM_FENCE);
#endif
  return sum;
}

#ifdef PROBE
__kernel void fold(__global float *x) {
  __local float shared[256];
  const int i = get_global_id(0);
  x[i] = folded(x[i], get_local_id(0), shared);
}
#endif

// the larger, or the first NaN
static bool better(const float x, const float largest) {
  return !(x <= largest) && !isnan(largest);
}

KERNEL rows_SUM(PART VIEW(x), VIEW(y), const int rows, const int lanes) {
  EACH_LANE(lanes) {
    float sum = 0.0f;
    for (int r = 0; r < rows; r++) {
      sum += AT(x, r, i);
    }
    AT(y, 0, i) = sum;
  }
}

KERNEL rows_MAX(PART VIEW(x), VIEW(y), const int rows, const int lanes) {
  EACH_LANE(lanes) {
    float largest = -INFINITY;
    for (int r = 0; r < rows; r++) {
      const float v = AT(x, r, i);
      largest = better(v, largest) ? v : largest;
    }
    AT(y, 0, i) = largest;
  }
}

KERNEL rows_ARGMAX(PART VIEW(x), VIEW(y), const int rows, const int lanes) {
  EACH_LANE(lanes) {
    float largest = -INFINITY;
    int place = 0;
    for (int r = 0; r < rows; r++) {
      const float v = AT(x, r, i);
      if (better(v, largest)) {
        largest = v;
        place = r;
      }
    }
    AT(y, 0, i) = (float)place;
  }
}

#ifdef PHASE
// the larger of a row, and its place: a work-item has a row
#define EACH_ROW for (long r = rowFrom + LOCAL_ID; r < rowTo; r += GROUP)

KERNEL lanes_MAX(PART VIEW(x), VIEW(y), const int rows, const int lanes) {
  EACH_ROW {
    float largest = -INFINITY;
    for (long i = 0; i < lanes; i++) {
      const float v = AT(x, r, i);
      largest = better(v, largest) ? v : largest;
    }
    AT(y, r, 0) = largest;
  }
}

KERNEL lanes_ARGMAX(PART VIEW(x), VIEW(y), const int rows, const int lanes) {
  EACH_ROW {
    float largest = -INFINITY;
    long place = 0;
    for (long i = 0; i < lanes; i++) {
      const float v = AT(x, r, i);
      if (better(v, largest)) {
        largest = v;
        place = i;
      }
    }
    AT(y, r, 0) = (float)place;
  }
}

#if GROUP == 1
KERNEL lanes_SUM(PART VIEW(x), VIEW(y), const int rows, const int lanes) {
  EACH_ROW {
    float sums[PARTS];
    for (int p = 0; p < PARTS; p++) {
      sums[p] = 0.0f;
    }
    long i = 0;
    for (; i + PARTS <= lanes; i += PARTS) {
      for (int p = 0; p < PARTS; p++) {
        sums[p] += AT(x, r, i + p);
      }
    }
    for (int p = 0; i < lanes; i++, p++) {
      sums[p] += AT(x, r, i);
    }
    for (int apart = PARTS / 2; apart > 0; apart /= 2) {
      for (int p = 0; p < apart; p++) {
        sums[p] += sums[p + apart];
      }
    }
    AT(y, r, 0) = sums[0];
  }
}
#else
KERNEL lanes_SUM(PART VIEW(x), VIEW(y), const int rows, const int lanes) {
  const int t = LOCAL_ID, p = t % PARTS;
  for (long r0 = rowFrom; r0 < rowTo; r0 += GROUP / PARTS) {
    const long r = r0 + t / PARTS;
    float sum = 0.0f;
    if (r < rowTo) {
      for (long i = p; i < lanes; i += PARTS) {
        sum += AT(x, r, i);
      }
    }
    sum = folded(sum, t, shared);
    if (p == 0 && r < rowTo) {
      AT(y, r, 0) = sum;
    }
  }
}
#endif
#else
__kernel __attribute__((reqd_work_group_size(PARTS, 1, 1))) void lanes_SUM(
    PART VIEW(x), VIEW(y), const int rows, const int lanes) {
  __local float sums[PARTS];
  STOP_IF_FAILED
  const int p = get_local_id(0);
  const long r = get_group_id(1) + get_global_offset(1);
  float sum = 0.0f;
  for (long i = p; i < lanes; i += PARTS) {
    sum += AT(x, r, i);
  }
  sum = folded(sum, p, sums);
  if (p == 0) {
    AT(y, r, 0) = sum;
  }
}

__kernel __attribute__((reqd_work_group_size(PARTS, 1, 1))) void lanes_MAX(
    PART VIEW(x), VIEW(y), const int rows, const int lanes) {
  __local float maxima[PARTS];
  STOP_IF_FAILED
  const int p = get_local_id(0);
  const long r = get_group_id(1) + get_global_offset(1);
  float largest = -INFINITY;
  for (long i = p; i < lanes; i += PARTS) {
    const float v = AT(x, r, i);
    largest = better(v, largest) ? v : largest;
  }
  maxima[p] = largest;
  for (int apart = PARTS / 2; apart > 0; apart /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (p < apart && better(maxima[p + apart], maxima[p])) {
      maxima[p] = maxima[p + apart];
    }
  }
  if (p == 0) {
    AT(y, r, 0) = maxima[0];
  }
}

__kernel __attribute__((reqd_work_group_size(PARTS, 1, 1))) void lanes_ARGMAX(
    PART VIEW(x), VIEW(y), const int rows, const int lanes) {
  __local float maxima[PARTS];
  __local int places[PARTS];
  STOP_IF_FAILED
  const int p = get_local_id(0);
  const long r = get_group_id(1) + get_global_offset(1);
  float largest = -INFINITY;
  int place = INT_MAX;
  for (long i = p; i < lanes; i += PARTS) {
    const float v = AT(x, r, i);
    if (better(v, largest)) {
      largest = v;
      place = (int)i;
    }
  }
  maxima[p] = largest;
  places[p] = place;
  for (int apart = PARTS / 2; apart > 0; apart /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (p < apart) {
      const float v = maxima[p + apart];
      const bool equal = v == maxima[p] || (isnan(v) && isnan(maxima[p]));
      if (better(v, maxima[p]) || (equal && places[p + apart] < places[p])) {
        maxima[p] = v;
        places[p] = places[p + apart];
      }
    }
  }
  if (p == 0) {
    AT(y, r, 0) = places[0] == INT_MAX ? 0.0f : (float)places[0];
  }
}
#endif
