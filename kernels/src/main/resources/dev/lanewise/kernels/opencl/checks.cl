// Refusals of numbers that must not be: the least number of a row that has one is left behind, and
// the host, which stops then anyway, looks for the number itself.

__kernel void notFinite(
    VIEW(x), const int rows, const int lanes, __global volatile uint *firstWrong) {
  const long i = get_global_id(0);
  const long r = get_global_id(1);
  if (i < lanes && r < rows && !isfinite(AT(x, r, i))) {
    atomic_min(firstWrong, (uint)r);
  }
}

__kernel void notWhole(
    VIEW(x),
    const int rows,
    const int lanes,
    const float first,
    const float last,
    __global volatile uint *firstWrong) {
  const long i = get_global_id(0);
  const long r = get_global_id(1);
  if (i < lanes && r < rows) {
    const float v = AT(x, r, i);
    if (!(v >= first && v <= last && v == rint(v))) {
      atomic_min(firstWrong, (uint)r);
    }
  }
}
