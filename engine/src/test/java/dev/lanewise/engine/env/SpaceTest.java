package dev.lanewise.engine.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.engine.env.Space.Box;
import dev.lanewise.engine.env.Space.Discrete;
import dev.lanewise.engine.env.Space.MultiBinary;
import dev.lanewise.engine.env.Space.MultiDiscrete;
import dev.lanewise.kernels.Philox;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpaceTest {
  private static final float INF = Float.POSITIVE_INFINITY;

  private static float[] of(float... values) {
    return values;
  }

  @Test
  void textIsGymnasiums() {
    assertThat(Box.of(1, -2, 2)).hasToString("Box(-2.0, 2.0, (1,), float32)");
    assertThat(Box.of(348)).hasToString("Box(-inf, inf, (348,), float32)");
    assertThat(Box.of(1, -0.4f, 0.4f)).hasToString("Box(-0.4, 0.4, (1,), float32)");
    assertThat(Box.of(1, -Float.MAX_VALUE, 1e-5f))
        .hasToString("Box(-3.4028235e+38, 1e-05, (1,), float32)");
    assertThat(Environments.spec("Pendulum-v1").observationSpace())
        .hasToString("Box([-1. -1. -8.], [1. 1. 8.], (3,), float32)");
    assertThat(new Box(of(-1.2f, -0.07f), of(0.6f, 0.07f)))
        .hasToString("Box([-1.2  -0.07], [0.6  0.07], (2,), float32)");
    assertThat(new Box(of(-4.8f, -INF, -0.41887903f, -INF), of(4.8f, INF, 0.41887903f, INF)))
        .hasToString(
            "Box([-4.8               -inf -0.41887903        -inf], "
                + "[4.8               inf 0.41887903        inf], (4,), float32)");
    assertThat(
            new Box(
                of(-1, -1, -1, -1, -12.566371f, -28.274334f),
                of(1, 1, 1, 1, 12.566371f, 28.274334f)))
        .asString()
        .startsWith("Box([ -1.        -1.        -1.        -1.       -12.566371 -28.274334], ");
    assertThat(new Discrete(2)).hasToString("Discrete(2)");
    assertThat(new Discrete(3, -1)).hasToString("Discrete(3, start=-1)");
    assertThat(new MultiDiscrete(new int[] {5, 2, 2})).hasToString("MultiDiscrete([5 2 2])");
    assertThat(new MultiDiscrete(new int[] {5, 2}, new int[] {-1, 3}))
        .hasToString("MultiDiscrete([5 2], start=[-1 3])");
    assertThat(new MultiBinary(5)).hasToString("MultiBinary(5)");
  }

  @Test
  void sizes() {
    assertThat(Box.of(17).size()).isEqualTo(17);
    assertThat(new Discrete(9).size()).isEqualTo(1);
    assertThat(new MultiDiscrete(new int[] {5, 2}).size()).isEqualTo(2);
    assertThat(new MultiBinary(4).size()).isEqualTo(4);
  }

  @Test
  void choices() {
    assertThat(new Discrete(9, 2).choices()).isEqualTo(9);
    assertThat(new MultiDiscrete(new int[] {5, 2}).choices()).isEqualTo(7);
    assertThat(new MultiBinary(4).choices()).isEqualTo(8);
    assertThat(new Discrete(9, 2).range(0)).isEqualTo(new Discrete(9, 2));
    assertThat(new MultiDiscrete(new int[] {5, 2}, new int[] {0, 3}).range(1))
        .isEqualTo(new Discrete(2, 3));
    assertThatThrownBy(() -> Box.of(2, 0, 1).choices())
        .hasMessage("Box(0.0, 1.0, (2,), float32) is not discrete");
  }

  @Test
  void membership() {
    var box = new Box(of(-1, -INF), of(1, 3));
    assertThat(box.contains(of(-1, 3))).isTrue();
    assertThat(box.contains(of(1, -1e30f))).isTrue();
    assertThat(box.contains(of(1.0000001f, 0))).isFalse();
    assertThat(box.contains(of(0, Float.NaN))).isFalse();
    assertThat(box.contains(of(0))).isFalse();

    var discrete = new Discrete(3, -1);
    assertThat(List.of(-1f, 0f, 1f)).allMatch(x -> discrete.contains(of(x)));
    assertThat(List.of(-2f, 2f, 0.5f, Float.NaN, INF)).noneMatch(x -> discrete.contains(of(x)));
    assertThat(discrete.contains(of(0, 0))).isFalse();

    var multi = new MultiDiscrete(new int[] {2, 5});
    assertThat(multi.contains(of(1, 4))).isTrue();
    assertThat(multi.contains(of(2, 0))).isFalse();
    assertThat(multi.contains(of(0, -1))).isFalse();
    assertThat(multi.contains(of(0))).isFalse();

    var started = new MultiDiscrete(new int[] {2, 5}, new int[] {-1, 10});
    assertThat(started.contains(of(-1, 14))).isTrue();
    assertThat(started.contains(of(0, 10))).isTrue();
    assertThat(started.contains(of(1, 10))).isFalse();
    assertThat(started.contains(of(0, 9))).isFalse();
    assertThat(started.contains(of(0, 15))).isFalse();

    var binary = new MultiBinary(2);
    assertThat(binary.contains(of(0, 1))).isTrue();
    assertThat(binary.contains(of(0, 2))).isFalse();
    assertThat(binary.contains(of(0, Float.NaN))).isFalse();
    assertThat(binary.contains(of(0, 0, 0))).isFalse();
  }

  @Test
  void samplesAreElementsAndTakeABlockAColumn() {
    for (Space space :
        List.of(
            new Box(of(-1, -INF, 2, -INF), of(1, 3, INF, INF)),
            Box.of(1, -Float.MAX_VALUE, Float.MAX_VALUE),
            Box.of(2, 0.3f, 0.3f),
            new Discrete(5, 2),
            new MultiDiscrete(new int[] {1, 2, 7}),
            new MultiDiscrete(new int[] {3, 2}, new int[] {-5, 8}),
            new MultiBinary(6))) {
      var random = new Philox(1, 2);
      for (int k = 0; k < 2000; k++) {
        assertThat(space.contains(space.sample(random))).as(space.toString()).isTrue();
      }
      assertThat(random.counter()).isEqualTo(2000L * space.size());
      assertThat(space.sample(new Philox(1, 2))).isEqualTo(space.sample(new Philox(1, 2)));
    }
  }

  @Test
  void samplesHaveGymnasiumsDistributions() {
    int n = 20_000;
    var random = new Philox(5, 0);
    var box = new Box(of(-1, -INF, 2, -INF), of(3, 3, INF, INF));
    var sum = new double[4];
    var squares = new double[4];
    for (int k = 0; k < n; k++) {
      var x = box.sample(random);
      for (int j = 0; j < 4; j++) {
        sum[j] += x[j] / n;
        squares[j] += x[j] * x[j] / n;
      }
    }
    double[] mean = {1, 2, 3, 0}, variance = {16 / 12.0, 1, 1, 1};
    for (int j = 0; j < 4; j++) {
      assertThat(sum[j]).isCloseTo(mean[j], within(5 * Math.sqrt(variance[j] / n)));
      assertThat(squares[j] - sum[j] * sum[j]).isCloseTo(variance[j], within(0.1));
    }
    var counts = new int[3];
    for (int k = 0; k < 3000; k++) {
      counts[(int) new Discrete(3).sample(random)[0]]++;
    }
    for (int count : counts) {
      assertThat(count).isBetween(870, 1130); // 1000 ± 5 √(3000 · 2/9)
    }
  }

  @Test
  void spacesAreEqualByValueAndCannotBeChanged() {
    assertThat(Box.of(2, -1, 1)).isEqualTo(Box.of(2, -1, 1)).hasSameHashCodeAs(Box.of(2, -1, 1));
    assertThat(Box.of(2, -1, 1)).isNotEqualTo(Box.of(2, -1, 2));
    assertThat(new MultiDiscrete(new int[] {1, 2})).isEqualTo(new MultiDiscrete(new int[] {1, 2}));
    assertThat(new MultiDiscrete(new int[] {1, 2}, new int[] {0, 1}))
        .isNotEqualTo(new MultiDiscrete(new int[] {1, 2}));
    var box = Box.of(1, -1, 1);
    box.low()[0] = -5;
    assertThat(box.low(0)).isEqualTo(-1);
    assertThat(box.isBounded()).isTrue();
    assertThat(Box.of(1, 0, INF).isBounded()).isFalse();
  }

  @Test
  void nonsenseIsRefused() {
    assertThatThrownBy(() -> new Box(of(1), of(0)))
        .hasMessage("a box's bounds of dimension 0, 1.0 and 0.0, enclose nothing");
    assertThatThrownBy(() -> new Box(of(1), of(Float.NaN))).hasMessageContaining("enclose nothing");
    assertThatThrownBy(() -> new Box(of(1), of(2, 3))).hasMessageContaining("not 1 and 2");
    assertThatThrownBy(() -> new Discrete(0)).hasMessageContaining("not 0");
    assertThatThrownBy(() -> new MultiDiscrete(new int[] {2, 0})).hasMessageContaining("not 0");
    assertThatThrownBy(() -> new MultiDiscrete(new int[] {2, 3}, new int[1]))
        .hasMessage("a multi-discrete space has one start for each of its 2 choices, not 1");
    assertThatThrownBy(() -> new Discrete(3, (1 << 24) - 1))
        .hasMessage(
            "3 values from 16777215 on go beyond ±2^24, the whole numbers that a float holds");
    assertThat(new Discrete(2, (1 << 24) - 1).contains(of(1 << 24))).isTrue();
    assertThatThrownBy(() -> new MultiBinary(-1)).hasMessageContaining("not -1");
    assertThatThrownBy(() -> Box.of(2).sample(new Philox(0, 0), new float[3]))
        .hasMessage("Box(-inf, inf, (2,), float32) is 2 numbers, not 3");
  }
}
