package dev.lanewise.autograd;

import java.util.function.DoubleSupplier;

/** First values of a linear layer's weight and bias. */
public interface Initializer {

  /** The weight, out rows of in numbers each. */
  float[] weight(int out, int in, HostDraws draws);

  /** The bias, out numbers, of a layer with so many inputs. */
  float[] bias(int out, int in, HostDraws draws);

  /**
   * PyTorch's default for torch.nn.Linear, kaiming_uniform with a = √5 (He et al. 2015): weight and
   * bias uniform in (-1/√in, 1/√in).
   */
  static Initializer uniform() {
    return new Initializer() {
      @Override
      public float[] weight(int out, int in, HostDraws draws) {
        return filled(out * in, bounded(in, draws));
      }

      @Override
      public float[] bias(int out, int in, HostDraws draws) {
        return filled(out, bounded(in, draws));
      }

      private DoubleSupplier bounded(int in, HostDraws draws) {
        double bound = in == 0 ? 0 : 1 / Math.sqrt(in);
        return () -> bound * (2 * draws.uniform() - 1);
      }
    };
  }

  /** Orthonormal rows or columns times a gain (Saxe et al. 2014), bias 0. */
  static Initializer orthogonal(double gain) {
    return new ZeroBias() {
      @Override
      public float[] weight(int out, int in, HostDraws draws) {
        return Orthogonal.matrix(out, in, gain, draws);
      }
    };
  }

  /** Weight normal with mean 0 and a standard deviation, bias 0. */
  static Initializer normal(double standardDeviation) {
    return new ZeroBias() {
      @Override
      public float[] weight(int out, int in, HostDraws draws) {
        return filled(out * in, () -> standardDeviation * draws.normal());
      }
    };
  }

  /** Weight of one value everywhere, bias 0. */
  static Initializer constant(double value) {
    return new ZeroBias() {
      @Override
      public float[] weight(int out, int in, HostDraws draws) {
        return filled(out * in, () -> value);
      }
    };
  }

  private static float[] filled(int count, DoubleSupplier value) {
    var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) value.getAsDouble();
    }
    return values;
  }

  /** An initializer with bias 0. */
  interface ZeroBias extends Initializer {
    @Override
    default float[] bias(int out, int in, HostDraws draws) {
      return new float[out];
    }
  }
}
