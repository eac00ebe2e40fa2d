package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.all;
import static dev.lanewise.kernels.cpu.Lanes.at;
import static dev.lanewise.kernels.cpu.Lanes.bytes;
import static dev.lanewise.kernels.cpu.Lanes.put;
import static dev.lanewise.kernels.cpu.Lanes.rest;
import static dev.lanewise.kernels.cpu.Lanes.whole;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Kernels.Pendulum;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Gymnasium's Pendulum-v1, one lane a pendulum. */
final class Pendulums {
  private static final float DT = 0.05f;
  private static final float GRAVITY = 3 * 10 / 2f;
  private static final float TORQUE = 3;
  private static final float MAX_TORQUE = 2;
  private static final float MAX_SPEED = 8;
  private static final float ONE_OVER_TURN = 0x1.45f306p-3f;
  private static final float TURN_HIGH = 0x1.921fb6p2f;
  private static final float TURN_LOW = -0x1.777a5cp-23f;

  /** Pendulums that are stepped at once, so that all their rows stay in L1. */
  private static final int BLOCK = 512;

  private Pendulums() {}

  static Call step(Pendulum p) {
    if (Rows.isSplat(p.action())) {
      return Rows.oneByOne(p.state().lanes(), i -> step(p.lanes(i, i + 1)));
    }
    long theta = bytes(p.state().row(0)), speed = bytes(p.state().row(1));
    long action = bytes(p.action().address()), reward = bytes(p.reward().address());
    long cos = bytes(p.observation().row(0)), sin = bytes(p.observation().row(1));
    long seen = bytes(p.observation().row(2));
    int n = p.state().lanes();
    return () -> {
      for (int i = 0; i < n; i += BLOCK) {
        int count = Math.min(BLOCK, n - i);
        long to = bytes(i);
        Functions.sin(theta + to, sin + to, count);
        accelerate(theta + to, speed + to, action + to, sin + to, reward + to, count);
        move(speed + to, theta + to, seen + to, count);
        Functions.cos(theta + to, cos + to, count);
        Functions.sin(theta + to, sin + to, count);
      }
    };
  }

  /** The reward and the new speed. */
  private static void accelerate(
      long theta, long speed, long action, long sin, long reward, int n) {
    int i = 0;
    for (; i < whole(n); i += COUNT) {
      FloatVector u = clipped(at(action, i), MAX_TORQUE), before = at(speed, i);
      put(reward(at(theta, i), before, u), reward, i);
      put(faster(before, at(sin, i), u), speed, i);
    }
    if (i < n) {
      var rest = rest(n);
      FloatVector u = clipped(at(action, i, rest), MAX_TORQUE), before = at(speed, i, rest);
      put(reward(at(theta, i, rest), before, u), reward, i, rest);
      put(faster(before, at(sin, i, rest), u), speed, i, rest);
    }
  }

  private static FloatVector reward(FloatVector theta, FloatVector speed, FloatVector u) {
    var angle = wrapped(theta);
    var cost = speed.mul(speed).fma(all(0.1f), u.mul(u).mul(0.001f));
    return angle.fma(angle, cost).neg();
  }

  private static FloatVector faster(FloatVector speed, FloatVector sin, FloatVector u) {
    var acceleration = sin.fma(all(GRAVITY), u.mul(TORQUE));
    return clipped(acceleration.fma(all(DT), speed), MAX_SPEED);
  }

  private static void move(long speed, long theta, long seen, int n) {
    int i = 0;
    for (; i < whole(n); i += COUNT) {
      var v = at(speed, i);
      put(v.fma(all(DT), at(theta, i)), theta, i);
      put(v, seen, i);
    }
    if (i < n) {
      var rest = rest(n);
      var v = at(speed, i, rest);
      put(v.fma(all(DT), at(theta, i, rest)), theta, i, rest);
      put(v, seen, i, rest);
    }
  }

  private static FloatVector clipped(FloatVector x, float limit) {
    return x.blend(limit, x.compare(VectorOperators.GT, limit))
        .blend(-limit, x.compare(VectorOperators.LT, -limit));
  }

  /** x - 2π ⌊x / 2π + ½⌋ */
  private static FloatVector wrapped(FloatVector x) {
    var turns = Maps.floor(x.fma(all(ONE_OVER_TURN), all(0.5f)));
    return turns.fma(all(-TURN_LOW), turns.fma(all(-TURN_HIGH), x));
  }
}
