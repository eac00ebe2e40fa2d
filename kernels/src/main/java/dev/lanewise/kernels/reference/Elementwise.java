package dev.lanewise.kernels.reference;

import dev.lanewise.kernels.Binary;
import dev.lanewise.kernels.Unary;
import dev.lanewise.kernels.View;

/** Functions of one element, of two, and of none. */
final class Elementwise {

  private Elementwise() {}

  static void map(Unary f, View x, View y) {
    for (int r = 0; r < y.rows(); r++) {
      for (int i = 0; i < y.lanes(); i++) {
        Doubles.set(y, r, i, apply(f, Doubles.get(x, r, i)));
      }
    }
  }

  static void zip(Binary f, View a, View b, View y) {
    for (int r = 0; r < y.rows(); r++) {
      for (int i = 0; i < y.lanes(); i++) {
        Doubles.set(y, r, i, apply(f, Doubles.get(a, r, i), Doubles.get(b, r, i)));
      }
    }
  }

  static void select(View condition, View a, View b, View y) {
    for (int r = 0; r < y.rows(); r++) {
      for (int i = 0; i < y.lanes(); i++) {
        Doubles.set(y, r, i, Doubles.get(Doubles.get(condition, r, i) != 0 ? a : b, r, i));
      }
    }
  }

  static void copy(View x, View y) {
    for (int r = 0; r < y.rows(); r++) {
      for (int i = 0; i < y.lanes(); i++) {
        Doubles.set(y, r, i, Doubles.get(x, r, i));
      }
    }
  }

  static void fill(double value, View y) {
    for (int r = 0; r < y.rows(); r++) {
      for (int i = 0; i < y.lanes(); i++) {
        Doubles.set(y, r, i, value);
      }
    }
  }

  private static double apply(Unary f, double x) {
    return switch (f) {
      case NEGATE -> -x;
      case ABS -> Math.abs(x);
      case SQUARE -> x * x;
      case SQRT -> Math.sqrt(x);
      case RECIPROCAL -> 1 / x;
      case EXP -> Math.exp(x);
      case LOG -> Math.log(x);
      case TANH -> Math.tanh(x);
      case SIGMOID -> sigmoid(x);
      case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
      case RELU -> Math.max(x, 0);
      case STEP -> x > 0 ? 1 : 0;
      case SIGN -> Math.signum(x);
      case ELU -> x > 0 ? x : Math.expm1(x);
      case SILU -> x * sigmoid(x);
      case GELU_TANH -> geluTanh(x);
      case SIN -> Math.sin(x);
      case COS -> Math.cos(x);
      case FLOOR -> Math.floor(x);
    };
  }

  private static double apply(Binary f, double a, double b) {
    return switch (f) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / b;
      case MIN -> Math.min(a, b);
      case MAX -> Math.max(a, b);
      case GREATER -> a > b ? 1 : 0;
      case GREATER_EQUAL -> a >= b ? 1 : 0;
      case EQUAL -> a == b ? 1 : 0;
    };
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double geluTanh(double x) {
    return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }
}
