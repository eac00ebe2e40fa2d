package dev.lanewise.engine.env.rigid;

/** A piece of ground that stands still: a line from (x1, y1) to (x2, y2), solid on both sides. */
final class Segment {
  final float friction;
  final Box box = new Box();
  float x1;
  float y1;
  float x2;
  float y2;

  /** To the right of the line, of length 1. */
  float normalX;

  float normalY;

  Segment(float friction) {
    this.friction = friction;
  }

  void set(float newX1, float newY1, float newX2, float newY2) {
    x1 = newX1;
    y1 = newY1;
    x2 = newX2;
    y2 = newY2;
    float dx = x2 - x1, dy = y2 - y1;
    float inverse = 1.0f / (float) Math.sqrt(dx * dx + dy * dy);
    normalX = dy * inverse;
    normalY = -(dx * inverse);
    box.set(x1, y1);
    box.add(x2, y2);
    box.grow(Tolerances.SKIN);
    box.grow(Tolerances.BOX_MARGIN);
  }
}
