package dev.lanewise.engine.env.rigid;

/**
 * A line between two points, each with the features it comes from, to be clipped to half planes.
 */
final class Clip {
  private float x1;
  private float y1;
  private int feature1;
  private float x2;
  private float y2;
  private int feature2;

  /**
   * A name for a point: vertex A on face B, or face A under vertex B, each by its index. A point
   * keeps its name, and with it its impulses, from step to step.
   */
  static int feature(int indexA, int indexB, boolean vertexOnFace) {
    return (vertexOnFace ? 1 : 0) | indexA << 1 | indexB << 5;
  }

  /** The same with A and B exchanged. */
  static int swapped(int feature) {
    return feature(feature >> 5, feature >> 1 & 15, (feature & 1) == 0);
  }

  void set(float newX1, float newY1, int newFeature1, float newX2, float newY2, int newFeature2) {
    x1 = newX1;
    y1 = newY1;
    feature1 = newFeature1;
    x2 = newX2;
    y2 = newY2;
    feature2 = newFeature2;
  }

  float x(int i) {
    return i == 0 ? x1 : x2;
  }

  float y(int i) {
    return i == 0 ? y1 : y2;
  }

  int feature(int i) {
    return i == 0 ? feature1 : feature2;
  }

  /**
   * Keeps what lies where normal · p ≤ offset (Sutherland and Hodgman 1974).
   *
   * @param vertex of the reference side, through which the border goes
   * @return whether two points are left
   */
  boolean clip(float normalX, float normalY, float offset, int vertex, Clip out) {
    float over1 = normalX * x1 + normalY * y1 - offset;
    float over2 = normalX * x2 + normalY * y2 - offset;
    if (over1 <= 0 && over2 <= 0) {
      out.set(x1, y1, feature1, x2, y2, feature2);
      return true;
    }
    if (!(over1 * over2 < 0)) {
      return false;
    }
    float part = over1 / (over1 - over2);
    float x = x1 + part * (x2 - x1), y = y1 + part * (y2 - y1);
    int feature = feature(vertex, feature1 >> 5, true);
    if (over1 <= 0) {
      out.set(x1, y1, feature1, x, y, feature);
    } else {
      out.set(x2, y2, feature2, x, y, feature);
    }
    return true;
  }
}
