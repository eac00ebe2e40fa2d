package dev.lanewise.algos.cli;

import dev.lanewise.engine.env.Scene.Point;

/**
 * A parallel projection, in which a ball is a disc of its own radius from every side.
 *
 * @param azimuth of the camera around the scene in degrees: -90 looks along y
 * @param elevation of the camera in degrees: 0 looks from the side, 90 from above
 */
record Camera(double azimuth, double elevation) {
  static final Camera SIDE = new Camera(-90, 0);
  static final Camera TOP = new Camera(-90, 90);

  /** Metres to the right of the scene's origin. */
  double right(Point p) {
    double a = Math.toRadians(azimuth);
    return -Math.sin(a) * p.x() + Math.cos(a) * p.y();
  }

  /** Metres above the scene's origin, as it is seen. */
  double up(Point p) {
    double e = Math.toRadians(elevation);
    return Math.cos(e) * p.z() - Math.sin(e) * level(p);
  }

  /** Metres before the scene's origin. */
  double near(Point p) {
    double e = Math.toRadians(elevation);
    return Math.sin(e) * p.z() + Math.cos(e) * level(p);
  }

  /** Metres towards the camera's foot. */
  private double level(Point p) {
    double a = Math.toRadians(azimuth);
    return Math.cos(a) * p.x() + Math.sin(a) * p.y();
  }
}
