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
 * One step of 16 HalfCheetah-v5, five of MuJoCo's for each, on one worker and on two. Its peer is
 * the same loop in C: {@code bench/src/main/c/half_cheetah.c} says how to build and run it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 3,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
public class MujocoStepping {
  private static final int ENVS = 16;

  @Param({"1", "2"})
  public int workers;

  private Device device;
  private BatchedEnv env;

  @Setup
  public void setUp() {
    device = Device.cpu(workers);
    env = Environments.make("HalfCheetah-v5", device, ENVS);
    env.reset(1);
    for (int i = 0; i < ENVS; i++) {
      for (int j = 0; j < env.action().columns(); j++) {
        env.action().set(i, j, Math.sin(7 * i + j));
      }
    }
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
