// Functions of one element, of two, and of none: an item an element.

#define MAP(name, expression)                                                            \
  KERNEL map_##name(PART VIEW(from), VIEW(y), const int rows, const int lanes) {         \
    EACH_ITEM(rows, lanes) {                                                             \
      const float x = AT(from, r, i);                                                    \
      AT(y, r, i) = expression;                                                          \
    }                                                                                    \
  }

MAP(NEGATE, -x)
MAP(ABS, fabs(x))
MAP(SQUARE, x *x)
MAP(SQRT, sqrt(x))
MAP(RECIPROCAL, 1.0f / x)
MAP(EXP, exponential(x))
MAP(LOG, logarithm(x))
MAP(TANH, hyperbolicTangent(x))
MAP(SIGMOID, sigmoid(x))
MAP(SOFTPLUS, softplus(x))
MAP(RELU, x < 0.0f ? 0.0f : x)
MAP(STEP, x > 0.0f ? 1.0f : 0.0f)
MAP(SIGN, x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x)
MAP(ELU, elu(x))
MAP(SILU, x *sigmoid(x))
MAP(GELU_TANH, geluTanh(x))
MAP(SIN, sine(x))
MAP(COS, cosine(x))
MAP(FLOOR, floor(x))
MAP(COPY, x)

#define ZIP(name, expression)                                                                      \
  KERNEL zip_##name(                                                                               \
      PART VIEW(left), VIEW(right), VIEW(y), const int rows, const int lanes) {                    \
    EACH_ITEM(rows, lanes) {                                                                       \
      const float a = AT(left, r, i);                                                              \
      const float b = AT(right, r, i);                                                             \
      AT(y, r, i) = expression;                                                                    \
    }                                                                                              \
  }

ZIP(ADD, a + b)
ZIP(SUBTRACT, a - b)
ZIP(MULTIPLY, a *b)
ZIP(DIVIDE, a / b)
ZIP(MIN, a < b || isnan(a) ? a : b)
ZIP(MAX, a > b || isnan(a) ? a : b)
ZIP(GREATER, a > b ? 1.0f : 0.0f)
ZIP(GREATER_EQUAL, a >= b ? 1.0f : 0.0f)
ZIP(EQUAL, a == b ? 1.0f : 0.0f)

KERNEL choose(
    PART VIEW(condition), VIEW(a), VIEW(b), VIEW(y), const int rows, const int lanes) {
  EACH_ITEM(rows, lanes) {
    AT(y, r, i) = AT(condition, r, i) != 0.0f ? AT(a, r, i) : AT(b, r, i);
  }
}

KERNEL fill(PART const float value, VIEW(y), const int rows, const int lanes) {
  EACH_ITEM(rows, lanes) { AT(y, r, i) = value; }
}
