package dev.lanewise.algos.cli;

import dev.lanewise.engine.env.Scene.Mark;
import dev.lanewise.engine.env.Scene.Point;
import dev.lanewise.engine.env.Scene.Polygon;
import java.awt.BasicStroke;
import java.awt.Graphics2D;
import java.awt.geom.Path2D;
import java.util.List;

/**
 * LunarLander-v3 and LunarLanderContinuous-v3: their viewport of 20 m by 13⅓ m. The engines that
 * fire have plumes, which push the craft away from them.
 */
final class LunarLanderPicture implements Picture {
  private static final double METRE = 30;

  private final boolean continuous;

  LunarLanderPicture(boolean continuous) {
    this.continuous = continuous;
  }

  /** A step is 0.02 s. */
  @Override
  public double stepsPerSecond() {
    return 50;
  }

  private double toX(Point p) {
    return METRE * p.x();
  }

  private double toY(Point p) {
    return height() - METRE * p.z();
  }

  @Override
  public void draw(Graphics2D g, Moment now) {
    for (var shape : now.scene().shapes()) {
      if (shape instanceof Mark(_, Point at)) {
        flag(g, toX(at), toY(at));
      } else if (shape instanceof Polygon(String part, List<Point> corners)) {
        if (part.equals("hull")) {
          plumes(g, corners, now.action());
        }
        var path = path(corners);
        Inks.fill(g, part.equals("moon") ? Inks.GROUND : Inks.BLUE, path);
        g.setColor(part.equals("moon") ? Inks.LINE : Inks.TEXT);
        g.setStroke(new BasicStroke(1));
        g.draw(path);
      }
    }
  }

  private Path2D path(List<Point> corners) {
    var path = new Path2D.Double();
    path.moveTo(toX(corners.getFirst()), toY(corners.getFirst()));
    corners.stream().skip(1).forEach(p -> path.lineTo(toX(p), toY(p)));
    path.closePath();
    return path;
  }

  private static void flag(Graphics2D g, double x, double y) {
    Inks.line(g, Inks.TEXT, x, y, x, y - 50, 2);
    var flag = new Path2D.Double();
    flag.moveTo(x, y - 50);
    flag.lineTo(x + 24, y - 43);
    flag.lineTo(x, y - 36);
    flag.closePath();
    Inks.fill(g, Inks.GREEN, flag);
  }

  /** The hull's corners begin on its right, at the bottom, and go up, over its top and down. */
  private void plumes(Graphics2D g, List<Point> hull, float[] action) {
    plume(g, between(hull.get(5), hull.get(0)), between(hull.get(2), hull.get(3)), main(action));
    double side = side(action);
    var right = between(hull.get(1), hull.get(2));
    var left = between(hull.get(4), hull.get(3));
    plume(g, right, left, Math.max(0, -side));
    plume(g, left, right, Math.max(0, side));
  }

  private static Point between(Point a, Point b) {
    return new Point((a.x() + b.x()) / 2, 0, (a.z() + b.z()) / 2);
  }

  /** A flame at a nozzle, away from what lies behind it. */
  private void plume(Graphics2D g, Point nozzle, Point behind, double power) {
    double x = toX(nozzle), y = toY(nozzle);
    double ux = x - toX(behind), uy = y - toY(behind);
    double scale = 1 / Math.hypot(ux, uy);
    double length = 30 * power * scale, width = 6 * power * scale;
    var flame = new Path2D.Double();
    flame.moveTo(x + uy * width, y - ux * width);
    flame.lineTo(x + ux * length, y + uy * length);
    flame.lineTo(x - uy * width, y + ux * width);
    flame.closePath();
    Inks.fill(g, Inks.ORANGE, flame);
  }

  /** Power of the main engine: action 2, or from a half at 0 to full at 1. */
  private double main(float[] action) {
    if (action.length == 0) {
      return 0;
    }
    if (!continuous) {
      return action[0] == 2 ? 1 : 0;
    }
    return action[0] > 0 ? (Math.min(action[0], 1) + 1) / 2 : 0;
  }

  /** Power of the side engines: actions 1 and 3, or all beyond a half; negative to the left. */
  private double side(float[] action) {
    if (action.length == 0) {
      return 0;
    }
    if (!continuous) {
      return action[0] == 1 ? -1 : action[0] == 3 ? 1 : 0;
    }
    return Math.abs(action[1]) > 0.5 ? Math.clamp(action[1], -1, 1) : 0;
  }
}
