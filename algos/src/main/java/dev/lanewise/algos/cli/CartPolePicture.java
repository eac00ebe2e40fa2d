package dev.lanewise.algos.cli;

import java.awt.Graphics2D;
import java.awt.geom.RoundRectangle2D;

/**
 * CartPole-v1, which observes (x, ẋ, θ, θ̇) in metres and radians: θ grows clockwise from upright,
 * the pole is 1 m long, the cart may go to ±2.4 m. An arrow is the push.
 */
final class CartPolePicture implements Picture {
  private static final double METRE = 95;

  @Override
  public int width() {
    return 600;
  }

  @Override
  public int height() {
    return 300;
  }

  /** A step is 0.02 s. */
  @Override
  public double stepsPerSecond() {
    return 50;
  }

  @Override
  public void draw(Graphics2D g, Moment now) {
    float[] observation = now.observation(), action = now.action();
    double middle = width() / 2.0, ground = 245;
    double x = middle + METRE * observation[0], axle = ground - 36;
    double angle = observation[2];
    Inks.line(g, Inks.LINE, 0, ground, width(), ground, 2);
    for (int side = -1; side <= 1; side += 2) {
      double edge = middle + side * 2.4 * METRE;
      Inks.line(g, Inks.LINE, edge, ground - 8, edge, ground + 8, 2);
    }
    Inks.fill(g, Inks.BLUE, new RoundRectangle2D.Double(x - 36, axle - 14, 72, 32, 8, 8));
    Inks.disc(g, Inks.TEXT, x - 20, ground - 9, 9);
    Inks.disc(g, Inks.TEXT, x + 20, ground - 9, 9);
    Inks.rod(
        g, Inks.ORANGE, x, axle, x + METRE * Math.sin(angle), axle - METRE * Math.cos(angle), 12);
    Inks.disc(g, Inks.TEXT, x, axle, 5);
    if (action.length > 0) {
      double push = action[0] == 1 ? 1 : -1;
      Inks.arrow(g, x + push * 42, axle + 2, x + push * 78, axle + 2);
    }
  }
}
