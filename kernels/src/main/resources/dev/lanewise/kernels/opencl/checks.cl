// Refusals of numbers that must not be: the least number of a row that has one is left behind, and
// the host, which stops then anyway, looks for the number itself.

KERNEL notFinite(PART VIEW(x), const int rows, const int lanes, FLAG) {
  EACH_ITEM(rows, lanes) {
    if (!isfinite(AT(x, r, i))) {
      WRONG(r, i, AT(x, r, i))
    }
  }
}

KERNEL notWhole(
    PART VIEW(x), const int rows, const int lanes, const float first, const float last, FLAG) {
  EACH_ITEM(rows, lanes) {
    const float v = AT(x, r, i);
    if (!(v >= first && v <= last && v == rint(v))) {
      WRONG(r, i, v)
    }
  }
}
