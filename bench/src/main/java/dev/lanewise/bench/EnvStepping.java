package dev.lanewise.bench;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.BatchedEnv;
import dev.lanewise.engine.env.Environments;
import dev.lanewise.kernels.Philox;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One step of a batch of environments with observations, rewards, terminations, time limits and
 * autoreset: environment steps a second are {@link #n} over the score. Actions are drawn once and
 * stay, so that choosing them takes no time; a cart that is always pushed the same way has lost its
 * pole after about nine steps, so that every ninth step of CartPole-v1 begins an episode.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 3,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class EnvStepping {
  @Param({
    "Pendulum-v1",
    "MountainCar-v0",
    "MountainCarContinuous-v0",
    "CartPole-v1",
    "Acrobot-v1",
    "LunarLander-v3",
    "LunarLanderContinuous-v3"
  })
  public String env;

  /** Environments of the batch. */
  @Param({"16", "4096"})
  public int n;

  @Param({"1", "2"})
  public int workers;

  private Device device;
  private BatchedEnv batch;

  @Setup
  public void setUp() {
    device = Device.cpu(workers);
    batch = Environments.make(env, device, n);
    batch.reset(1);
    var actions = batch.spec().actionSpace();
    var random = new Philox(1, 0);
    for (int i = 0; i < n; i++) {
      batch.action().writeRow(i, actions.sample(random));
    }
  }

  @Benchmark
  public void step() {
    batch.step();
  }

  @TearDown
  public void tearDown() {
    batch.close();
    device.close();
  }
}
