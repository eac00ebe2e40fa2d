package dev.lanewise.bench;

import dev.lanewise.algos.Algorithms;
import dev.lanewise.algos.RunListener;
import dev.lanewise.algos.RunRequest;
import dev.lanewise.algos.Runner;
import dev.lanewise.engine.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Trainings from beginning to end inside one JVM that has done the same before, as a program of a
 * user's own would run them: opening the device, recording the plans, environments, learning, one
 * evaluation of 20 episodes at the end, and the run's folder with its checkpoints. One operation of
 * the score is one environment step of the training, those of the evaluation not counted; an
 * iteration is as many whole runs as begin within its time, at least one. The seed is always the
 * same.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
    value = 3,
    jvmArgsAppend = {
      "--add-modules=jdk.incubator.vector",
      "--enable-native-access=ALL-UNNAMED",
      "-XX:+UseSerialGC"
    })
@Warmup(iterations = 3, time = 5)
@Measurement(iterations = 5, time = 2)
public class WholeRun {
  // Whole rollouts: 100,000, 500,000 and 300,000 steps end in the middle of one.
  private static final int CARTPOLE_8X32 = 391 * 8 * 32;
  private static final int CARTPOLE_4X128 = 977 * 4 * 128;
  private static final int PENDULUM_PPO = 74 * 4 * 1024;
  private static final int PENDULUM_SAC = 10_000;

  /** Threads that share the work, on the cpu. */
  @Param("1")
  public int workers;

  /** What computes, by the names that the command line has. */
  @Param("cpu")
  public String device;

  private Path folder;
  private int runs;

  @Setup
  public void setUp() throws IOException {
    folder = Files.createTempDirectory("lanewise-bench");
  }

  /** 8 environments, rollouts of 32 steps, 20 epochs of one batch of 256: the preset. */
  @Benchmark
  @OperationsPerInvocation(CARTPOLE_8X32)
  public long ppoCartPole8x32() throws IOException {
    return run("ppo", "CartPole-v1", CARTPOLE_8X32, Map.of());
  }

  /** 4 environments, rollouts of 128 steps, 4 epochs of 4 minibatches; else the preset. */
  @Benchmark
  @OperationsPerInvocation(CARTPOLE_4X128)
  public long ppoCartPole4x128() throws IOException {
    return run(
        "ppo",
        "CartPole-v1",
        CARTPOLE_4X128,
        Map.of("n_envs", "4", "n_steps", "128", "n_epochs", "4", "batch_size", "128"));
  }

  /** 4 environments, rollouts of 1024 steps, 10 epochs of 64 minibatches of 64: the preset. */
  @Benchmark
  @OperationsPerInvocation(PENDULUM_PPO)
  public long ppoPendulum() throws IOException {
    return run("ppo", "Pendulum-v1", PENDULUM_PPO, Map.of());
  }

  /** The preset, with its nets of 2 × 64, but batches of 100; an update after each step. */
  @Benchmark
  @OperationsPerInvocation(PENDULUM_SAC)
  public long sacPendulum() throws IOException {
    return run("sac", "Pendulum-v1", PENDULUM_SAC, Map.of("batch_size", "100"));
  }

  /**
   * A run with an environment's preset.
   *
   * @param changed settings that are not the preset's
   */
  private long run(String algorithm, String env, int steps, Map<String, String> changed)
      throws IOException {
    var settings = new HashMap<String, String>(Algorithms.preset(algorithm, env));
    settings.putAll(changed);
    for (var name : new String[] {"total_timesteps", "eval_freq", "save_freq"}) {
      settings.put(name, Integer.toString(steps));
    }
    var request = new RunRequest(algorithm, env, 1, settings);
    try (var on = Device.named(device, workers);
        var runner = Runner.begin(folder.resolve(Integer.toString(runs++)), request, on)) {
      runner.run(new RunListener() {});
      long made = runner.training().steps();
      if (made != steps) {
        throw new IllegalStateException("%d steps instead of %d".formatted(made, steps));
      }
      return made;
    }
  }

  @TearDown
  public void tearDown() throws IOException {
    try (var paths = Files.walk(folder)) {
      for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
