// Elements by their place, and places by their element. A wrong index leaves the least lane that
// has one behind, and nothing is read or written by it.

static bool isPlace(const float index, const int count) {
  return index >= 0.0f && index < (float)count && index == floor(index) && (int)index < count;
}

__kernel void wrongIndices(
    VIEW(index), const int lanes, const int count, __global volatile uint *firstWrong) {
  const long i = get_global_id(0);
  if (i < lanes && !isPlace(AT(index, 0, i), count)) {
    atomic_min(firstWrong, (uint)i);
  }
}

__kernel void pick(VIEW(x), VIEW(index), VIEW(y), const int count, const int lanes) {
  const long i = get_global_id(0);
  if (i < lanes) {
    const float place = AT(index, 0, i);
    if (isPlace(place, count)) {
      AT(y, 0, i) = AT(x, (int)place, i);
    }
  }
}

__kernel void oneHot(VIEW(index), VIEW(y), const int rows, const int lanes) {
  const long i = get_global_id(0);
  const long r = get_global_id(1);
  if (i < lanes && r < rows) {
    AT(y, r, i) = AT(index, 0, i) == (float)r ? 1.0f : 0.0f;
  }
}

__kernel void gather(
    VIEW(x), VIEW(index), VIEW(y), const int count, const int rows, const int lanes) {
  const long i = get_global_id(0);
  const long r = get_global_id(1);
  if (i < lanes && r < rows) {
    const float place = AT(index, 0, i);
    if (isPlace(place, count)) {
      AT(y, r, i) = AT(x, (int)place, r);
    }
  }
}

// Of equal indices the last counts: each place remembers the last lane that claims it, plus one.
__kernel void claim(
    VIEW(index), const long lanes, const int count, __global volatile uint *lastClaim) {
  const long i = get_global_id(0);
  if (i < lanes) {
    const float place = AT(index, 0, i);
    if (isPlace(place, count)) {
      atomic_max(&lastClaim[(int)place], (uint)i + 1);
    }
  }
}

__kernel void scatter(
    VIEW(x),
    VIEW(index),
    VIEW(y),
    const int count,
    const int rows,
    const long lanes,
    __global const uint *lastClaim) {
  const long i = get_global_id(0);
  const long r = get_global_id(1);
  if (i < lanes && r < rows) {
    const float place = AT(index, 0, i);
    if (isPlace(place, count) && (lastClaim == 0 || lastClaim[(int)place] == (uint)i + 1)) {
      AT(y, (int)place, r) = AT(x, r, i);
    }
  }
}

__kernel void unclaim(VIEW(index), const long lanes, const int count, __global uint *lastClaim) {
  const long i = get_global_id(0);
  if (i < lanes) {
    const float place = AT(index, 0, i);
    if (isPlace(place, count)) {
      lastClaim[(int)place] = 0;
    }
  }
}
