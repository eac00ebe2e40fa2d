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
  void set(float[] values) {
    Arrays.fill(nodes, 0);
    for (int leaf = 0; leaf < values.length; leaf++) {
      nodes[leaves + leaf] = values[leaf];
    }
    if (values.length > 0) {
      addUp(0, values.length);
    }
  }

  /** All nodes above these leaves, layer by layer. */
  private void addUp(int from, int to) {
    int first = leaves + from, last = leaves + to - 1;
    while (first > 1) {
      first /= 2;
      last /= 2;
      for (int node = first; node <= last; node++) {
        nodes[node] = nodes[2 * node] + nodes[2 * node + 1];
      }
    }
  }

  /**
   * The leaf where the sum of all up to it exceeds this; never one that is 0.
   *
   * @param mass from 0 to the {@link #total}, which is not 0
   */
  int find(double mass) {
    int node = 1;
    while (node < leaves) {
      double left = nodes[2 * node];
      // rounding may leave more mass than there is
      boolean isLeft = mass < left || nodes[2 * node + 1] == 0;
      mass -= isLeft ? 0 : left;
      node = 2 * node + (isLeft ? 0 : 1);
    }
    return node - leaves;
  }
}
