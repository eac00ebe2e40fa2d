package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.ORDER;
import static dev.lanewise.kernels.cpu.Lanes.all;
import static dev.lanewise.kernels.cpu.Lanes.bytes;
import static dev.lanewise.kernels.cpu.Lanes.rest;
import static dev.lanewise.kernels.cpu.Pointers.INDEX;
import static dev.lanewise.kernels.cpu.Pointers.MEMORY;
import static dev.lanewise.kernels.cpu.Pointers.POINTER;
import static dev.lanewise.kernels.cpu.Pointers.at;
import static jdk.incubator.vector.VectorOperators.GT;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Kernels.Pendulum;
import dev.lanewise.kernels.View;
import jdk.incubator.vector.FloatVector;

/** Gymnasium's Pendulum-v1, one lane a pendulum. */
final class Pendulums {
  private static final FloatVector DT = all(0.05f);
  private static final FloatVector GRAVITY = all(3 * 10 / 2f);
  private static final FloatVector TORQUE = all(3);
  private static final FloatVector MAX_TORQUE = all(2);
  private static final FloatVector MAX_SPEED = all(8);
  private static final FloatVector SPEED_COST = all(0.1f);
  private static final FloatVector TORQUE_COST = all(0.001f);
  private static final FloatVector HALF = all(0.5f);
  private static final FloatVector ONE_OVER_TURN = all(0x1.45f306p-3f);
  private static final FloatVector MINUS_TURN_HIGH = all(-0x1.921fb6p2f);
  private static final FloatVector MINUS_TURN_LOW = all(0x1.777a5cp-23f);

  private Pendulums() {}

  static Call step(Pendulum p) {
    if (Rows.isSplat(p.action())) {
      return Rows.oneByOne(p.reward().lanes(), i -> step(p.lanes(i, i + 1)));
    }
    View now = p.observation(), last = p.finalObservation();
    long theta = Pointers.of(p.hidden()), sin = Pointers.ofRow(now, 1);
    long speed = Pointers.ofRow(now, 2), lastSpeed = Pointers.ofRow(last, 2);
    long action = Pointers.of(p.action()), reward = Pointers.of(p.reward());
    // for the functions, which stay within the slab's bounds
    long angle = bytes(p.hidden().address());
    long cosine = bytes(now.row(0)), sine = bytes(now.row(1));
    long lastCosine = bytes(last.row(0)), lastSine = bytes(last.row(1));
    return Passes.call(
        p.reward().lanes(),
        (to, n) ->
            swing(theta + to, sin + to, speed + to, action + to, reward + to, lastSpeed + to, n),
        (to, n) ->
            Functions.cosSin(
                angle + to, cosine + to, sine + to, lastCosine + to, lastSine + to, n));
  }

  // One body for whole vectors and the rest, and the stores written out, so that everything is
  // inlined before the compiler's budget for that is spent.

  /** The reward is of the old state and may lie on the action. */
  private static void swing(
      long angle, long sin, long speed, long action, long reward, long lastSpeed, int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var u = clipped(at(action, i, whole, rest), MAX_TORQUE);
      var theta = at(angle, i, whole, rest);
      var v = at(speed, i, whole, rest);
      var acceleration = at(sin, i, whole, rest).fma(GRAVITY, u.mul(TORQUE));
      var off = wrapped(theta);
      var cost = v.mul(v).fma(SPEED_COST, u.mul(u).mul(TORQUE_COST));
      cost = off.fma(off, cost).neg();
      v = clipped(acceleration.fma(DT, v), MAX_SPEED);
      theta = v.fma(DT, theta);
      if (whole) {
        cost.intoMemorySegment(MEMORY, (reward & POINTER) + 4 * (i & INDEX), ORDER);
        theta.intoMemorySegment(MEMORY, (angle & POINTER) + 4 * (i & INDEX), ORDER);
        v.intoMemorySegment(MEMORY, (speed & POINTER) + 4 * (i & INDEX), ORDER);
        v.intoMemorySegment(MEMORY, (lastSpeed & POINTER) + 4 * (i & INDEX), ORDER);
      } else {
        cost.intoMemorySegment(MEMORY, (reward & POINTER) + 4 * (i & INDEX), ORDER, rest);
        theta.intoMemorySegment(MEMORY, (angle & POINTER) + 4 * (i & INDEX), ORDER, rest);
        v.intoMemorySegment(MEMORY, (speed & POINTER) + 4 * (i & INDEX), ORDER, rest);
        v.intoMemorySegment(MEMORY, (lastSpeed & POINTER) + 4 * (i & INDEX), ORDER, rest);
      }
    }
  }

  private static FloatVector clipped(FloatVector x, FloatVector limit) {
    return x.blend(limit, x.compare(GT, limit)).blend(limit.neg(), x.neg().compare(GT, limit));
  }

  /** x - 2π ⌊x / 2π + ½⌋ */
  private static FloatVector wrapped(FloatVector x) {
    var turns = Maps.floor(x.fma(ONE_OVER_TURN, HALF));
    return turns.fma(MINUS_TURN_LOW, turns.fma(MINUS_TURN_HIGH, x));
  }
}
