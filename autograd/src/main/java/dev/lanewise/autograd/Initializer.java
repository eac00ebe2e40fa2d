package dev.lanewise.autograd;

import java.util.function.DoubleSupplier;

/** First values of a linear layer's weight and bias. */
@FunctionalInterface
public interface Initializer {

  /** The weight, out rows of in numbers each. */
  float[] weight(int out, int in, HostDraws draws);

  /** The bias, out numbers, of a layer with so many inputs: 0 unless an initializer says else. */
  default float[] bias(int out, int in, HostDraws draws) {
    return new float[out];
  }

  /**
   * PyTorch's default for torch.nn.Linear, kaiming_uniform with a = √5 (He et al. 2015): weight and
   * bias uniform in (-1/√in, 1/√in).
   */
  static Initializer uniform() {
    return new Initializer() {
      @Override
      public float[] weight(int out, int in, HostDraws draws) {
        double bound = 1 / Math.sqrt(in);
        return filled(out * in, () -> bound * (2 * draws.uniform() - 1));
      }

      @Override
      public float[] bias(int out, int in, HostDraws draws) {
        double bound = in == 0 ? 0 : 1 / Math.sqrt(in);
        return filled(out, () -> bound * (2 * draws.uniform() - 1));
      }
    };
  }

  /** Orthonormal rows or columns, whichever are fewer, times a gain (Saxe et al. 2014). */
  static Initializer orthogonal(double gain) {
    return (out, in, draws) -> Orthogonal.matrix(out, in, gain, draws);
  }

  /** Normal with mean 0. */
  static Initializer normal(double standardDeviation) {
    return (out, in, draws) -> filled(out * in, () -> standardDeviation * draws.normal());
  }

  /** One value everywhere. */
  static Initializer constant(double value) {
    return (out, in, draws) -> filled(out * in, () -> value);
  }

  private static float[] filled(int count, DoubleSupplier value) {
    var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) value.getAsDouble();
    }
    return values;
  }
}
