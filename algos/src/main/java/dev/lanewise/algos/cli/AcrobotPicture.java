package dev.lanewise.algos.cli;

import java.awt.Graphics2D;

/**
 * Acrobot-v1, which observes (cos θ₁, sin θ₁, cos θ₂, sin θ₂, ...): θ₁ = 0 hangs down and grows
 * counterclockwise, θ₂ is the angle between the links, each 1 m long; the goal is to swing the tip
 * above the line. An arrow around the joint is the torque between them.
 */
final class AcrobotPicture implements Picture {
  private static final double METRE = 80;

  @Override
  public int width() {
    return 400;
  }

  /** As Gymnasium's rendering: three times as fast as its steps of 0.2 s. */
  @Override
  public double stepsPerSecond() {
    return 15;
  }

  @Override
  public void draw(Graphics2D g, Moment now) {
    float[] observation = now.observation(), action = now.action();
    double first = Math.atan2(observation[1], observation[0]);
    double second = first + Math.atan2(observation[3], observation[2]);
    double x0 = width() / 2.0, y0 = height() / 2.0 + 10;
    double x1 = x0 + METRE * Math.sin(first), y1 = y0 + METRE * Math.cos(first);
    double x2 = x1 + METRE * Math.sin(second), y2 = y1 + METRE * Math.cos(second);
    Inks.line(g, Inks.GREEN, 0, y0 - METRE, width(), y0 - METRE, 2);
    Inks.rod(g, Inks.BLUE, x0, y0, x1, y1, 16);
    Inks.rod(g, Inks.ORANGE, x1, y1, x2, y2, 16);
    Inks.disc(g, Inks.TEXT, x0, y0, 5);
    Inks.disc(g, Inks.TEXT, x1, y1, 5);
    if (action.length > 0) {
      Inks.turn(g, x1, y1, 26, action[0] - 1);
    }
  }
}
