package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.all;
import static dev.lanewise.kernels.cpu.Lanes.at;
import static dev.lanewise.kernels.cpu.Lanes.bytes;
import static dev.lanewise.kernels.cpu.Lanes.first;
import static dev.lanewise.kernels.cpu.Lanes.get;
import static dev.lanewise.kernels.cpu.Lanes.put;

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
    FloatVector kept = all(keep), taken = all(take);
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      put(at(m, i).fma(kept, at(g, i).mul(taken)), m, i);
    }
    var rest = first(n - i);
    put(at(m, i, rest).fma(kept, at(g, i, rest).mul(taken)), m, i, rest);
  }

  /** v ← keep · v + take · g² */
  private static void averageSquare(long g, long v, int n, float keep, float take) {
    FloatVector kept = all(keep), taken = all(take);
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      var slope = at(g, i);
      put(at(v, i).fma(kept, slope.mul(slope).mul(taken)), v, i);
    }
    var rest = first(n - i);
    var slope = at(g, i, rest);
    put(at(v, i, rest).fma(kept, slope.mul(slope).mul(taken)), v, i, rest);
  }

  /** p ← keep · p - step · m / (scale · √v + ε) */
  private static void descend(
      long p, long m, long v, int n, float keep, float step, float scale, float epsilon) {
    FloatVector kept = all(keep), down = all(-step), scales = all(scale), epsilons = all(epsilon);
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      var size = at(v, i).sqrt().fma(scales, epsilons);
      put(at(p, i).fma(kept, at(m, i).mul(down).div(size)), p, i);
    }
    var rest = first(n - i);
    var size = at(v, i, rest).sqrt().fma(scales, epsilons);
    put(at(p, i, rest).fma(kept, at(m, i, rest).mul(down).div(size)), p, i, rest);
  }

  private static void sgd(long p, long g, long v, int n, float momentum, float step) {
    FloatVector kept = all(momentum), down = all(-step);
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      var velocity = at(v, i).fma(kept, at(g, i));
      put(velocity, v, i);
      put(velocity.fma(down, at(p, i)), p, i);
    }
    var rest = first(n - i);
    var velocity = at(v, i, rest).fma(kept, at(g, i, rest));
    put(velocity, v, i, rest);
    put(velocity.fma(down, at(p, i, rest)), p, i, rest);
  }

  private static void lerp(long source, long target, int n, float tau) {
    var part = all(tau);
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      var from = at(target, i);
      put(at(source, i).sub(from).fma(part, from), target, i);
    }
    var rest = first(n - i);
    var from = at(target, i, rest);
    put(at(source, i, rest).sub(from).fma(part, from), target, i, rest);
  }

  private static void lerpToOne(long source, long target, int n, float tau) {
    FloatVector part = all(tau), to = all(get(source));
    int i = 0;
    for (; i < n - COUNT; i += COUNT) {
      var from = at(target, i);
      put(to.sub(from).fma(part, from), target, i);
    }
    var rest = first(n - i);
    var from = at(target, i, rest);
    put(to.sub(from).fma(part, from), target, i, rest);
  }
}
