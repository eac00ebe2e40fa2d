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
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Kernels.Motion;
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
      return Rows.oneByOne(m.state().lanes(), i -> step(m.lanes(i, i + 1)));
    }
    long x = Pointers.ofRow(m.state(), 0), speed = Pointers.ofRow(m.state(), 1);
    long seenX = Pointers.ofRow(m.observation(), 0), seenSpeed = Pointers.ofRow(m.observation(), 1);
    long action = Pointers.of(m.action()), reward = Pointers.of(m.reward());
    long terminated = Pointers.of(m.terminated());
    return Passes.call(
        m.state().lanes(),
        (to, n) -> slope(x + to, speed + to, seenSpeed + to, n),
        (to, n) -> push(action + to, reward + to, seenSpeed + to, n),
        (to, n) -> move(x + to, speed + to, seenX + to, seenSpeed + to, n),
        (to, n) -> judge(x + to, speed + to, terminated + to, GOAL, n));
  }

  static Call stepContinuous(Motion m) {
    if (Rows.isSplat(m.action())) {
      return Rows.oneByOne(m.state().lanes(), i -> stepContinuous(m.lanes(i, i + 1)));
    }
    long x = Pointers.ofRow(m.state(), 0), speed = Pointers.ofRow(m.state(), 1);
    long seenX = Pointers.ofRow(m.observation(), 0), seenSpeed = Pointers.ofRow(m.observation(), 1);
    long action = Pointers.of(m.action()), reward = Pointers.of(m.reward());
    long terminated = Pointers.of(m.terminated());
    return Passes.call(
        m.state().lanes(),
        (to, n) -> slope(x + to, speed + to, seenSpeed + to, n),
        (to, n) -> pushContinuous(action + to, seenSpeed + to, n),
        (to, n) -> move(x + to, speed + to, seenX + to, seenSpeed + to, n),
        (to, n) -> judge(x + to, speed + to, terminated + to, CONTINUOUS_GOAL, n),
        (to, n) -> prize(action + to, terminated + to, reward + to, n));
  }

  /** faster = v - 0.0025 cos 3x */
  private static void slope(long x, long speed, long faster, int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var cos = Functions.cos((whole ? at(x, i) : at(x, i, rest)).mul(THREE));
      var v = cos.fma(MINUS_GRAVITY, whole ? at(speed, i) : at(speed, i, rest));
      if (whole) {
        v.intoMemorySegment(MEMORY, (faster & POINTER) + 4 * (i & INDEX), ORDER);
      } else {
        v.intoMemorySegment(MEMORY, (faster & POINTER) + 4 * (i & INDEX), ORDER, rest);
      }
    }
  }

  private static void push(long action, long reward, long faster, int n) {
    int i = 0;
    for (; i < whole(n); i += COUNT) {
      put(at(action, i).sub(ONE).fma(FORCE, at(faster, i)), faster, i);
      put(MINUS_ONE, reward, i);
    }
    if (i < n) {
      var rest = rest(n);
      put(at(action, i, rest).sub(ONE).fma(FORCE, at(faster, i, rest)), faster, i, rest);
      put(MINUS_ONE, reward, i, rest);
    }
  }

  private static void pushContinuous(long action, long faster, int n) {
    int i = 0;
    for (; i < whole(n); i += COUNT) {
      put(clipped(at(action, i), MINUS_ONE, ONE).fma(POWER, at(faster, i)), faster, i);
    }
    if (i < n) {
      var rest = rest(n);
      var force = clipped(at(action, i, rest), MINUS_ONE, ONE);
      put(force.fma(POWER, at(faster, i, rest)), faster, i, rest);
    }
  }

  private static void move(long place, long speed, long seenPlace, long faster, int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var v = clipped(whole ? at(faster, i) : at(faster, i, rest), MIN_SPEED, MAX_SPEED);
      var x = clipped((whole ? at(place, i) : at(place, i, rest)).add(v), LEFTMOST, RIGHTMOST);
      v = v.blend(ZERO, x.compare(LE, LEFTMOST).and(v.compare(LT, ZERO)));
      if (whole) {
        x.intoMemorySegment(MEMORY, (place & POINTER) + 4 * (i & INDEX), ORDER);
        x.intoMemorySegment(MEMORY, (seenPlace & POINTER) + 4 * (i & INDEX), ORDER);
        v.intoMemorySegment(MEMORY, (speed & POINTER) + 4 * (i & INDEX), ORDER);
        v.intoMemorySegment(MEMORY, (faster & POINTER) + 4 * (i & INDEX), ORDER);
      } else {
        x.intoMemorySegment(MEMORY, (place & POINTER) + 4 * (i & INDEX), ORDER, rest);
        x.intoMemorySegment(MEMORY, (seenPlace & POINTER) + 4 * (i & INDEX), ORDER, rest);
        v.intoMemorySegment(MEMORY, (speed & POINTER) + 4 * (i & INDEX), ORDER, rest);
        v.intoMemorySegment(MEMORY, (faster & POINTER) + 4 * (i & INDEX), ORDER, rest);
      }
    }
  }

  private static void judge(long x, long speed, long terminated, FloatVector goal, int n) {
    int i = 0;
    for (; i < whole(n); i += COUNT) {
      var there = at(x, i).compare(GE, goal).and(at(speed, i).compare(GE, ZERO));
      put(ZERO.blend(ONE, there), terminated, i);
    }
    if (i < n) {
      var rest = rest(n);
      var there = at(x, i, rest).compare(GE, goal).and(at(speed, i, rest).compare(GE, ZERO));
      put(ZERO.blend(ONE, there), terminated, i, rest);
    }
  }

  private static void prize(long action, long terminated, long reward, int n) {
    int i = 0;
    for (; i < whole(n); i += COUNT) {
      var a = at(action, i);
      put(a.mul(a).fma(MINUS_COST, at(terminated, i).mul(PRIZE)), reward, i);
    }
    if (i < n) {
      var rest = rest(n);
      var a = at(action, i, rest);
      put(a.mul(a).fma(MINUS_COST, at(terminated, i, rest).mul(PRIZE)), reward, i, rest);
    }
  }

  private static FloatVector clipped(FloatVector x, FloatVector low, FloatVector high) {
    return x.blend(high, x.compare(GT, high)).blend(low, x.compare(LT, low));
  }
}
