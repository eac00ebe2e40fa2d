// The linear recurrence from the last row to the first, one work-item a lane.

__kernel void scan(VIEW(a), VIEW(b), VIEW(y), const int rows, const int lanes) {
  const long i = get_global_id(0);
  if (i < lanes) {
    float next = 0.0f;
    for (int r = rows - 1; r >= 0; r--) {
      next = fma(AT(b, r, i), next, AT(a, r, i));
      AT(y, r, i) = next;
    }
  }
}
