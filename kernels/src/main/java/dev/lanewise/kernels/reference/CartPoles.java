package dev.lanewise.kernels.reference;

import dev.lanewise.kernels.Kernels.Motion;

/** Gymnasium's CartPole-v1, one after another. */
final class CartPoles {
  private static final double G = 9.8, CART = 1, POLE = 0.1, TOTAL = CART + POLE;
  private static final double HALF_LENGTH = 0.5, FORCE = 10, DT = 0.02;
  private static final double FARTHEST = 2.4, STEEPEST = 12 * 2 * Math.PI / 360;

  private CartPoles() {}

  static void step(Motion motion) {
    for (int i = 0; i < motion.reward().lanes(); i++) {
      double x = Doubles.get(motion.observation(), 0, i);
      double speed = Doubles.get(motion.observation(), 1, i);
      double theta = Doubles.get(motion.observation(), 2, i);
      double turning = Doubles.get(motion.observation(), 3, i);
      double force = Doubles.get(motion.action(), 0, i) == 1 ? FORCE : -FORCE;

      double cos = Math.cos(theta), sin = Math.sin(theta);
      double push = (force + POLE * HALF_LENGTH * turning * turning * sin) / TOTAL;
      double angular =
          (G * sin - cos * push) / (HALF_LENGTH * (4.0 / 3 - POLE * cos * cos / TOTAL));
      double linear = push - POLE * HALF_LENGTH * angular * cos / TOTAL;
      double[] next = {
        x + DT * speed, speed + DT * linear, theta + DT * turning, turning + DT * angular
      };

      for (int j = 0; j < 4; j++) {
        Doubles.set(motion.observation(), j, i, next[j]);
        Doubles.set(motion.finalObservation(), j, i, next[j]);
      }
      Doubles.set(motion.reward(), 0, i, 1);
      boolean fallen = Math.abs(next[0]) > FARTHEST || Math.abs(next[2]) > STEEPEST;
      Doubles.set(motion.terminated(), 0, i, fallen ? 1 : 0);
    }
  }
}
