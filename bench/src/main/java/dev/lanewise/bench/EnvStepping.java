package dev.lanewise.bench;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.Plan;
import dev.lanewise.engine.env.BatchedEnv;
import dev.lanewise.engine.env.Environments;
import dev.lanewise.kernels.Philox;
import java.util.ArrayList;
import java.util.List;
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
 * autoreset: environment steps a second are {@link #n} over the score. The random actions of 64
 * steps are drawn before; putting a step's in place is part of the score, a few hundredths of it at
 * 4096, some 20 ns at 16. With {@code -p actions=held} all steps have the same, and a cart that is
 * always pushed the same way loses its pole in nine steps, which else takes 22.
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

  @Param("random")
  public String actions;

  private static final int STEPS = 64;

  private Device device;
  private BatchedEnv batch;
  private final List<Plan> act = new ArrayList<>();
  private int step;

  @Setup
  public void setUp() {
    device = Device.cpu(workers);
    batch = Environments.make(env, device, n);
    batch.reset(1);
    var random = new Philox(1, 0);
    for (int k = 0; k < (actions.equals("held") ? 1 : STEPS); k++) {
      var drawn = device.columns("actions " + k, n, batch.action().columns());
      for (int i = 0; i < n; i++) {
        drawn.writeRow(i, batch.sampleAction(i, random));
      }
      act.add(device.record(step -> step.assign(batch.action(), drawn)));
    }
    act.getFirst().run();
  }

  @Benchmark
  public void step() {
    if (act.size() > 1) {
      act.get(step++ & STEPS - 1).run();
    }
    batch.step();
  }

  @TearDown
  public void tearDown() {
    batch.close();
    device.close();
  }
}
