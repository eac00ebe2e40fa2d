package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.ORDER;
import static dev.lanewise.kernels.cpu.Lanes.all;
import static dev.lanewise.kernels.cpu.Lanes.bytes;
import static dev.lanewise.kernels.cpu.Lanes.rest;
import static dev.lanewise.kernels.cpu.Lanes.whole;
import static dev.lanewise.kernels.cpu.Pointers.INDEX;
import static dev.lanewise.kernels.cpu.Pointers.MEMORY;
import static dev.lanewise.kernels.cpu.Pointers.POINTER;
import static dev.lanewise.kernels.cpu.Pointers.at;
import static dev.lanewise.kernels.cpu.Pointers.put;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Kernels.Motion;
import dev.lanewise.kernels.View;
import jdk.incubator.vector.FloatVector;

/**
 * Gymnasium's Acrobot-v1, one lane an acrobot.
 *
 * <p>The accelerations solve M θ̈ = b with M = (d₁, d₂; d₂, 1.25), b₁ = -φ₁ and b₂ = τ - ½ sin θ₂
 * θ̇₁² - φ₂, by one division by det M = 2.8125 - ¼ cos² θ₂. Since the derivative of an angle is its
 * speed, the method of Runge and Kutta needs the accelerations α₁ to α₄ of its stages alone, as in
 * Nyström's form of it: the angles of the stages are θ, θ + ½hω, θ + ½hω + ¼h²α₁ and θ + hω +
 * ½h²α₂, and in the end θ + hω + ⅙h² (α₁ + α₂ + α₃).
 */
final class Acrobots {
  private static final float H = 0.2f;

  private static final FloatVector ZERO = all(0);
  private static final FloatVector ONE = all(1);
  private static final FloatVector MINUS_ONE = all(-1);
  private static final FloatVector TWO = all(2);
  private static final FloatVector HALF = all(0.5f);
  private static final FloatVector STEP = all(H);
  private static final FloatVector HALF_STEP = all(H / 2);
  private static final FloatVector QUARTER_SQUARE = all((float) (0.2 * 0.2 / 4));
  private static final FloatVector HALF_SQUARE = all((float) (0.2 * 0.2 / 2));
  private static final FloatVector SIXTH_SQUARE = all((float) (0.2 * 0.2 / 6));
  private static final FloatVector SIXTH_STEP = all((float) (0.2 / 6));

  private static final FloatVector GRAVITY_1 = all(14.7f);
  private static final FloatVector GRAVITY_2 = all(4.9f);
  private static final FloatVector D1 = all(3.5f);
  private static final FloatVector D2 = all(1.25f);
  private static final FloatVector MINUS_QUARTER = all(-0.25f);
  private static final FloatVector DETERMINANT = all(2.8125f);

  private static final FloatVector MAX_SPEED_1 = all((float) (4 * Math.PI));
  private static final FloatVector MAX_SPEED_2 = all((float) (9 * Math.PI));
  private static final FloatVector ONE_OVER_TURN = all(0x1.45f306p-3f);
  private static final FloatVector MINUS_TURN_HIGH = all(-0x1.921fb6p2f);
  private static final FloatVector MINUS_TURN_LOW = all(0x1.777a5cp-23f);

  /** Adding and subtracting 1.5 · 2²³ rounds to the nearest whole number. */
  private static final FloatVector ROUND = all(0x1.8p23f);

  private static final int BLOCK = 512;
  private static final long ROW = bytes(BLOCK);

  // rows of the scratch: angles, later their sines and a cosine; speeds; accelerations of a stage
  private static final long SIN_1 = 0, SIN_12 = ROW, SIN_2 = 2 * ROW, COS_2 = 3 * ROW;
  private static final long SPEED_1 = 4 * ROW, SPEED_2 = 5 * ROW;
  private static final long ALPHA = 6 * ROW, STAGE = 2 * ROW, JOINT = ROW;
  private static final long SCRATCH = ALPHA + 4 * STAGE;

  /** A part of the step for n acrobots, {@code to} bytes behind the first. */
  private interface Pass {
    void run(long scratch, long to, int n);
  }

  private Acrobots() {}

  static Call step(Motion m) {
    if (Rows.isSplat(m.action())) {
      return Rows.oneByOne(m.reward().lanes(), i -> step(m.lanes(i, i + 1)));
    }
    View hidden = m.hidden(), now = m.observation(), last = m.finalObservation();
    long angle1 = Pointers.ofRow(hidden, 0), angle2 = Pointers.ofRow(hidden, 1);
    long cos1 = Pointers.ofRow(now, 0), sin1 = Pointers.ofRow(now, 1);
    long cos2 = Pointers.ofRow(now, 2), sin2 = Pointers.ofRow(now, 3);
    long speed1 = Pointers.ofRow(now, 4), speed2 = Pointers.ofRow(now, 5);
    long lastSpeed1 = Pointers.ofRow(last, 4), lastSpeed2 = Pointers.ofRow(last, 5);
    long action = Pointers.of(m.action()), reward = Pointers.of(m.reward());
    long terminated = Pointers.of(m.terminated());
    long seen = Pointers.of(now.rows(0, 4)), seenRow = bytes(now.rowStride());
    long kept = Pointers.of(last.rows(0, 4)), keptRow = bytes(last.rowStride());

    long first = ALPHA, second = first + STAGE, third = second + STAGE, fourth = third + STAGE;
    Pass sine1 = (s, to, n) -> Functions.sinNear(s + SIN_1, s + SIN_1, n);
    Pass sine12 = (s, to, n) -> Functions.sinNear(s + SIN_12, s + SIN_12, n);
    Pass both2 = (s, to, n) -> Functions.cosSinNear(s + SIN_2, s + COS_2, s + SIN_2, n);
    var passes =
        new Pass[] {
          (s, to, n) -> begin(angle1 + to, angle2 + to, sin1 + to, cos2 + to, sin2 + to, s, n),
          sine12,
          (s, to, n) -> accelerate(speed1 + to, speed2 + to, action + to, s, s + first, n),
          (s, to, n) ->
              angles(
                  angle1 + to,
                  speed1 + to,
                  angle2 + to,
                  speed2 + to,
                  HALF_STEP,
                  ZERO,
                  s + first,
                  s,
                  n),
          (s, to, n) -> speeds(speed1 + to, speed2 + to, HALF_STEP, s + first, s, n),
          sine1,
          sine12,
          both2,
          (s, to, n) -> accelerate(s + SPEED_1, s + SPEED_2, action + to, s, s + second, n),
          (s, to, n) ->
              angles(
                  angle1 + to,
                  speed1 + to,
                  angle2 + to,
                  speed2 + to,
                  HALF_STEP,
                  QUARTER_SQUARE,
                  s + first,
                  s,
                  n),
          (s, to, n) -> speeds(speed1 + to, speed2 + to, HALF_STEP, s + second, s, n),
          sine1,
          sine12,
          both2,
          (s, to, n) -> accelerate(s + SPEED_1, s + SPEED_2, action + to, s, s + third, n),
          (s, to, n) ->
              angles(
                  angle1 + to,
                  speed1 + to,
                  angle2 + to,
                  speed2 + to,
                  STEP,
                  HALF_SQUARE,
                  s + second,
                  s,
                  n),
          (s, to, n) -> speeds(speed1 + to, speed2 + to, STEP, s + third, s, n),
          sine1,
          sine12,
          both2,
          (s, to, n) -> accelerate(s + SPEED_1, s + SPEED_2, action + to, s, s + fourth, n),
          (s, to, n) -> turn(angle1 + to, speed1 + to, s + ALPHA, n),
          (s, to, n) -> turn(angle2 + to, speed2 + to, s + ALPHA + JOINT, n),
          (s, to, n) -> hasten(speed1 + to, lastSpeed1 + to, s + ALPHA, MAX_SPEED_1, n),
          (s, to, n) -> hasten(speed2 + to, lastSpeed2 + to, s + ALPHA + JOINT, MAX_SPEED_2, n),
          (s, to, n) -> Functions.cosSinNear(angle1 + to, cos1 + to, sin1 + to, n),
          (s, to, n) -> Functions.cosSinNear(angle2 + to, cos2 + to, sin2 + to, n),
          (s, to, n) ->
              judge(cos1 + to, sin1 + to, cos2 + to, sin2 + to, reward + to, terminated + to, n),
          (s, to, n) -> Packing.copyExactly(seen + to, seenRow, kept + to, keptRow, 4, n)
        };
    int lanes = m.reward().lanes();
    return () -> {
      long scratch = Scratch.mine().start(SCRATCH);
      for (int i = 0; i < lanes; i += BLOCK) {
        for (var pass : passes) {
          pass.run(scratch, bytes(i), Math.min(BLOCK, lanes - i));
        }
      }
    };
  }

  // The scratch has room for whole vectors, so that what lies only there needs no mask.

  /** The sum of the angles, and what was observed of each. */
  private static void begin(
      long angle1, long angle2, long sin1, long cos2, long sin2, long scratch, int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var one = at(angle1, i, whole, rest);
      var two = at(angle2, i, whole, rest);
      put(one.add(two), scratch + SIN_12, i);
      put(at(sin1, i, whole, rest), scratch + SIN_1, i);
      put(at(cos2, i, whole, rest), scratch + COS_2, i);
      put(at(sin2, i, whole, rest), scratch + SIN_2, i);
    }
  }

  /** θ + c ω + d α of both joints, and the sum */
  private static void angles(
      long angle1,
      long speed1,
      long angle2,
      long speed2,
      FloatVector c,
      FloatVector d,
      long alpha,
      long scratch,
      int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var omega1 = at(speed1, i, whole, rest);
      var omega2 = at(speed2, i, whole, rest);
      var theta1 = at(angle1, i, whole, rest);
      var theta2 = at(angle2, i, whole, rest);
      var one = at(alpha, i).fma(d, omega1.fma(c, theta1));
      var two = at(alpha + JOINT, i).fma(d, omega2.fma(c, theta2));
      put(one, scratch + SIN_1, i);
      put(two, scratch + SIN_2, i);
      put(one.add(two), scratch + SIN_12, i);
    }
  }

  /** ω + c α of both joints */
  private static void speeds(
      long speed1, long speed2, FloatVector c, long alpha, long scratch, int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var one = at(speed1, i, whole, rest);
      var two = at(speed2, i, whole, rest);
      put(at(alpha, i).fma(c, one), scratch + SPEED_1, i);
      put(at(alpha + JOINT, i).fma(c, two), scratch + SPEED_2, i);
    }
  }

  private static void accelerate(
      long speed1, long speed2, long action, long scratch, long alpha, int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var omega1 = at(speed1, i, whole, rest);
      var omega2 = at(speed2, i, whole, rest);
      var torque = at(action, i, whole, rest).sub(ONE);
      var cos = at(scratch + COS_2, i);
      var arm = at(scratch + SIN_2, i).mul(HALF);
      var phi2 = at(scratch + SIN_12, i).mul(GRAVITY_2);
      var phi1 =
          at(scratch + SIN_1, i)
              .fma(GRAVITY_1, phi2)
              .sub(arm.mul(omega2).mul(omega1.fma(TWO, omega2)));
      var b = torque.sub(phi2).sub(arm.mul(omega1).mul(omega1));
      var d2 = cos.fma(HALF, D2);
      var inverse = ONE.div(cos.mul(cos).fma(MINUS_QUARTER, DETERMINANT));
      var first = phi1.fma(D2, d2.mul(b)).mul(inverse).neg();
      var second = cos.add(D1).fma(b, d2.mul(phi1)).mul(inverse);
      first.intoMemorySegment(MEMORY, (alpha & POINTER) + 4 * (i & INDEX), ORDER);
      second.intoMemorySegment(MEMORY, (alpha + JOINT & POINTER) + 4 * (i & INDEX), ORDER);
    }
  }

  /** θ + hω + ⅙h² (α₁ + α₂ + α₃), wrapped */
  private static void turn(long angle, long speed, long alpha, int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var omega = at(speed, i, whole, rest);
      var theta = omega.fma(STEP, at(angle, i, whole, rest));
      var sum = at(alpha, i).add(at(alpha + STAGE, i)).add(at(alpha + 2 * STAGE, i));
      theta = sum.fma(SIXTH_SQUARE, theta);
      var turns = theta.fma(ONE_OVER_TURN, ROUND).sub(ROUND);
      theta = turns.fma(MINUS_TURN_LOW, turns.fma(MINUS_TURN_HIGH, theta));
      if (whole) {
        theta.intoMemorySegment(MEMORY, (angle & POINTER) + 4 * (i & INDEX), ORDER);
      } else {
        theta.intoMemorySegment(MEMORY, (angle & POINTER) + 4 * (i & INDEX), ORDER, rest);
      }
    }
  }

  /** ω + ⅙h (α₁ + 2 α₂ + 2 α₃ + α₄), clipped */
  private static void hasten(long speed, long lastSpeed, long alpha, FloatVector limit, int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var middle = at(alpha + STAGE, i).add(at(alpha + 2 * STAGE, i));
      var sum = middle.fma(TWO, at(alpha, i).add(at(alpha + 3 * STAGE, i)));
      var omega = sum.fma(SIXTH_STEP, at(speed, i, whole, rest));
      omega = omega.blend(limit, omega.compare(GT, limit));
      omega = omega.blend(limit.neg(), omega.compare(LT, limit.neg()));
      if (whole) {
        omega.intoMemorySegment(MEMORY, (speed & POINTER) + 4 * (i & INDEX), ORDER);
        omega.intoMemorySegment(MEMORY, (lastSpeed & POINTER) + 4 * (i & INDEX), ORDER);
      } else {
        omega.intoMemorySegment(MEMORY, (speed & POINTER) + 4 * (i & INDEX), ORDER, rest);
        omega.intoMemorySegment(MEMORY, (lastSpeed & POINTER) + 4 * (i & INDEX), ORDER, rest);
      }
    }
  }

  /** cos(θ₁ + θ₂) = cos θ₁ cos θ₂ - sin θ₁ sin θ₂ */
  private static void judge(
      long cos1, long sin1, long cos2, long sin2, long reward, long terminated, int n) {
    var rest = rest(n);
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var one = at(cos1, i, whole, rest);
      var two = at(cos2, i, whole, rest);
      var sines = at(sin1, i, whole, rest).mul(at(sin2, i, whole, rest));
      var height = sines.sub(one.fma(two, one));
      var high = ZERO.blend(ONE, height.compare(GT, ONE));
      var cost = high.add(MINUS_ONE);
      if (whole) {
        high.intoMemorySegment(MEMORY, (terminated & POINTER) + 4 * (i & INDEX), ORDER);
        cost.intoMemorySegment(MEMORY, (reward & POINTER) + 4 * (i & INDEX), ORDER);
      } else {
        high.intoMemorySegment(MEMORY, (terminated & POINTER) + 4 * (i & INDEX), ORDER, rest);
        cost.intoMemorySegment(MEMORY, (reward & POINTER) + 4 * (i & INDEX), ORDER, rest);
      }
    }
  }
}
