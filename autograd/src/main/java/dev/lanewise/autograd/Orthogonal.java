package dev.lanewise.autograd;

/** Random matrices with orthonormal rows or columns, whichever are fewer. */
final class Orthogonal {

  private Orthogonal() {}

  /**
   * Gain times the Q of the QR decomposition of a standard normal matrix, with R's diagonal
   * positive, so that Q is uniformly distributed (Mezzadri 2007, section 5).
   */
  static float[] matrix(int rows, int columns, double gain, HostDraws draws) {
    boolean wide = rows < columns;
    var q = normals(Math.min(rows, columns), Math.max(rows, columns), draws);
    orthonormalise(q);
    var values = new float[rows * columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        values[i * columns + j] = (float) (gain * (wide ? q[i][j] : q[j][i]));
      }
    }
    return values;
  }

  /** Gram and Schmidt's method, each vector twice, which is as accurate as Householder's. */
  private static void orthonormalise(double[][] vectors) {
    for (int i = 0; i < vectors.length; i++) {
      for (int pass = 0; pass < 2; pass++) {
        for (int j = 0; j < i; j++) {
          addScaled(vectors[i], -dot(vectors[i], vectors[j]), vectors[j]);
        }
      }
      double norm = Math.sqrt(dot(vectors[i], vectors[i]));
      for (int k = 0; k < vectors[i].length; k++) {
        vectors[i][k] /= norm;
      }
    }
  }

  private static double[][] normals(int count, int length, HostDraws draws) {
    var vectors = new double[count][length];
    for (var vector : vectors) {
      for (int k = 0; k < length; k++) {
        vector[k] = draws.normal();
      }
    }
    return vectors;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum += a[k] * b[k];
    }
    return sum;
  }

  private static void addScaled(double[] a, double factor, double[] b) {
    for (int k = 0; k < a.length; k++) {
      a[k] += factor * b[k];
    }
  }
}
