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
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Kernels.Motion;
import dev.lanewise.kernels.View;
import jdk.incubator.vector.FloatVector;

/** Gymnasium's MountainCar-v0 and MountainCarContinuous-v0, one lane a car. */
final class MountainCars {
  private static final FloatVector ZERO = all(0);
  private static final FloatVector ONE = all(1);
  private static final FloatVector MINUS_ONE = all(-1);
  private static final FloatVector THREE = all(3);
  private static final FloatVector MINUS_GRAVITY = all(-0.0025f);
  private static final FloatVector MAX_SPEED = all(0.07f);
  private static final FloatVector MIN_SPEED = all(-0.07f);
  private static final FloatVector LEFTMOST = all(-1.2f);
  private static final FloatVector RIGHTMOST = all(0.6f);

  private static final FloatVector FORCE = all(0.001f);
  private static final FloatVector GOAL = all(0.5f);

  private static final FloatVector POWER = all(0.0015f);
  private static final FloatVector CONTINUOUS_GOAL = all(0.45f);
  private static final FloatVector PRIZE = all(100);
  private static final FloatVector MINUS_COST = all(-0.1f);

  private MountainCars() {}

  static Call step(Motion m) {
    if (Rows.isSplat(m.action())) {
      return Rows.oneByOne(m.reward().lanes(), i -> step(m.lanes(i, i + 1)));
    }
    View state = m.observation(), last = m.finalObservation();
    long x = Pointers.ofRow(state, 0), speed = Pointers.ofRow(state, 1);
    long lastX = Pointers.ofRow(last, 0), lastSpeed = Pointers.ofRow(last, 1);
    long action = Pointers.of(m.action()), reward = Pointers.of(m.reward());
    long terminated = Pointers.of(m.terminated());
    return Passes.call(
        m.reward().lanes(),
        (to, n) -> slope(x + to, speed + to, lastSpeed + to, n),
        (to, n) ->
            move(
                x + to,
                speed + to,
                action + to,
                lastX + to,
                lastSpeed + to,
                reward + to,
                terminated + to,
                n));
  }

  static Call stepContinuous(Motion m) {
    if (Rows.isSplat(m.action())) {
      return Rows.oneByOne(m.reward().lanes(), i -> stepContinuous(m.lanes(i, i + 1)));
    }
    View state = m.observation(), last = m.finalObservation();
    long x = Pointers.ofRow(state, 0), speed = Pointers.ofRow(state, 1);
    long lastX = Pointers.ofRow(last, 0), lastSpeed = Pointers.ofRow(last, 1);
    long action = Pointers.of(m.action()), reward = Pointers.of(m.reward());
    long terminated = Pointers.of(m.terminated());
    return Passes.call(
        m.reward().lanes(),
        (to, n) -> slope(x + to, speed + to, lastSpeed + to, n),
        (to, n) ->
            moveContinuous(
                x + to,
                speed + to,
                action + to,
                lastX + to,
                lastSpeed + to,
                reward + to,
                terminated + to,
                n));
  }

  // One body for whole vectors and the rest, and the stores written out, so that everything is
  // inlined before the compiler's budget for that is spent.

  /** Where the speed is observed last: v - 0.0025 cos 3x */
  private static void slope(long place, long speed, long lastSpeed, int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var cos = Functions.cos(at(place, i, whole, rest).mul(THREE));
      var v = cos.fma(MINUS_GRAVITY, at(speed, i, whole, rest));
      if (whole) {
        v.intoMemorySegment(MEMORY, (lastSpeed & POINTER) + 4 * (i & INDEX), ORDER);
      } else {
        v.intoMemorySegment(MEMORY, (lastSpeed & POINTER) + 4 * (i & INDEX), ORDER, rest);
      }
    }
  }

  private static void move(
      long place,
      long speed,
      long action,
      long lastPlace,
      long lastSpeed,
      long reward,
      long terminated,
      int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var x = at(place, i, whole, rest);
      var v = at(lastSpeed, i, whole, rest);
      var a = at(action, i, whole, rest);
      v = clipped(a.sub(ONE).fma(FORCE, v), MIN_SPEED, MAX_SPEED);
      x = clipped(x.add(v), LEFTMOST, RIGHTMOST);
      v = v.blend(ZERO, x.compare(LE, LEFTMOST).and(v.compare(LT, ZERO)));
      var end = ZERO.blend(ONE, x.compare(GE, GOAL).and(v.compare(GE, ZERO)));
      if (whole) {
        x.intoMemorySegment(MEMORY, (place & POINTER) + 4 * (i & INDEX), ORDER);
        x.intoMemorySegment(MEMORY, (lastPlace & POINTER) + 4 * (i & INDEX), ORDER);
        v.intoMemorySegment(MEMORY, (speed & POINTER) + 4 * (i & INDEX), ORDER);
        v.intoMemorySegment(MEMORY, (lastSpeed & POINTER) + 4 * (i & INDEX), ORDER);
        end.intoMemorySegment(MEMORY, (terminated & POINTER) + 4 * (i & INDEX), ORDER);
        MINUS_ONE.intoMemorySegment(MEMORY, (reward & POINTER) + 4 * (i & INDEX), ORDER);
      } else {
        x.intoMemorySegment(MEMORY, (place & POINTER) + 4 * (i & INDEX), ORDER, rest);
        x.intoMemorySegment(MEMORY, (lastPlace & POINTER) + 4 * (i & INDEX), ORDER, rest);
        v.intoMemorySegment(MEMORY, (speed & POINTER) + 4 * (i & INDEX), ORDER, rest);
        v.intoMemorySegment(MEMORY, (lastSpeed & POINTER) + 4 * (i & INDEX), ORDER, rest);
        end.intoMemorySegment(MEMORY, (terminated & POINTER) + 4 * (i & INDEX), ORDER, rest);
        MINUS_ONE.intoMemorySegment(MEMORY, (reward & POINTER) + 4 * (i & INDEX), ORDER, rest);
      }
    }
  }

  private static void moveContinuous(
      long place,
      long speed,
      long action,
      long lastPlace,
      long lastSpeed,
      long reward,
      long terminated,
      int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var x = at(place, i, whole, rest);
      var v = at(lastSpeed, i, whole, rest);
      var a = at(action, i, whole, rest);
      v = clipped(clipped(a, MINUS_ONE, ONE).fma(POWER, v), MIN_SPEED, MAX_SPEED);
      x = clipped(x.add(v), LEFTMOST, RIGHTMOST);
      v = v.blend(ZERO, x.compare(LE, LEFTMOST).and(v.compare(LT, ZERO)));
      var end = ZERO.blend(ONE, x.compare(GE, CONTINUOUS_GOAL).and(v.compare(GE, ZERO)));
      var gain = a.mul(a).fma(MINUS_COST, end.mul(PRIZE));
      if (whole) {
        x.intoMemorySegment(MEMORY, (place & POINTER) + 4 * (i & INDEX), ORDER);
        x.intoMemorySegment(MEMORY, (lastPlace & POINTER) + 4 * (i & INDEX), ORDER);
        v.intoMemorySegment(MEMORY, (speed & POINTER) + 4 * (i & INDEX), ORDER);
        v.intoMemorySegment(MEMORY, (lastSpeed & POINTER) + 4 * (i & INDEX), ORDER);
        end.intoMemorySegment(MEMORY, (terminated & POINTER) + 4 * (i & INDEX), ORDER);
        gain.intoMemorySegment(MEMORY, (reward & POINTER) + 4 * (i & INDEX), ORDER);
      } else {
        x.intoMemorySegment(MEMORY, (place & POINTER) + 4 * (i & INDEX), ORDER, rest);
        x.intoMemorySegment(MEMORY, (lastPlace & POINTER) + 4 * (i & INDEX), ORDER, rest);
        v.intoMemorySegment(MEMORY, (speed & POINTER) + 4 * (i & INDEX), ORDER, rest);
        v.intoMemorySegment(MEMORY, (lastSpeed & POINTER) + 4 * (i & INDEX), ORDER, rest);
        end.intoMemorySegment(MEMORY, (terminated & POINTER) + 4 * (i & INDEX), ORDER, rest);
        gain.intoMemorySegment(MEMORY, (reward & POINTER) + 4 * (i & INDEX), ORDER, rest);
      }
    }
  }

  private static FloatVector clipped(FloatVector x, FloatVector low, FloatVector high) {
    return x.blend(high, x.compare(GT, high)).blend(low, x.compare(LT, low));
  }
}
