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

  private Optimizers() {}

  /** θ, m, v and g; 1 - α λ, -α / (1 - β₁ᵗ), 1 / √(1 - β₂ᵗ), ε, β₁, 1 - β₁, β₂ and 1 - β₂. */
  private static final class AdamLoop {
    static final RowLoop LOOP =
        new RowLoop(
            "Adam",
            4,
            3,
            8,
            (x, c) -> {
              var m = x[1].fma(c[4], x[3].mul(c[5]));
              var v = x[2].fma(c[6], x[3].mul(x[3]).mul(c[7]));
              return new LoopCode.Floats[] {
                x[0].fma(c[0], m.mul(c[1]).div(v.sqrt().fma(c[2], c[3]))), m, v
              };
            });
  }

  static Call adam(Adam u) {
    if (Rows.isSplat(u.gradient())) {
      return Rows.oneByOne(u.parameter().lanes(), i -> adam(u.lanes(i, i + 1)));
    }
    long steps = bytes(u.stepCount().address()), rate = bytes(u.learningRate().address());
    double beta1 = u.beta1(), beta2 = u.beta2(), weightDecay = u.weightDecay();
    var loop =
        AdamLoop.LOOP
            .bind(u.parameter(), u.firstMoment(), u.secondMoment(), u.gradient())
            .set(3, (float) u.epsilon())
            .set(4, (float) beta1)
            .set(5, (float) (1 - beta1))
            .set(6, (float) beta2)
            .set(7, (float) (1 - beta2));
    return () -> {
      double t = get(steps), alpha = get(rate);
      loop.set(0, (float) (1 - alpha * weightDecay))
          .set(1, -(float) (alpha / (1 - Math.pow(beta1, t))))
          .set(2, (float) (1 / Math.sqrt(1 - Math.pow(beta2, t))))
          .run();
    };
  }

  /** θ, v and g; -α, ε, ρ and 1 - ρ. */
  private static final class RmsPropLoop {
    static final RowLoop LOOP =
        new RowLoop(
            "RmsProp",
            3,
            2,
            4,
            (x, c) -> {
              var v = x[1].fma(c[2], x[2].mul(x[2]).mul(c[3]));
              return new LoopCode.Floats[] {x[2].mul(c[0]).div(v.sqrt().add(c[1])).add(x[0]), v};
            });
  }

  static Call rmsProp(RmsProp u) {
    if (Rows.isSplat(u.gradient())) {
      return Rows.oneByOne(u.parameter().lanes(), i -> rmsProp(u.lanes(i, i + 1)));
    }
    long rate = bytes(u.learningRate().address());
    var loop =
        RmsPropLoop.LOOP
            .bind(u.parameter(), u.secondMoment(), u.gradient())
            .set(1, (float) u.epsilon())
            .set(2, (float) u.decay())
            .set(3, (float) (1 - u.decay()));
    return () -> loop.set(0, -get(rate)).run();
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
