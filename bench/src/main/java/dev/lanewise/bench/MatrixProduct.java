package dev.lanewise.bench;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.Plan;
import dev.lanewise.engine.Tensor;
import java.util.Random;
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
 * The three products of a linear layer, as a plan of one instruction on one worker: 2 · samples ·
 * inputs · outputs floating-point operations each.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 3,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MatrixProduct {
  /** samples x inputs x outputs */
  @Param({"256x17x256", "256x256x256", "256x256x6", "64x64x64", "4096x64x64", "1024x1024x1024"})
  public String shape;

  private Device device;
  private Plan forward, backward, weights;

  @Setup
  public void setUp() {
    var sizes = java.util.Arrays.stream(shape.split("x")).mapToInt(Integer::parseInt).toArray();
    int n = sizes[0], in = sizes[1], out = sizes[2];
    device = Device.cpu(1);
    var x = random(device.columns("x", n, in));
    var w = random(device.dense("w", out, in));
    var dy = random(device.columns("dy", n, out));
    var y = device.columns("y", n, out);
    var dx = device.columns("dx", n, in);
    var dw = device.dense("dw", out, in);
    forward = device.record(step -> step.assign(y, x.matmul(w.transpose())));
    backward = device.record(step -> step.assign(dx, dy.matmul(w)));
    weights = device.record(step -> step.assign(dw, dy.transpose().matmul(x)));
  }

  private static Tensor random(Tensor tensor) {
    var random = new Random(1);
    var values = new float[(int) tensor.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    tensor.write(values);
    return tensor;
  }

  /** Y = X Wᵀ */
  @Benchmark
  public void forward() {
    forward.run();
  }

  /** dX = dY W */
  @Benchmark
  public void backward() {
    backward.run();
  }

  /** dW = dYᵀ X */
  @Benchmark
  public void weights() {
    weights.run();
  }

  @TearDown
  public void tearDown() {
    device.close();
  }
}
