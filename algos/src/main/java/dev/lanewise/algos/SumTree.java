package dev.lanewise.algos;

import java.util.Arrays;

/**
 * Numbers from 0 on, of which one can be found by how much lies before it, in the logarithm of
 * their count (Schaul et al. 2016, appendix B.2.1). Every inner node is the sum of its two
 * children, whatever happened before, so that the leaves alone are its state.
 */
final class SumTree {
  /** The root is node 1, the children of node k are 2k and 2k + 1, the leaves come last. */
  private final double[] nodes;

  private final int leaves;

  SumTree(int size) {
    leaves = Math.max(2, Integer.highestOneBit(2 * size - 1));
    nodes = new double[2 * leaves];
  }

  double total() {
    return nodes[1];
  }

  double get(int leaf) {
    return nodes[leaves + leaf];
  }

  /** Sets the leaves from (inclusive) to (exclusive), at least one, to the same number. */
  void fill(int from, int to, double value) {
    for (int leaf = from; leaf < to; leaf++) {
      nodes[leaves + leaf] = value;
    }
    addUp(from, to);
  }

  /** Sets leaf i to the i-th of these, all others to 0. */
  void load(float[] values) {
    Arrays.fill(nodes, 0);
    for (int i = 0; i < values.length; i++) {
      nodes[leaves + i] = values[i];
    }
    addUp(0, leaves);
  }

  /** All nodes above these leaves, layer by layer. */
  private void addUp(int from, int to) {
    int first = leaves + from, last = leaves + to - 1;
    while (first > 1) {
      first /= 2;
      last /= 2;
      for (int node = first; node <= last; node++) {
        addUp(node);
      }
    }
  }

  private void addUp(int node) {
    nodes[node] = nodes[2 * node] + nodes[2 * node + 1];
  }

  /**
   * Sets some leaves, the last time counting, all a layer higher at a time: their ways to the root
   * do not wait for each other's memory.
   */
  void set(int[] leaf, float[] values) {
    for (int i = 0; i < leaf.length; i++) {
      nodes[leaves + leaf[i]] = values[i];
    }
    for (int up = 1; leaves >> up > 0; up++) {
      for (int i = 0; i < leaf.length; i++) {
        addUp(leaves + leaf[i] >> up);
      }
    }
  }

  /**
   * Finds, for each mass, the leaf where the sum of all up to it exceeds the mass; never one that
   * is 0. All go a layer deeper at a time.
   *
   * @param mass each from 0 to the {@link #total}, which is not 0; overwritten
   */
  void find(double[] mass, int[] leaf) {
    Arrays.fill(leaf, 1);
    for (int layer = leaves; layer > 1; layer /= 2) {
      for (int i = 0; i < leaf.length; i++) {
        double left = nodes[2 * leaf[i]];
        // rounding may leave more mass than there is
        boolean isLeft = mass[i] < left || nodes[2 * leaf[i] + 1] == 0;
        mass[i] -= isLeft ? 0 : left;
        leaf[i] = 2 * leaf[i] + (isLeft ? 0 : 1);
      }
    }
    for (int i = 0; i < leaf.length; i++) {
      leaf[i] -= leaves;
    }
  }
}
