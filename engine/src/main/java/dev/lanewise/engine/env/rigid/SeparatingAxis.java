package dev.lanewise.engine.env.rigid;

/** An axis that separates a segment from a polygon in {@link Motion}, and how far it does. */
final class SeparatingAxis {
  /** What the axis is fixed to. */
  private enum Kind {
    POINTS,
    SEGMENT,
    FACE
  }

  private Segment segment;
  private Kind kind;

  /** Of length 1; in the frame of the polygon if fixed to its face. */
  private float axisX;

  private float axisY;

  /** On the face it is fixed to. */
  private float localX;

  private float localY;

  /** The nearest two points: an end of the segment, a vertex of the polygon. */
  private int end;

  private int vertex;

  private final float[] x = new float[8];
  private final float[] y = new float[8];

  /**
   * Fixes the axis to what is nearest at this moment.
   *
   * @return the distance; 0 if they overlap
   */
  float find(Segment newSegment, Motion motion) {
    segment = newSegment;
    var shape = motion.shape;
    for (int i = 0; i < shape.size; i++) {
      x[i] = motion.worldX(shape.x[i], shape.y[i]);
      y[i] = motion.worldY(shape.x[i], shape.y[i]);
    }
    if (overlap(shape)) {
      return 0;
    }
    float least = Float.MAX_VALUE;
    int face = 0;
    float dx = segment.x2 - segment.x1, dy = segment.y2 - segment.y1;
    float length2 = dx * dx + dy * dy;
    for (int i = 0; i < shape.size; i++) {
      float part = ((x[i] - segment.x1) * dx + (y[i] - segment.y1) * dy) / length2;
      boolean inside = part > 0 && part < 1;
      float t = Tolerances.clamp(part, 0, 1);
      float gapX = x[i] - (segment.x1 + t * dx), gapY = y[i] - (segment.y1 + t * dy);
      float distance2 = gapX * gapX + gapY * gapY;
      if (distance2 < least) {
        least = distance2;
        kind = inside ? Kind.SEGMENT : Kind.POINTS;
        vertex = i;
        end = part < 0.5f ? 0 : 1;
      }
    }
    for (int i = 0; i < shape.size; i++) {
      int next = shape.next(i);
      float ex = x[next] - x[i], ey = y[next] - y[i];
      for (int j = 0; j < 2; j++) {
        float px = endX(j) - x[i], py = endY(j) - y[i];
        float part = (px * ex + py * ey) / (ex * ex + ey * ey);
        float gapX = px - part * ex, gapY = py - part * ey;
        float distance2 = gapX * gapX + gapY * gapY;
        if (part > 0 && part < 1 && distance2 < least) {
          least = distance2;
          kind = Kind.FACE;
          face = i;
          end = j;
        }
      }
    }
    switch (kind) {
      case POINTS -> {
        float gapX = x[vertex] - endX(end), gapY = y[vertex] - endY(end);
        float inverse = 1.0f / (float) Math.sqrt(gapX * gapX + gapY * gapY);
        axisX = gapX * inverse;
        axisY = gapY * inverse;
      }
      case SEGMENT -> {
        localX = 0.5f * (segment.x1 + segment.x2);
        localY = 0.5f * (segment.y1 + segment.y2);
        float over =
            (x[vertex] - localX) * segment.normalX + (y[vertex] - localY) * segment.normalY;
        axisX = over < 0 ? -segment.normalX : segment.normalX;
        axisY = over < 0 ? -segment.normalY : segment.normalY;
      }
      case FACE -> {
        int next = shape.next(face);
        localX = 0.5f * (shape.x[face] + shape.x[next]);
        localY = 0.5f * (shape.y[face] + shape.y[next]);
        axisX = shape.normalX[face];
        axisY = shape.normalY[face];
      }
    }
    return (float) Math.sqrt(least);
  }

  /** By separating axes: the normals of the polygon's faces and those of the segment. */
  private boolean overlap(Polygon shape) {
    boolean allOver = true, allUnder = true;
    for (int i = 0; i < shape.size; i++) {
      float over = (x[i] - segment.x1) * segment.normalX + (y[i] - segment.y1) * segment.normalY;
      allOver &= over > 0;
      allUnder &= over < 0;
      int next = shape.next(i);
      float outX = y[next] - y[i], outY = -(x[next] - x[i]);
      if (outX * (segment.x1 - x[i]) + outY * (segment.y1 - y[i]) > 0
          && outX * (segment.x2 - x[i]) + outY * (segment.y2 - y[i]) > 0) {
        return false;
      }
    }
    return !allOver && !allUnder;
  }

  /** Along the axis; remembers between which two points. */
  float leastSeparation(Motion motion) {
    switch (kind) {
      case POINTS -> {
        end = furthestEnd(axisX, axisY);
        vertex = motion.furthest(-axisX, -axisY);
      }
      case SEGMENT -> vertex = motion.furthest(-axisX, -axisY);
      case FACE -> end = furthestEnd(-worldAxisX(motion), -worldAxisY(motion));
    }
    return separation(motion);
  }

  /** Along the axis, of the two points remembered. */
  float separation(Motion motion) {
    if (kind == Kind.FACE) {
      float px = motion.worldX(localX, localY), py = motion.worldY(localX, localY);
      return (endX(end) - px) * worldAxisX(motion) + (endY(end) - py) * worldAxisY(motion);
    }
    float vx = motion.shape.x[vertex], vy = motion.shape.y[vertex];
    float px = motion.worldX(vx, vy), py = motion.worldY(vx, vy);
    float fromX = kind == Kind.POINTS ? endX(end) : localX;
    float fromY = kind == Kind.POINTS ? endY(end) : localY;
    return (px - fromX) * axisX + (py - fromY) * axisY;
  }

  private float worldAxisX(Motion motion) {
    return motion.cos * axisX - motion.sin * axisY;
  }

  private float worldAxisY(Motion motion) {
    return motion.sin * axisX + motion.cos * axisY;
  }

  private int furthestEnd(float directionX, float directionY) {
    float first = segment.x1 * directionX + segment.y1 * directionY;
    float second = segment.x2 * directionX + segment.y2 * directionY;
    return second > first ? 1 : 0;
  }

  private float endX(int which) {
    return which == 0 ? segment.x1 : segment.x2;
  }

  private float endY(int which) {
    return which == 0 ? segment.y1 : segment.y2;
  }
}
