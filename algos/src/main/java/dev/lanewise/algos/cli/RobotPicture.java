package dev.lanewise.algos.cli;

import dev.lanewise.engine.env.Scene;
import dev.lanewise.engine.env.Scene.Capsule;
import dev.lanewise.engine.env.Scene.Cylinder;
import dev.lanewise.engine.env.Scene.Floor;
import dev.lanewise.engine.env.Scene.Point;
import dev.lanewise.engine.env.Scene.Shape;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Path2D;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A MuJoCo robot: what it is made of, in the order in which it lies from the camera, over its
 * floor. Lines on the floor are a metre apart, {@link #line} if the picture is a close one.
 *
 * @param camera where it is seen from
 * @param metre pixels
 * @param centre of the picture
 * @param follows whether the centre moves over the floor with the robot's first piece
 * @param stepsPerSecond of the robot's time
 */
record RobotPicture(
    Camera camera, double metre, Point centre, boolean follows, double stepsPerSecond)
    implements Picture {
  private static final Pattern SECOND = Pattern.compile("left.*|front.*|fingertip|wrist.*|.*pole");

  @Override
  public void draw(Graphics2D g, Moment now) {
    new Drawing(g, now.scene()).draw();
  }

  /** Metres between lines on the floor. */
  private double line() {
    return metre > 200 ? 0.25 : 1;
  }

  private static Color ink(String part) {
    return switch (part) {
      case "target", "goal" -> Inks.GREEN;
      case "object" -> Inks.RED;
      default -> SECOND.matcher(part).matches() ? Inks.ORANGE : Inks.BLUE;
    };
  }

  private final class Drawing {
    private final Graphics2D g;
    private final List<Shape> pieces = new ArrayList<>();
    private final double floor;
    private final boolean hasFloor;
    private final Point eye;

    Drawing(Graphics2D g, Scene scene) {
      this.g = g;
      double height = Double.NaN;
      for (var shape : scene.shapes()) {
        if (shape instanceof Floor(_, double z)) {
          height = z;
        } else {
          pieces.add(shape);
        }
      }
      hasFloor = !Double.isNaN(height);
      floor = hasFloor ? height : 0;
      var at = middle(pieces.getFirst());
      eye = follows ? new Point(at.x(), at.y(), centre.z()) : centre;
    }

    private double x(Point p) {
      return width() / 2.0 + metre * (camera.right(p) - camera.right(eye));
    }

    private double y(Point p) {
      return height() / 2.0 - metre * (camera.up(p) - camera.up(eye));
    }

    void draw() {
      if (camera.elevation() == 0) {
        ground();
      } else if (hasFloor || follows) {
        grid();
      }
      // what lies side by side keeps its order, whatever the last digits say
      pieces.sort(Comparator.comparingLong(p -> Math.round(1e6 * camera.near(middle(p)))));
      for (var piece : pieces) {
        switch (piece) {
          case Capsule rod -> rod(rod);
          case Cylinder drum -> drum(drum);
          case Shape other -> throw new IllegalArgumentException("a robot has no " + other);
        }
      }
    }

    /** From the side: a floor with marks, or the rail of a cart, 1 m to both sides. */
    private void ground() {
      double y = y(new Point(0, 0, floor));
      if (!hasFloor) {
        double from = x(new Point(-1, 0, 0)), to = x(new Point(1, 0, 0));
        Inks.line(g, Inks.LINE, from, y, to, y, 2);
        Inks.line(g, Inks.LINE, from, y - 8, from, y + 8, 2);
        Inks.line(g, Inks.LINE, to, y - 8, to, y + 8, 2);
        return;
      }
      Inks.line(g, Inks.LINE, 0, y, width(), y, 2);
      double half = width() / 2.0 / metre;
      for (double m = Math.ceil(eye.x() - half); m <= eye.x() + half; m++) {
        double x = x(new Point(m, 0, 0));
        Inks.line(g, Inks.LINE, x, y, x, y + 10, 2);
      }
    }

    private void grid() {
      double step = line(), reach = Math.ceil(2 * width() / metre / step) * step;
      double x0 = Math.rint(eye.x() / step) * step, y0 = Math.rint(eye.y() / step) * step;
      for (double d = -reach; d <= reach; d += step) {
        floorLine(x0 + d, y0 - reach, x0 + d, y0 + reach);
        floorLine(x0 - reach, y0 + d, x0 + reach, y0 + d);
      }
    }

    private void floorLine(double fromX, double fromY, double toX, double toY) {
      var from = new Point(fromX, fromY, floor);
      var to = new Point(toX, toY, floor);
      Inks.line(g, Inks.GROUND, x(from), y(from), x(to), y(to), 1.5);
    }

    private void rod(Capsule rod) {
      double fromX = x(rod.from()), fromY = y(rod.from()), toX = x(rod.to()), toY = y(rod.to());
      double w = 2 * metre * rod.radius();
      Inks.rod(g, Inks.TEXT, fromX, fromY, toX, toY, w + 1);
      Inks.rod(g, ink(rod.part()), fromX, fromY, toX, toY, w - 1);
    }

    /** Its discs at both ends and what lies between; the nearer disc has a rim. */
    private void drum(Cylinder drum) {
      var a = disc(drum.from(), drum);
      var b = disc(drum.to(), drum);
      var shapes = new ArrayList<>(List.of(path(a), path(b)));
      for (int k = 0; k + 1 < a.size(); k++) {
        shapes.add(path(List.of(a.get(k), a.get(k + 1), b.get(k + 1), b.get(k))));
      }
      g.setStroke(new BasicStroke(2, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
      g.setColor(Inks.TEXT);
      shapes.forEach(g::draw);
      g.setColor(ink(drum.part()));
      shapes.forEach(g::fill);
      g.setStroke(new BasicStroke(1));
      g.setColor(Inks.TEXT);
      g.draw(camera.near(drum.from()) > camera.near(drum.to()) ? shapes.get(0) : shapes.get(1));
    }

    /** Points around the end of an upright cylinder, the last one the first again. */
    private List<Point> disc(Point end, Cylinder drum) {
      if (Math.hypot(drum.to().x() - drum.from().x(), drum.to().y() - drum.from().y()) > 1e-6) {
        throw new IllegalArgumentException("a cylinder that is not upright: " + drum);
      }
      var points = new ArrayList<Point>();
      for (int k = 0; k <= 48; k++) {
        double a = 2 * Math.PI * k / 48, r = drum.radius();
        points.add(new Point(end.x() + r * Math.cos(a), end.y() + r * Math.sin(a), end.z()));
      }
      return points;
    }

    private Path2D path(List<Point> points) {
      var path = new Path2D.Double();
      path.moveTo(x(points.getFirst()), y(points.getFirst()));
      points.stream().skip(1).forEach(p -> path.lineTo(x(p), y(p)));
      path.closePath();
      return path;
    }
  }

  private static Point middle(Shape piece) {
    return switch (piece) {
      case Capsule(_, Point a, Point b, _) -> between(a, b);
      case Cylinder(_, Point a, Point b, _) -> between(a, b);
      case Shape other -> throw new IllegalArgumentException("a robot has no " + other);
    };
  }

  private static Point between(Point a, Point b) {
    return new Point((a.x() + b.x()) / 2, (a.y() + b.y()) / 2, (a.z() + b.z()) / 2);
  }
}
