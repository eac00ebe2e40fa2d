package dev.lanewise.bench;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.BatchedEnv;
import dev.lanewise.engine.env.Environments;
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
 * One step of a batch of Pendulum-v1 on one core, with observations, rewards, time limits and
 * autoreset: environment steps a second are {@link #envs} over the score.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 3,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PendulumStepping {
  @Param({"1", "16", "4096"})
  public int envs;

  private Device device;
  private BatchedEnv env;

  @Setup
  public void setUp() {
    device = Device.cpu(1);
    env = Environments.make("Pendulum-v1", device, envs);
    env.reset(1);
    env.action().fill(0.5);
  }

  @Benchmark
  public void step() {
    env.step();
  }

  @TearDown
  public void tearDown() {
    env.close();
    device.close();
  }
}
