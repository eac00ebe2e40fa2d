// Matrix products C = epilogue(initial + A B), every element summed over k in the documented order.

static float epilogue(const int which, const float x, const float gate) {
  switch (which) {
    case 1:
      return x < 0.0f ? 0.0f : x;
    case 2:
      return gate > 0.0f ? x : 0.0f;
    default:
      return x;
  }
}

#define GEMM                                                                                   \
  VIEW(a), VIEW(b), VIEW(initial), VIEW(c), VIEW(gate), const int which, const int m,          \
      const int n, const int depth

// one work-item an element
__kernel void outer(GEMM) {
  const long i = get_global_id(0);
  const long r = get_global_id(1);
  if (i >= n || r >= m) {
    return;
  }
  float sum = AT(initial, r, i);
  for (int k = 0; k < depth; k++) {
    sum = fma(AT(a, r, k), AT(b, k, i), sum);
  }
  AT(c, r, i) = epilogue(which, sum, AT(gate, r, i));
}

// one work-item an element: sixteen partial sums, then a tree
__kernel void dotProducts(GEMM) {
  const long i = get_global_id(0);
  const long r = get_global_id(1);
  if (i >= n || r >= m) {
    return;
  }
  float sums[16];
  for (int p = 0; p < 16; p++) {
    sums[p] = 0.0f;
  }
  int k = 0;
  for (; k < depth - 15; k += 16) {
    for (int p = 0; p < 16; p++) {
      sums[p] = fma(AT(a, r, k + p), AT(b, k + p, i), sums[p]);
    }
  }
  for (int p = 0; k < depth; k++, p++) {
    sums[p] = fma(AT(a, r, k), AT(b, k, i), sums[p]);
  }
  for (int apart = 8; apart > 0; apart /= 2) {
    for (int p = 0; p < apart; p++) {
      sums[p] += sums[p + apart];
    }
  }
  AT(c, r, i) = epilogue(which, sums[0] + AT(initial, r, i), AT(gate, r, i));
}
