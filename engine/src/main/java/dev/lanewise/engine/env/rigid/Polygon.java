package dev.lanewise.engine.env.rigid;

/**
 * A convex polygon in its body's frame, vertices counterclockwise. Edge i goes from vertex i to the
 * next; normal i points out of it.
 */
public final class Polygon {
  final int size;
  final float[] x;
  final float[] y;
  final float[] normalX;
  final float[] normalY;
  final float centroidX;
  final float centroidY;
  final float area;

  /** ∫ (x² + y²) dA about the frame's origin. */
  final float secondMoment;

  private Polygon(float[] x, float[] y, float[] normalX, float[] normalY) {
    this.size = x.length;
    this.x = x;
    this.y = y;
    this.normalX = normalX;
    this.normalY = normalY;

    // A fan of triangles around the mean vertex s, each (s, vertex i, vertex i + 1).
    float third = 1.0f / 3.0f;
    float sx = 0, sy = 0;
    for (int i = 0; i < size; i++) {
      sx += x[i];
      sy += y[i];
    }
    sx *= 1.0f / size;
    sy *= 1.0f / size;
    float sumArea = 0, firstX = 0, firstY = 0, second = 0;
    for (int i = 0; i < size; i++) {
      int next = next(i);
      float ax = x[i] - sx, ay = y[i] - sy;
      float bx = x[next] - sx, by = y[next] - sy;
      float twice = ax * by - ay * bx;
      float triangle = 0.5f * twice;
      sumArea += triangle;
      firstX += triangle * third * (ax + bx);
      firstY += triangle * third * (ay + by);
      second +=
          0.25f * third * twice * (ax * ax + bx * ax + bx * bx + (ay * ay + by * ay + by * by));
    }
    firstX *= 1.0f / sumArea;
    firstY *= 1.0f / sumArea;
    area = sumArea;
    centroidX = firstX + sx;
    centroidY = firstY + sy;
    secondMoment =
        second
            + sumArea
                * ((centroidX * centroidX + centroidY * centroidY)
                    - (firstX * firstX + firstY * firstY));
  }

  /**
   * @param vertices x and y of each in turn, counterclockwise, convex
   */
  public static Polygon of(float... vertices) {
    int n = vertices.length / 2;
    var x = new float[n];
    var y = new float[n];
    var normalX = new float[n];
    var normalY = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = vertices[2 * i];
      y[i] = vertices[2 * i + 1];
    }
    for (int i = 0; i < n; i++) {
      int next = (i + 1) % n;
      float edgeX = x[next] - x[i], edgeY = y[next] - y[i];
      float inverse = 1.0f / (float) Math.sqrt(edgeX * edgeX + edgeY * edgeY);
      normalX[i] = edgeY * inverse;
      normalY[i] = -edgeX * inverse;
    }
    return new Polygon(x, y, normalX, normalY);
  }

  /** A rectangle around the origin, of these half sides. */
  public static Polygon box(float halfWidth, float halfHeight) {
    float w = halfWidth, h = halfHeight;
    return new Polygon(
        new float[] {-w, w, w, -w},
        new float[] {-h, -h, h, h},
        new float[] {0, 1, 0, -1},
        new float[] {-1, 0, 1, 0});
  }

  int next(int i) {
    return i + 1 < size ? i + 1 : 0;
  }

  /** The vertex that lies furthest in a direction of this frame. */
  int furthest(float directionX, float directionY) {
    int best = 0;
    float most = x[0] * directionX + y[0] * directionY;
    for (int i = 1; i < size; i++) {
      float value = x[i] * directionX + y[i] * directionY;
      if (value > most) {
        most = value;
        best = i;
      }
    }
    return best;
  }
}
