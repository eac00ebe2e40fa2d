// The linear recurrence from the last row to the first, an item a lane.

KERNEL scan(PART VIEW(a), VIEW(b), VIEW(y), const int rows, const int lanes) {
  EACH_LANE(lanes) {
    float next = 0.0f;
    for (int r = rows - 1; r >= 0; r--) {
      next = fma(AT(b, r, i), next, AT(a, r, i));
      AT(y, r, i) = next;
    }
  }
}
