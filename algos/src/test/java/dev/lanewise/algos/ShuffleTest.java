package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.engine.RandomStream;
import dev.lanewise.kernels.Philox;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShuffleTest {

  private static Philox stream(long seed) {
    return RandomStream.of(seed).stream("shuffle");
  }

  private static int[] shuffled(int n, Philox stream) {
    var order = new int[n];
    Arrays.fill(order, -1);
    Shuffle.of(order, stream);
    return order;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 63, 64, 65, 100_000})
  void everyNumberOnce(int n) {
    var order = shuffled(n, stream(1));
    assertThat(Arrays.stream(order).sorted().toArray()).isEqualTo(IntStream.range(0, n).toArray());
  }

  @Test
  void theSameStreamIsTheSameOrder() {
    assertThat(shuffled(100, stream(1))).isEqualTo(shuffled(100, stream(1)));
    assertThat(shuffled(100, stream(1))).isNotEqualTo(shuffled(100, stream(2)));
    var stream = stream(1);
    var first = shuffled(99, stream);
    long counter = stream.counter();
    var second = shuffled(99, stream);
    assertThat(second).isNotEqualTo(first);
    stream.seek(counter);
    assertThat(shuffled(99, stream)).isEqualTo(second);
  }

  /** All 24 orders of four, and where each of 16 numbers goes; limits at p = 1e-6. */
  @Test
  void isUniform() {
    var stream = stream(3);
    int trials = 48_000;
    var orders = new int[256];
    for (int i = 0; i < trials; i++) {
      var order = shuffled(4, stream);
      orders[order[0] + 4 * order[1] + 16 * order[2] + 64 * order[3]]++;
    }
    double chi = 0;
    int seen = 0;
    for (int count : orders) {
      if (count > 0) {
        chi += square(count - trials / 24.0) / (trials / 24.0);
        seen++;
      }
    }
    assertThat(seen).isEqualTo(24);
    assertThat(chi).as("chi-square of 23 degrees of freedom").isLessThan(73.3);

    var places = new int[16][16];
    for (int i = 0; i < trials; i++) {
      var order = shuffled(16, stream);
      for (int place = 0; place < 16; place++) {
        places[place][order[place]]++;
      }
    }
    double sum = 0;
    for (var row : places) {
      for (int count : row) {
        sum += square(count - trials / 16.0) / (trials / 16.0);
      }
    }
    // Rows and columns add up: 15² degrees of freedom, with (n - 1) / n as for a permutation.
    assertThat(sum * 15 / 16).as("chi-square of 225 degrees of freedom").isLessThan(338);
  }

  private static double square(double x) {
    return x * x;
  }
}
