package dev.lanewise.algos.cli;

import java.awt.Graphics2D;

/**
 * Pendulum-v1, which observes (cos θ, sin θ, θ̇): θ = 0 is upright, and θ grows counterclockwise,
 * as in Gymnasium's rendering. An arrow around the pivot is the torque, of ±2 N m at most.
 */
final class PendulumPicture implements Picture {
  private static final double ROD = 140;

  @Override
  public int width() {
    return 400;
  }

  /** A step is 0.05 s. */
  @Override
  public double stepsPerSecond() {
    return 20;
  }

  @Override
  public void draw(Graphics2D g, Moment now) {
    float[] observation = now.observation(), action = now.action();
    double x = width() / 2.0, y = height() / 2.0;
    double toX = x - ROD * observation[1], toY = y - ROD * observation[0];
    Inks.line(g, Inks.GROUND, x, y - ROD - 30, x, y - ROD - 14, 2);
    Inks.rod(g, Inks.BLUE, x, y, toX, toY, 22);
    Inks.disc(g, Inks.TEXT, x, y, 6);
    if (action.length > 0) {
      Inks.turn(g, x, y, 42, action[0] / 2);
    }
  }
}
