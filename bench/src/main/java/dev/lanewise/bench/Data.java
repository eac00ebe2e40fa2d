package dev.lanewise.bench;

import dev.lanewise.algos.ReplayMemory;
import java.util.Random;

/** Random inputs of benchmarks, the same in every run. */
final class Data {
  private Data() {}

  /** Standard normal numbers. */
  static float[] gaussian(Random random, int size) {
    var values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Fills a replay memory with transitions, of which one in a hundred is terminated. */
  static void fill(ReplayMemory memory, int observations, int actions) {
    var random = new Random(1);
    for (int i = 0; i < memory.capacity(); i++) {
      memory.add(
          gaussian(random, observations),
          gaussian(random, actions),
          random.nextGaussian(),
          gaussian(random, observations),
          random.nextInt(100) == 0,
          false);
    }
  }

  /** Sizes of hidden layers as the settings take them: JMH splits its parameters at commas. */
  static String sizes(String nets) {
    return nets.replace('x', ',');
  }
}
