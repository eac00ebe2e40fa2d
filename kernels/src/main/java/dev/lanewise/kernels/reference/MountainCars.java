package dev.lanewise.kernels.reference;

import dev.lanewise.kernels.Kernels.Motion;

/** Gymnasium's MountainCar-v0 and MountainCarContinuous-v0, one after another. */
final class MountainCars {
  private static final double GRAVITY = 0.0025, MAX_SPEED = 0.07;
  private static final double LEFTMOST = -1.2, RIGHTMOST = 0.6;
  private static final double FORCE = 0.001, GOAL = 0.5;
  private static final double POWER = 0.0015;

  /** Compared with floats, so that it is one. */
  private static final float CONTINUOUS_GOAL = 0.45f;

  private MountainCars() {}

  static void step(Motion motion) {
    for (int i = 0; i < motion.reward().lanes(); i++) {
      double x = Doubles.get(motion.observation(), 0, i);
      double force = FORCE * (Doubles.get(motion.action(), 0, i) - 1);
      double v = faster(x, Doubles.get(motion.observation(), 1, i), force);
      x = Math.clamp(x + v, LEFTMOST, RIGHTMOST);
      v = x == LEFTMOST && v < 0 ? 0 : v;
      write(motion, i, x, v, x >= GOAL && v >= 0, -1);
    }
  }

  static void stepContinuous(Motion motion) {
    for (int i = 0; i < motion.reward().lanes(); i++) {
      double x = Doubles.get(motion.observation(), 0, i);
      double action = Doubles.get(motion.action(), 0, i);
      double force = POWER * Math.clamp(action, -1, 1);
      float v = (float) faster(x, Doubles.get(motion.observation(), 1, i), force);
      float at = (float) Math.clamp(x + v, LEFTMOST, RIGHTMOST);
      v = at == (float) LEFTMOST && v < 0 ? 0 : v;
      boolean arrived = at >= CONTINUOUS_GOAL && v >= 0;
      write(motion, i, at, v, arrived, (arrived ? 100 : 0) - 0.1 * action * action);
    }
  }

  private static double faster(double x, double v, double force) {
    return Math.clamp(v + force - GRAVITY * Math.cos(3 * x), -MAX_SPEED, MAX_SPEED);
  }

  private static void write(
      Motion motion, int i, double x, double v, boolean arrived, double reward) {
    Doubles.set(motion.observation(), 0, i, x);
    Doubles.set(motion.observation(), 1, i, v);
    Doubles.set(motion.finalObservation(), 0, i, x);
    Doubles.set(motion.finalObservation(), 1, i, v);
    Doubles.set(motion.reward(), 0, i, reward);
    Doubles.set(motion.terminated(), 0, i, arrived ? 1 : 0);
  }
}
