package dev.lanewise.kernels;

import java.util.Arrays;
import java.util.Random;

/** Numbers to compute with. */
final class Values {
  static final float[] SPECIAL = {
    0f,
    -0f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    1e-40f,
    -1e-40f,
    Float.MIN_NORMAL,
    -Float.MIN_NORMAL,
    1e-20f,
    -1e-4f,
    0.3f,
    0.5f,
    -0.5f,
    1f,
    -1f,
    1.5f,
    -2.5f,
    9f,
    -9f,
    16777216f,
    -3e9f,
    1e20f,
    -1e20f,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN,
  };

  private Values() {}

  static float[] normal(int count, long seed) {
    var random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  static float[] normal(Shape shape, long seed) {
    return normal(shape.size(), seed);
  }

  static float[] positive(Shape shape, long seed) {
    float[] values = normal(shape, seed);
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.abs(values[i]);
    }
    return values;
  }

  /** Whole numbers in [0, bound). */
  static float[] whole(int count, int bound, long seed) {
    var random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(bound);
    }
    return values;
  }

  /** Normal numbers among which are special ones. */
  static float[] mixed(Shape shape, long seed) {
    var random = new Random(seed);
    float[] values = normal(shape, seed + 1);
    for (int i = 0; i < values.length; i++) {
      if (random.nextInt(4) == 0) {
        values[i] = SPECIAL[random.nextInt(SPECIAL.length)];
      }
    }
    return values;
  }

  /** Normal numbers among which are infinite ones and NaN. */
  static float[] infinite(Shape shape, long seed) {
    var random = new Random(seed);
    float[] values = normal(shape, seed + 1);
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (random.nextInt(40)) {
            case 0 -> Float.POSITIVE_INFINITY;
            case 1 -> Float.NEGATIVE_INFINITY;
            case 2 -> Float.NaN;
            default -> values[i];
          };
    }
    return values;
  }

  static float[] concat(float[] a, float[] b) {
    float[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  /** The same number again and again. */
  static float[] repeated(int count, float value) {
    float[] values = new float[count];
    Arrays.fill(values, value);
    return values;
  }

  /**
   * What is observed of a mechanism's state, rows of so many lanes: cosine and sine of each of the
   * first rows, which are hidden angles, and then the other rows.
   */
  static float[] observed(float[] states, int hidden, int lanes) {
    float[] observed = new float[states.length + hidden * lanes];
    for (int i = 0; i < hidden * lanes; i++) {
      int place = i + i / lanes * lanes;
      observed[place] = (float) Math.cos(states[i]);
      observed[place + lanes] = (float) Math.sin(states[i]);
    }
    int rest = hidden * lanes;
    System.arraycopy(states, rest, observed, 2 * rest, states.length - rest);
    return observed;
  }
}
