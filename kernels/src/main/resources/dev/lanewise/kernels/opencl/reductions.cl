// One number of many. Along rows a work-item has a lane to itself; along lanes a work-group of
// sixteen has a row, its work-item p the lanes p, p + 16, p + 32, ...

#define PARTS 16

// the larger, or the first NaN
static bool better(const float x, const float largest) {
  return !(x <= largest) && !isnan(largest);
}

__kernel void rows_SUM(VIEW(x), VIEW(y), const int rows, const int lanes) {
  const long i = get_global_id(0);
  if (i < lanes) {
    float sum = 0.0f;
    for (int r = 0; r < rows; r++) {
      sum += AT(x, r, i);
    }
    AT(y, 0, i) = sum;
  }
}

__kernel void rows_MAX(VIEW(x), VIEW(y), const int rows, const int lanes) {
  const long i = get_global_id(0);
  if (i < lanes) {
    float largest = -INFINITY;
    for (int r = 0; r < rows; r++) {
      const float v = AT(x, r, i);
      largest = better(v, largest) ? v : largest;
    }
    AT(y, 0, i) = largest;
  }
}

__kernel void rows_ARGMAX(VIEW(x), VIEW(y), const int rows, const int lanes) {
  const long i = get_global_id(0);
  if (i < lanes) {
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

__kernel __attribute__((reqd_work_group_size(PARTS, 1, 1))) void lanes_SUM(
    VIEW(x), VIEW(y), const int rows, const int lanes) {
  __local float sums[PARTS];
  const int p = get_local_id(0);
  const long r = get_group_id(1) + get_global_offset(1);
  float sum = 0.0f;
  for (long i = p; i < lanes; i += PARTS) {
    sum += AT(x, r, i);
  }
  sums[p] = sum;
  for (int apart = PARTS / 2; apart > 0; apart /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (p < apart) {
      sums[p] += sums[p + apart];
    }
  }
  if (p == 0) {
    AT(y, r, 0) = sums[0];
  }
}

__kernel __attribute__((reqd_work_group_size(PARTS, 1, 1))) void lanes_MAX(
    VIEW(x), VIEW(y), const int rows, const int lanes) {
  __local float maxima[PARTS];
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
    VIEW(x), VIEW(y), const int rows, const int lanes) {
  __local float maxima[PARTS];
  __local int places[PARTS];
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
