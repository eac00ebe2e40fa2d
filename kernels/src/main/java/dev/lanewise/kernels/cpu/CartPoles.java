package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.ORDER;
import static dev.lanewise.kernels.cpu.Lanes.all;
import static dev.lanewise.kernels.cpu.Lanes.rest;
import static dev.lanewise.kernels.cpu.Pointers.INDEX;
import static dev.lanewise.kernels.cpu.Pointers.MEMORY;
import static dev.lanewise.kernels.cpu.Pointers.POINTER;
import static dev.lanewise.kernels.cpu.Pointers.at;
import static jdk.incubator.vector.VectorOperators.GE;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Kernels.Motion;
import dev.lanewise.kernels.View;
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
      return Rows.oneByOne(m.reward().lanes(), i -> step(m.lanes(i, i + 1)));
    }
    View state = m.observation(), last = m.finalObservation();
    long x = Pointers.ofRow(state, 0), speed = Pointers.ofRow(state, 1);
    long theta = Pointers.ofRow(state, 2), turning = Pointers.ofRow(state, 3);
    long last0 = Pointers.ofRow(last, 0), last1 = Pointers.ofRow(last, 1);
    long last2 = Pointers.ofRow(last, 2), last3 = Pointers.ofRow(last, 3);
    long action = Pointers.of(m.action()), reward = Pointers.of(m.reward());
    long terminated = Pointers.of(m.terminated());
    return Passes.call(
        m.reward().lanes(),
        (to, n) -> Functions.cosSinNear(theta + to, last3 + to, last2 + to, n),
        (to, n) ->
            move(
                x + to,
                speed + to,
                theta + to,
                turning + to,
                action + to,
                last0 + to,
                last1 + to,
                last2 + to,
                last3 + to,
                reward + to,
                terminated + to,
                n));
  }

  // One body for whole vectors and the rest, and the stores written out, so that everything is
  // inlined before the compiler's budget for that is spent.

  /**
   * The sine and the cosine of the angle lie where the new angle and its speed are observed last.
   */
  private static void move(
      long place,
      long speed,
      long angle,
      long turning,
      long action,
      long last0,
      long last1,
      long last2,
      long last3,
      long reward,
      long terminated,
      int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var theta = at(angle, i, whole, rest);
      var w = at(turning, i, whole, rest);
      var v = at(speed, i, whole, rest);
      var x = at(place, i, whole, rest);
      var force = at(action, i, whole, rest).fma(FORCE_PER_ACTION, FORCE_0);
      var sin = at(last2, i, whole, rest);
      var cos = at(last3, i, whole, rest);
      var push = w.mul(w).mul(sin).fma(POLE, force).mul(ONE_OVER_TOTAL);
      var torque = sin.mul(GRAVITY).sub(cos.mul(push));
      var angular = torque.div(cos.mul(cos).fma(MINUS_INERTIA_COS, INERTIA));
      var linear = angular.mul(cos).fma(MINUS_POLE_OF_TOTAL, push);
      x = v.fma(DT, x);
      v = linear.fma(DT, v);
      theta = w.fma(DT, theta);
      w = angular.fma(DT, w);
      var far = x.abs().compare(GE, FARTHER);
      var steep = theta.abs().compare(GE, STEEPER);
      var end = ZERO.blend(ONE, far.or(steep));
      if (whole) {
        x.intoMemorySegment(MEMORY, (place & POINTER) + 4 * (i & INDEX), ORDER);
        x.intoMemorySegment(MEMORY, (last0 & POINTER) + 4 * (i & INDEX), ORDER);
        v.intoMemorySegment(MEMORY, (speed & POINTER) + 4 * (i & INDEX), ORDER);
        v.intoMemorySegment(MEMORY, (last1 & POINTER) + 4 * (i & INDEX), ORDER);
        theta.intoMemorySegment(MEMORY, (angle & POINTER) + 4 * (i & INDEX), ORDER);
        theta.intoMemorySegment(MEMORY, (last2 & POINTER) + 4 * (i & INDEX), ORDER);
        w.intoMemorySegment(MEMORY, (turning & POINTER) + 4 * (i & INDEX), ORDER);
        w.intoMemorySegment(MEMORY, (last3 & POINTER) + 4 * (i & INDEX), ORDER);
        end.intoMemorySegment(MEMORY, (terminated & POINTER) + 4 * (i & INDEX), ORDER);
        ONE.intoMemorySegment(MEMORY, (reward & POINTER) + 4 * (i & INDEX), ORDER);
      } else {
        x.intoMemorySegment(MEMORY, (place & POINTER) + 4 * (i & INDEX), ORDER, rest);
        x.intoMemorySegment(MEMORY, (last0 & POINTER) + 4 * (i & INDEX), ORDER, rest);
        v.intoMemorySegment(MEMORY, (speed & POINTER) + 4 * (i & INDEX), ORDER, rest);
        v.intoMemorySegment(MEMORY, (last1 & POINTER) + 4 * (i & INDEX), ORDER, rest);
        theta.intoMemorySegment(MEMORY, (angle & POINTER) + 4 * (i & INDEX), ORDER, rest);
        theta.intoMemorySegment(MEMORY, (last2 & POINTER) + 4 * (i & INDEX), ORDER, rest);
        w.intoMemorySegment(MEMORY, (turning & POINTER) + 4 * (i & INDEX), ORDER, rest);
        w.intoMemorySegment(MEMORY, (last3 & POINTER) + 4 * (i & INDEX), ORDER, rest);
        end.intoMemorySegment(MEMORY, (terminated & POINTER) + 4 * (i & INDEX), ORDER, rest);
        ONE.intoMemorySegment(MEMORY, (reward & POINTER) + 4 * (i & INDEX), ORDER, rest);
      }
    }
  }
}
