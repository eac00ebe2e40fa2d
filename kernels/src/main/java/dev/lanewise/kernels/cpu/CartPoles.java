package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.ORDER;
import static dev.lanewise.kernels.cpu.Lanes.all;
import static dev.lanewise.kernels.cpu.Lanes.rest;
import static dev.lanewise.kernels.cpu.Lanes.whole;
import static dev.lanewise.kernels.cpu.Pointers.INDEX;
import static dev.lanewise.kernels.cpu.Pointers.MEMORY;
import static dev.lanewise.kernels.cpu.Pointers.POINTER;
import static dev.lanewise.kernels.cpu.Pointers.at;
import static dev.lanewise.kernels.cpu.Pointers.put;
import static jdk.incubator.vector.VectorOperators.GE;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Kernels.Motion;
import jdk.incubator.vector.FloatVector;

/** Gymnasium's CartPole-v1, one lane a cart. */
final class CartPoles {
  private static final FloatVector ZERO = all(0);
  private static final FloatVector ONE = all(1);
  private static final FloatVector DT = all(0.02f);
  private static final FloatVector FORCE_0 = all(-10);
  private static final FloatVector FORCE_PER_ACTION = all(20);
  private static final FloatVector GRAVITY = all(9.8f);
  private static final FloatVector ONE_OVER_TOTAL = all((float) (1 / 1.1));
  private static final FloatVector POLE = all(0.05f);
  private static final FloatVector MINUS_POLE_OF_TOTAL = all((float) (-0.05 / 1.1));
  private static final FloatVector INERTIA = all((float) (0.5 * 4 / 3));
  private static final FloatVector MINUS_INERTIA_COS = all((float) (-0.5 * 0.1 / 1.1));

  // Both are the next float above the limit itself, so that "at least" this is "more than" that.
  private static final FloatVector FARTHER = all(2.4f);
  private static final FloatVector STEEPER = all((float) (12 * 2 * Math.PI / 360));

  private CartPoles() {}

  static Call step(Motion m) {
    if (Rows.isSplat(m.action())) {
      return Rows.oneByOne(m.state().lanes(), i -> step(m.lanes(i, i + 1)));
    }
    long x = Pointers.ofRow(m.state(), 0), speed = Pointers.ofRow(m.state(), 1);
    long theta = Pointers.ofRow(m.state(), 2), turning = Pointers.ofRow(m.state(), 3);
    long seen0 = Pointers.ofRow(m.observation(), 0), seen1 = Pointers.ofRow(m.observation(), 1);
    long seen2 = Pointers.ofRow(m.observation(), 2), seen3 = Pointers.ofRow(m.observation(), 3);
    long action = Pointers.of(m.action()), reward = Pointers.of(m.reward());
    long terminated = Pointers.of(m.terminated());
    return Passes.call(
        m.state().lanes(),
        (to, n) -> Functions.sinNear(theta + to, seen2 + to, n),
        (to, n) -> Functions.cosNear(theta + to, seen3 + to, n),
        (to, n) ->
            accelerate(
                speed + to, turning + to, action + to, seen2 + to, seen3 + to, seen1 + to, n),
        (to, n) -> move(x + to, speed + to, seen0 + to, seen1 + to, n),
        (to, n) -> move(theta + to, turning + to, seen2 + to, seen3 + to, n),
        (to, n) -> judge(x + to, theta + to, reward + to, terminated + to, n));
  }

  /** The cosine's place receives the new θ̇, {@code faster} the new ẋ. */
  private static void accelerate(
      long speed, long turning, long action, long sine, long cosine, long faster, int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var force = (whole ? at(action, i) : at(action, i, rest)).fma(FORCE_PER_ACTION, FORCE_0);
      var w = whole ? at(turning, i) : at(turning, i, rest);
      var sin = whole ? at(sine, i) : at(sine, i, rest);
      var cos = whole ? at(cosine, i) : at(cosine, i, rest);
      var push = w.mul(w).mul(sin).fma(POLE, force).mul(ONE_OVER_TOTAL);
      var torque = sin.mul(GRAVITY).sub(cos.mul(push));
      var angular = torque.div(cos.mul(cos).fma(MINUS_INERTIA_COS, INERTIA));
      var linear = angular.mul(cos).fma(MINUS_POLE_OF_TOTAL, push);
      var v = linear.fma(DT, whole ? at(speed, i) : at(speed, i, rest));
      w = angular.fma(DT, w);
      if (whole) {
        v.intoMemorySegment(MEMORY, (faster & POINTER) + 4 * (i & INDEX), ORDER);
        w.intoMemorySegment(MEMORY, (cosine & POINTER) + 4 * (i & INDEX), ORDER);
      } else {
        v.intoMemorySegment(MEMORY, (faster & POINTER) + 4 * (i & INDEX), ORDER, rest);
        w.intoMemorySegment(MEMORY, (cosine & POINTER) + 4 * (i & INDEX), ORDER, rest);
      }
    }
  }

  /** By the old speed; then the speed is the new one. */
  private static void move(long place, long speed, long seenPlace, long faster, int n) {
    int i = 0;
    for (; i < whole(n); i += COUNT) {
      var moved = at(speed, i).fma(DT, at(place, i));
      put(moved, place, i);
      put(moved, seenPlace, i);
      put(at(faster, i), speed, i);
    }
    if (i < n) {
      var rest = rest(n);
      var moved = at(speed, i, rest).fma(DT, at(place, i, rest));
      put(moved, place, i, rest);
      put(moved, seenPlace, i, rest);
      put(at(faster, i, rest), speed, i, rest);
    }
  }

  private static void judge(long x, long theta, long reward, long terminated, int n) {
    int i = 0;
    for (; i < whole(n); i += COUNT) {
      var far = at(x, i).abs().compare(GE, FARTHER);
      var steep = at(theta, i).abs().compare(GE, STEEPER);
      put(ZERO.blend(ONE, far.or(steep)), terminated, i);
      put(ONE, reward, i);
    }
    if (i < n) {
      var rest = rest(n);
      var far = at(x, i, rest).abs().compare(GE, FARTHER);
      var steep = at(theta, i, rest).abs().compare(GE, STEEPER);
      put(ZERO.blend(ONE, far.or(steep)), terminated, i, rest);
      put(ONE, reward, i, rest);
    }
  }
}
