package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SumTreeTest {
  private static SumTree of(float... values) {
    var tree = new SumTree(values.length);
    tree.load(values);
    return tree;
  }

  private static int find(SumTree tree, double mass) {
    var leaf = new int[1];
    tree.find(new double[] {mass}, leaf);
    return leaf[0];
  }

  @Test
  void findsWhereTheSumExceedsAMass() {
    var tree = of(3, 1, 0, 4, 2); // before each: 0, 3, 4, 4, 8
    assertThat(tree.total()).isEqualTo(10);
    assertThat(find(tree, 0)).isZero();
    assertThat(find(tree, 2.9)).isZero();
    assertThat(find(tree, 3)).isEqualTo(1);
    assertThat(find(tree, 3.9)).isEqualTo(1);
    assertThat(find(tree, 4)).isEqualTo(3);
    assertThat(find(tree, 7.9)).isEqualTo(3);
    assertThat(find(tree, 8)).isEqualTo(4);
    assertThat(find(tree, 10)).as("a mass rounded up").isEqualTo(4);
  }

  @Test
  void neverFindsALeafThatIsZero() {
    assertThat(find(of(0, 0, 5, 0, 0, 0), 0)).isEqualTo(2);
    assertThat(find(of(0, 0, 5, 0, 0, 0), 5)).isEqualTo(2);
    assertThat(find(of(7), 7)).isZero();
  }

  @Test
  void leavesChangeAlone() {
    var tree = of(3, 1, 0, 4, 2);
    tree.fill(1, 4, 10); // 3, 10, 10, 10, 2
    assertThat(tree.total()).isEqualTo(35);
    assertThat(find(tree, 12.9)).isEqualTo(1);
    assertThat(find(tree, 33)).isEqualTo(4);
    tree.fill(4, 5, 0);
    assertThat(tree.total()).isEqualTo(33);
    assertThat(tree.get(4)).isZero();
    assertThat(tree.get(3)).isEqualTo(10);
    tree.set(new int[] {4, 0, 4}, new float[] {9, 2, 5}); // 2, 10, 10, 10, 5
    assertThat(tree.total()).isEqualTo(37);
    var leaf = new int[4];
    tree.find(new double[] {1, 36, 12, 2}, leaf);
    assertThat(leaf).containsExactly(0, 4, 2, 1);
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
      if (to == from + 1) {
        tree.set(new int[] {from}, new float[] {value});
      } else {
        tree.fill(from, to, value);
      }
      java.util.Arrays.fill(leaves, from, to, value);
    }
    var rebuilt = of(leaves);
    assertThat(rebuilt.total()).isEqualTo(tree.total());
    for (int i = 0; i < 1000; i++) {
      double mass = random.nextDouble() * tree.total();
      assertThat(find(rebuilt, mass)).isEqualTo(find(tree, mass));
    }
  }
}
