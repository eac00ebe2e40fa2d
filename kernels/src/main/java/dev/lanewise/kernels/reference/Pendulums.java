package dev.lanewise.kernels.reference;

import dev.lanewise.kernels.Kernels.Pendulum;

/** Gymnasium's Pendulum-v1, one after another. */
final class Pendulums {
  private static final double G = 10, MASS = 1, LENGTH = 1, DT = 0.05;
  private static final double MAX_TORQUE = 2, MAX_SPEED = 8;

  private Pendulums() {}

  static void step(Pendulum pendulum) {
    for (int i = 0; i < pendulum.reward().lanes(); i++) {
      double theta = Doubles.get(pendulum.hidden(), 0, i);
      double speed = Doubles.get(pendulum.observation(), 2, i);
      double u = Math.clamp(Doubles.get(pendulum.action(), 0, i), -MAX_TORQUE, MAX_TORQUE);
      double angle = wrap(theta);
      double reward = -(angle * angle + 0.1 * speed * speed + 0.001 * u * u);

      double acceleration =
          3 * G / (2 * LENGTH) * Math.sin(theta) + 3 / (MASS * LENGTH * LENGTH) * u;
      speed = Math.clamp(speed + acceleration * DT, -MAX_SPEED, MAX_SPEED);
      theta += speed * DT;

      Doubles.set(pendulum.hidden(), 0, i, theta);
      observe(pendulum, 0, i, Math.cos(theta));
      observe(pendulum, 1, i, Math.sin(theta));
      observe(pendulum, 2, i, speed);
      Doubles.set(pendulum.reward(), 0, i, reward);
    }
  }

  private static void observe(Pendulum pendulum, int row, int i, double value) {
    Doubles.set(pendulum.observation(), row, i, value);
    Doubles.set(pendulum.finalObservation(), row, i, value);
  }

  /** ((x + π) mod 2π) - π with the remainder that has the divisor's sign, as Python's. */
  private static double wrap(double x) {
    double remainder = (x + Math.PI) % (2 * Math.PI);
    return (remainder < 0 ? remainder + 2 * Math.PI : remainder) - Math.PI;
  }
}
