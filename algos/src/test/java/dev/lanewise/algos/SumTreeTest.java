package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SumTreeTest {
  private static SumTree of(float... values) {
    var tree = new SumTree(values.length);
    tree.set(values);
    return tree;
  }

  @Test
  void findsWhereTheSumExceedsAMass() {
    var tree = of(3, 1, 0, 4, 2); // before each: 0, 3, 4, 4, 8
    assertThat(tree.total()).isEqualTo(10);
    assertThat(tree.find(0)).isZero();
    assertThat(tree.find(2.9)).isZero();
    assertThat(tree.find(3)).isEqualTo(1);
    assertThat(tree.find(3.9)).isEqualTo(1);
    assertThat(tree.find(4)).isEqualTo(3);
    assertThat(tree.find(7.9)).isEqualTo(3);
    assertThat(tree.find(8)).isEqualTo(4);
    assertThat(tree.find(10)).as("a mass rounded up").isEqualTo(4);
  }

  @Test
  void neverFindsALeafThatIsZero() {
    assertThat(of(0, 0, 5, 0, 0, 0).find(0)).isEqualTo(2);
    assertThat(of(0, 0, 5, 0, 0, 0).find(5)).isEqualTo(2);
    assertThat(of(7).find(7)).isZero();
  }

  @Test
  void leavesChangeAlone() {
    var tree = of(3, 1, 0, 4, 2);
    tree.fill(1, 4, 10); // 3, 10, 10, 10, 2
    assertThat(tree.total()).isEqualTo(35);
    assertThat(tree.find(12.9)).isEqualTo(1);
    assertThat(tree.find(33)).isEqualTo(4);
    tree.fill(4, 5, 0);
    assertThat(tree.total()).isEqualTo(33);
    assertThat(tree.get(4)).isZero();
    assertThat(tree.get(3)).isEqualTo(10);
  }

  /** Sums do not drift: however the leaves came about, the tree above them is the same. */
  @Test
  void theLeavesAreTheWholeState() {
    var random = new SplittableRandom(1);
    var tree = new SumTree(1000);
    var leaves = new float[1000];
    for (int i = 0; i < 100_000; i++) {
      int from = random.nextInt(1000), to = Math.min(1000, from + 1 + random.nextInt(3));
      float value = (float) Math.exp(random.nextDouble(-20, 20));
      tree.fill(from, to, value);
      java.util.Arrays.fill(leaves, from, to, value);
    }
    var rebuilt = of(leaves);
    assertThat(rebuilt.total()).isEqualTo(tree.total());
    for (int i = 0; i < 1000; i++) {
      double mass = random.nextDouble() * tree.total();
      assertThat(rebuilt.find(mass)).isEqualTo(tree.find(mass));
    }
  }
}
