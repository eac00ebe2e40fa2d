package dev.lanewise.engine.env;

import java.util.List;

/**
 * What there is to see of one environment. Lengths are in metres: x to the right, y away from who
 * looks from the side, z upwards.
 *
 * @param shapes none, where all there is to see is observed
 */
public record Scene(List<Shape> shapes) {
  public static final Scene EMPTY = new Scene(List.of());

  public Scene {
    shapes = List.copyOf(shapes);
  }

  /** In the frame of the world. */
  public record Point(double x, double y, double z) {}

  /** A piece of something. */
  public sealed interface Shape {
    /** Of what, such as "torso". */
    String part();
  }

  /** All within a radius of a line; a ball, if it begins where it ends. */
  public record Capsule(String part, Point from, Point to, double radius) implements Shape {}

  /** Between two discs. */
  public record Cylinder(String part, Point from, Point to, double radius) implements Shape {}

  /** A flat piece; corners in order, the last one next to the first. */
  public record Polygon(String part, List<Point> corners) implements Shape {
    public Polygon {
      corners = List.copyOf(corners);
    }
  }

  /** A level plane without an end. */
  public record Floor(String part, double z) implements Shape {}

  /** A place without a size. */
  public record Mark(String part, Point at) implements Shape {}
}
