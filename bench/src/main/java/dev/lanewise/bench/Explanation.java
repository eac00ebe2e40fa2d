package dev.lanewise.bench;

import dev.lanewise.engine.Plan;
import java.util.List;

/** With {@code -Dlanewise.bench.explain=true} benchmarks of plans end by printing them. */
final class Explanation {
  private Explanation() {}

  /**
   * Prints where the time goes in plans, if that is asked for.
   *
   * @param replay replays them
   */
  static void print(List<Plan> plans, Runnable replay) {
    if (!Boolean.getBoolean("lanewise.bench.explain")) {
      return;
    }
    plans.forEach(plan -> plan.measure(true));
    for (int i = 0; i < 1000; i++) {
      replay.run();
    }
    plans.forEach(plan -> System.out.println(plan.explain()));
  }
}
