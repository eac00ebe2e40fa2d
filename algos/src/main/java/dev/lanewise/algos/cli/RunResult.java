package dev.lanewise.algos.cli;

import dev.lanewise.algos.Evaluation;
import dev.lanewise.algos.MetricsFile;
import dev.lanewise.algos.RunFolder;
import dev.lanewise.algos.TrainedPolicy;
import dev.lanewise.engine.Device;
import java.io.IOException;

/**
 * What a finished run of a benchmark came to.
 *
 * @param evaluation of its last policy
 * @param steps environment steps of its training
 * @param seconds its training took, evaluations on the way included
 * @param updates gradient steps of its training; NaN if its log has none
 */
record RunResult(
    BenchmarkRun run, Evaluation evaluation, long steps, double seconds, double updates) {

  /** Lets the last policy play. */
  static RunResult of(BenchmarkRun run, int episodes, long seed) throws IOException {
    var folder = RunFolder.reading(run.path());
    var last = run.checkpoint().orElseThrow();
    var updates = MetricsFile.read(folder.metrics()).get("train/n_updates");
    try (var device = Device.cpu();
        var policy = TrainedPolicy.load(folder.last(), device)) {
      return new RunResult(
          run,
          policy.evaluate(episodes, seed),
          last.step(),
          last.progress().elapsedSeconds(),
          updates == null || updates.length == 0 ? Double.NaN : updates[updates.length - 1]);
    }
  }

  double score() {
    return evaluation.meanReward();
  }

  double stepsPerSecond() {
    return steps / seconds;
  }

  double updatesPerSecond() {
    return updates / seconds;
  }
}
