// Elements by their place, and places by their element. A wrong index leaves the least lane that
// has one behind, and nothing is read or written by it.

static bool isPlace(const float index, const int count) {
  return index >= 0.0f && index < (float)count && index == floor(index) && (int)index < count;
}

KERNEL wrongIndices(PART VIEW(index), const int lanes, const int count, FLAG) {
  EACH_LANE(lanes) {
    if (!isPlace(AT(index, 0, i), count)) {
      WRONG(i, i, AT(index, 0, i))
    }
  }
}

KERNEL pick(PART VIEW(x), VIEW(index), VIEW(y), const int count, const int lanes) {
  EACH_LANE(lanes) {
    const float place = AT(index, 0, i);
    if (isPlace(place, count)) {
      AT(y, 0, i) = AT(x, (int)place, i);
    }
  }
}

KERNEL oneHot(PART VIEW(index), VIEW(y), const int rows, const int lanes) {
  EACH_ITEM(rows, lanes) { AT(y, r, i) = AT(index, 0, i) == (float)r ? 1.0f : 0.0f; }
}

KERNEL gather(
    PART VIEW(x), VIEW(index), VIEW(y), const int count, const int rows, const int lanes) {
  EACH_ITEM(rows, lanes) {
    const float place = AT(index, 0, i);
    if (isPlace(place, count)) {
      AT(y, r, i) = AT(x, (int)place, r);
    }
  }
}

#ifdef PHASE
// Of equal indices the last counts: an item goes through all lanes of a row, up to a wrong one.
KERNEL scatter(PART VIEW(x), VIEW(index), VIEW(y), const int count) {
  for (long r = rowFrom + LOCAL_ID; r < rowTo; r += GROUP) {
    for (long i = laneFrom; i < laneTo && isPlace(AT(index, 0, i), count); i++) {
      AT(y, (int)AT(index, 0, i), r) = AT(x, r, i);
    }
  }
}
#else
// Of equal indices the last counts: each place remembers the last lane that claims it, plus one.
__kernel void claim(
    PART VIEW(index), const long lanes, const int count, __global volatile uint *lastClaim) {
  const long i = get_global_id(0);
  if (i < lanes && GOES_ON) {
    const float place = AT(index, 0, i);
    if (isPlace(place, count)) {
      atomic_max(&lastClaim[(int)place], (uint)i + 1);
    }
  }
}

__kernel void scatter(
    PART VIEW(x),
    VIEW(index),
    VIEW(y),
    const int count,
    const int rows,
    const long lanes,
    __global const uint *lastClaim) {
  const long i = get_global_id(0);
  const long r = get_global_id(1);
  if (i < lanes && r < rows && GOES_ON) {
    const float place = AT(index, 0, i);
    if (isPlace(place, count) && (lastClaim == 0 || lastClaim[(int)place] == (uint)i + 1)) {
      AT(y, (int)place, r) = AT(x, r, i);
    }
  }
}

__kernel void unclaim(
    PART VIEW(index), const long lanes, const int count, __global uint *lastClaim) {
  const long i = get_global_id(0);
  if (i < lanes && GOES_ON) {
    const float place = AT(index, 0, i);
    if (isPlace(place, count)) {
      lastClaim[(int)place] = 0;
    }
  }
}
#endif
