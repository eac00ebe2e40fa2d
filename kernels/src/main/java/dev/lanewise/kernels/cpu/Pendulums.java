package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.MEMORY;
import static dev.lanewise.kernels.cpu.Lanes.ORDER;
import static dev.lanewise.kernels.cpu.Lanes.all;
import static dev.lanewise.kernels.cpu.Lanes.at;
import static dev.lanewise.kernels.cpu.Lanes.bytes;
import static dev.lanewise.kernels.cpu.Lanes.put;
import static dev.lanewise.kernels.cpu.Lanes.rest;
import static dev.lanewise.kernels.cpu.Lanes.whole;
import static jdk.incubator.vector.VectorOperators.GT;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Kernels.Pendulum;
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

  /** Pendulums that are stepped at once, so that all their rows stay in L1. */
  private static final int BLOCK = 512;

  /**
   * A part of the step for n pendulums, {@code to} bytes behind the first. Parts are called through
   * an array so that each is compiled by itself: all in one are more than C2 inlines.
   */
  private interface Pass {
    void run(long to, int n);
  }

  private Pendulums() {}

  static Call step(Pendulum p) {
    if (Rows.isSplat(p.action())) {
      return Rows.oneByOne(p.state().lanes(), i -> step(p.lanes(i, i + 1)));
    }
    long theta = bytes(p.state().row(0)), speed = bytes(p.state().row(1));
    long action = bytes(p.action().address()), reward = bytes(p.reward().address());
    long cos = bytes(p.observation().row(0)), sin = bytes(p.observation().row(1));
    long seen = bytes(p.observation().row(2));
    // the reward is of the old state and may lie on the action: after its last other reader
    var passes =
        new Pass[] {
          (to, n) -> Functions.sin(theta + to, sin + to, n),
          (to, n) -> accelerate(speed + to, action + to, sin + to, seen + to, n),
          (to, n) -> reward(theta + to, speed + to, action + to, reward + to, n),
          (to, n) -> move(seen + to, theta + to, speed + to, n),
          (to, n) -> Functions.cos(theta + to, cos + to, n),
          (to, n) -> Functions.sin(theta + to, sin + to, n)
        };
    int lanes = p.state().lanes();
    return () -> {
      for (int i = 0; i < lanes; i += BLOCK) {
        for (var pass : passes) {
          pass.run(bytes(i), Math.min(BLOCK, lanes - i));
        }
      }
    };
  }

  // Each loop has one body for whole vectors and the rest, and its store written out, so that
  // everything is inlined before the compiler's budget for that is spent.

  private static void reward(long theta, long speed, long action, long reward, int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var u = clipped(whole ? at(action, i) : at(action, i, rest), MAX_TORQUE);
      var v = whole ? at(speed, i) : at(speed, i, rest);
      var angle = wrapped(whole ? at(theta, i) : at(theta, i, rest));
      var cost = v.mul(v).fma(SPEED_COST, u.mul(u).mul(TORQUE_COST));
      var result = angle.fma(angle, cost).neg();
      if (whole) {
        result.intoMemorySegment(MEMORY, reward + 4L * i, ORDER);
      } else {
        result.intoMemorySegment(MEMORY, reward + 4L * i, ORDER, rest);
      }
    }
  }

  private static void accelerate(long speed, long action, long sin, long faster, int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var u = clipped(whole ? at(action, i) : at(action, i, rest), MAX_TORQUE);
      var acceleration = (whole ? at(sin, i) : at(sin, i, rest)).fma(GRAVITY, u.mul(TORQUE));
      var v = whole ? at(speed, i) : at(speed, i, rest);
      var result = clipped(acceleration.fma(DT, v), MAX_SPEED);
      if (whole) {
        result.intoMemorySegment(MEMORY, faster + 4L * i, ORDER);
      } else {
        result.intoMemorySegment(MEMORY, faster + 4L * i, ORDER, rest);
      }
    }
  }

  private static void move(long faster, long theta, long speed, int n) {
    int i = 0;
    for (; i < whole(n); i += COUNT) {
      var v = at(faster, i);
      put(v.fma(DT, at(theta, i)), theta, i);
      put(v, speed, i);
    }
    if (i < n) {
      var rest = rest(n);
      var v = at(faster, i, rest);
      put(v.fma(DT, at(theta, i, rest)), theta, i, rest);
      put(v, speed, i, rest);
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
