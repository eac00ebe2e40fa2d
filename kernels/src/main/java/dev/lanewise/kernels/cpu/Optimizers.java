package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.F;
import static dev.lanewise.kernels.cpu.Lanes.MEMORY;
import static dev.lanewise.kernels.cpu.Lanes.ORDER;
import static dev.lanewise.kernels.cpu.Lanes.bytes;
import static dev.lanewise.kernels.cpu.Lanes.first;
import static dev.lanewise.kernels.cpu.Lanes.get;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Kernels.Adam;
import dev.lanewise.kernels.Kernels.RmsProp;
import dev.lanewise.kernels.Kernels.Sgd;
import dev.lanewise.kernels.View;
import jdk.incubator.vector.FloatVector;

/** Parameter updates in place. What is the same for all parameters is computed once, in double. */
final class Optimizers {

  /** Parameters that are updated at once, so that they, the gradient and moments stay in L1. */
  private static final int BLOCK = 1024;

  private Optimizers() {}

  static Call adam(Adam u) {
    if (Rows.isSplat(u.gradient())) {
      return Rows.oneByOne(u.parameter().lanes(), i -> adam(u.lanes(i, i + 1)));
    }
    long p = bytes(u.parameter().address()), g = bytes(u.gradient().address());
    long m = bytes(u.firstMoment().address()), v = bytes(u.secondMoment().address());
    long steps = bytes(u.stepCount().address()), rate = bytes(u.learningRate().address());
    int n = u.parameter().lanes();
    double beta1 = u.beta1(), beta2 = u.beta2(), weightDecay = u.weightDecay();
    float epsilon = (float) u.epsilon();
    return () -> {
      double t = get(steps), alpha = get(rate);
      float keep = (float) (1 - alpha * weightDecay);
      float step = (float) (alpha / (1 - Math.pow(beta1, t)));
      float scale = (float) (1 / Math.sqrt(1 - Math.pow(beta2, t)));
      for (int i = 0; i < n; i += BLOCK) {
        int count = Math.min(BLOCK, n - i);
        long to = bytes(i);
        average(g + to, m + to, count, (float) beta1, (float) (1 - beta1));
        averageSquare(g + to, v + to, count, (float) beta2, (float) (1 - beta2));
        descend(p + to, m + to, v + to, count, keep, step, scale, epsilon);
      }
    };
  }

  static Call rmsProp(RmsProp u) {
    if (Rows.isSplat(u.gradient())) {
      return Rows.oneByOne(u.parameter().lanes(), i -> rmsProp(u.lanes(i, i + 1)));
    }
    long p = bytes(u.parameter().address()), g = bytes(u.gradient().address());
    long v = bytes(u.secondMoment().address()), rate = bytes(u.learningRate().address());
    int n = u.parameter().lanes();
    float keep = (float) u.decay(), take = (float) (1 - u.decay()), epsilon = (float) u.epsilon();
    return () -> {
      float step = get(rate);
      for (int i = 0; i < n; i += BLOCK) {
        int count = Math.min(BLOCK, n - i);
        long to = bytes(i);
        averageSquare(g + to, v + to, count, keep, take);
        descend(p + to, g + to, v + to, count, 1, step, 1, epsilon);
      }
    };
  }

  static Call sgd(Sgd u) {
    if (Rows.isSplat(u.gradient())) {
      return Rows.oneByOne(u.parameter().lanes(), i -> sgd(u.lanes(i, i + 1)));
    }
    long p = bytes(u.parameter().address()), g = bytes(u.gradient().address());
    long v = bytes(u.velocity().address()), rate = bytes(u.learningRate().address());
    int n = u.parameter().lanes();
    float momentum = (float) u.momentum();
    return () -> sgd(p, g, v, n, momentum, get(rate));
  }

  static Call lerp(View source, View target, double tau) {
    float part = (float) tau;
    var views = Rows.tidied(source, target);
    Rows.Map kernel =
        Rows.isSplat(views[0])
            ? (from, to, n) -> lerpToOne(from, to, n, part)
            : (from, to, n) -> lerp(from, to, n, part);
    return Rows.call(kernel, views[0], views[1]);
  }

  /** m ← keep · m + take · g */
  private static void average(long g, long m, int n, float keep, float take) {
    FloatVector kept = broadcast(F, keep), taken = broadcast(F, take);
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      fromMemorySegment(F, MEMORY, m + 4L * i, ORDER)
          .fma(kept, fromMemorySegment(F, MEMORY, g + 4L * i, ORDER).mul(taken))
          .intoMemorySegment(MEMORY, m + 4L * i, ORDER);
    }
    var rest = first(n - i);
    fromMemorySegment(F, MEMORY, m + 4L * i, ORDER, rest)
        .fma(kept, fromMemorySegment(F, MEMORY, g + 4L * i, ORDER, rest).mul(taken))
        .intoMemorySegment(MEMORY, m + 4L * i, ORDER, rest);
  }

  /** v ← keep · v + take · g² */
  private static void averageSquare(long g, long v, int n, float keep, float take) {
    FloatVector kept = broadcast(F, keep), taken = broadcast(F, take);
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      var slope = fromMemorySegment(F, MEMORY, g + 4L * i, ORDER);
      fromMemorySegment(F, MEMORY, v + 4L * i, ORDER)
          .fma(kept, slope.mul(slope).mul(taken))
          .intoMemorySegment(MEMORY, v + 4L * i, ORDER);
    }
    var rest = first(n - i);
    var slope = fromMemorySegment(F, MEMORY, g + 4L * i, ORDER, rest);
    fromMemorySegment(F, MEMORY, v + 4L * i, ORDER, rest)
        .fma(kept, slope.mul(slope).mul(taken))
        .intoMemorySegment(MEMORY, v + 4L * i, ORDER, rest);
  }

  /** p ← keep · p - step · m / (scale · √v + ε) */
  private static void descend(
      long p, long m, long v, int n, float keep, float step, float scale, float epsilon) {
    FloatVector kept = broadcast(F, keep),
        down = broadcast(F, -step),
        scales = broadcast(F, scale),
        epsilons = broadcast(F, epsilon);
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      var size = fromMemorySegment(F, MEMORY, v + 4L * i, ORDER).sqrt().fma(scales, epsilons);
      fromMemorySegment(F, MEMORY, p + 4L * i, ORDER)
          .fma(kept, fromMemorySegment(F, MEMORY, m + 4L * i, ORDER).mul(down).div(size))
          .intoMemorySegment(MEMORY, p + 4L * i, ORDER);
    }
    // written out as well: Adam has three such loops, by here the budget for inlining is spent
    var rest = first(n - i);
    var size = fromMemorySegment(F, MEMORY, v + 4L * i, ORDER, rest).sqrt().fma(scales, epsilons);
    fromMemorySegment(F, MEMORY, p + 4L * i, ORDER, rest)
        .fma(kept, fromMemorySegment(F, MEMORY, m + 4L * i, ORDER, rest).mul(down).div(size))
        .intoMemorySegment(MEMORY, p + 4L * i, ORDER, rest);
  }

  private static void sgd(long p, long g, long v, int n, float momentum, float step) {
    FloatVector kept = broadcast(F, momentum), down = broadcast(F, -step);
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      var velocity =
          fromMemorySegment(F, MEMORY, v + 4L * i, ORDER)
              .fma(kept, fromMemorySegment(F, MEMORY, g + 4L * i, ORDER));
      velocity.intoMemorySegment(MEMORY, v + 4L * i, ORDER);
      velocity
          .fma(down, fromMemorySegment(F, MEMORY, p + 4L * i, ORDER))
          .intoMemorySegment(MEMORY, p + 4L * i, ORDER);
    }
    var rest = first(n - i);
    var velocity =
        fromMemorySegment(F, MEMORY, v + 4L * i, ORDER, rest)
            .fma(kept, fromMemorySegment(F, MEMORY, g + 4L * i, ORDER, rest));
    velocity.intoMemorySegment(MEMORY, v + 4L * i, ORDER, rest);
    velocity
        .fma(down, fromMemorySegment(F, MEMORY, p + 4L * i, ORDER, rest))
        .intoMemorySegment(MEMORY, p + 4L * i, ORDER, rest);
  }

  private static void lerp(long source, long target, int n, float tau) {
    var part = broadcast(F, tau);
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      var from = fromMemorySegment(F, MEMORY, target + 4L * i, ORDER);
      fromMemorySegment(F, MEMORY, source + 4L * i, ORDER)
          .sub(from)
          .fma(part, from)
          .intoMemorySegment(MEMORY, target + 4L * i, ORDER);
    }
    var rest = first(n - i);
    var from = fromMemorySegment(F, MEMORY, target + 4L * i, ORDER, rest);
    fromMemorySegment(F, MEMORY, source + 4L * i, ORDER, rest)
        .sub(from)
        .fma(part, from)
        .intoMemorySegment(MEMORY, target + 4L * i, ORDER, rest);
  }

  private static void lerpToOne(long source, long target, int n, float tau) {
    FloatVector part = broadcast(F, tau), to = broadcast(F, get(source));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      var from = fromMemorySegment(F, MEMORY, target + 4L * i, ORDER);
      to.sub(from).fma(part, from).intoMemorySegment(MEMORY, target + 4L * i, ORDER);
    }
    var rest = first(n - i);
    var from = fromMemorySegment(F, MEMORY, target + 4L * i, ORDER, rest);
    to.sub(from).fma(part, from).intoMemorySegment(MEMORY, target + 4L * i, ORDER, rest);
  }
}
