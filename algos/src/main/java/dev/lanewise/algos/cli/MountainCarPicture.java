package dev.lanewise.algos.cli;

import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;
import java.awt.geom.RoundRectangle2D;

/**
 * MountainCar-v0 and MountainCarContinuous-v0, which observe (x, ẋ): the road is 0.45 sin 3x + 0.55
 * high from x = -1.2 to 0.6, the flag stands at the goal. An arrow is the engine's force.
 */
final class MountainCarPicture implements Picture {
  private static final double LEFT = -1.2, RIGHT = 0.6, SCALE = 600 / (RIGHT - LEFT);

  private final boolean continuous;

  MountainCarPicture(boolean continuous) {
    this.continuous = continuous;
  }

  /** Its time has no seconds: Gymnasium's rendering. */
  @Override
  public double stepsPerSecond() {
    return 30;
  }

  private double toX(double position) {
    return (position - LEFT) * SCALE;
  }

  private double toY(double position) {
    return height() - 10 - (0.45 * Math.sin(3 * position) + 0.55) * SCALE;
  }

  @Override
  public void draw(Graphics2D g, Moment now) {
    float[] observation = now.observation(), action = now.action();
    var hill = new Path2D.Double();
    hill.moveTo(0, height());
    for (double x = 0; x <= width(); x += 2) {
      hill.lineTo(x, toY(LEFT + x / SCALE));
    }
    hill.lineTo(width(), height());
    hill.closePath();
    Inks.fill(g, Inks.GROUND, hill);

    double goal = continuous ? 0.45 : 0.5;
    Inks.line(g, Inks.TEXT, toX(goal), toY(goal), toX(goal), toY(goal) - 50, 2);
    var flag = new Path2D.Double();
    flag.moveTo(toX(goal), toY(goal) - 50);
    flag.lineTo(toX(goal) + 24, toY(goal) - 43);
    flag.lineTo(toX(goal), toY(goal) - 36);
    flag.closePath();
    Inks.fill(g, Inks.GREEN, flag);

    car(g, observation[0], force(action));
  }

  /** From -1 to 1; actions 0, 1, 2 are left, none and right. */
  private double force(float[] action) {
    if (action.length == 0) {
      return 0;
    }
    return continuous ? Math.clamp(action[0], -1.0, 1.0) : action[0] - 1;
  }

  /** It stands along the road, whose slope is 0.45 · 3 cos 3x. */
  private void car(Graphics2D g, double position, double force) {
    double slope = Math.atan(0.45 * 3 * Math.cos(3 * position));
    var before = g.getTransform();
    g.translate(toX(position), toY(position));
    g.transform(AffineTransform.getRotateInstance(-slope));
    Inks.fill(g, Inks.BLUE, new RoundRectangle2D.Double(-24, -30, 48, 20, 10, 10));
    Inks.disc(g, Inks.TEXT, -13, -8, 8);
    Inks.disc(g, Inks.TEXT, 13, -8, 8);
    double side = Math.signum(force);
    Inks.arrow(g, side * 28, -20, side * 28 + force * 40, -20);
    g.setTransform(before);
  }
}
