package dev.lanewise.engine.env.rigid;

import java.nio.FloatBuffer;

/** A box along the axes. */
final class Box {
  float lowX;
  float lowY;
  float highX;
  float highY;

  void set(float x, float y) {
    lowX = x;
    lowY = y;
    highX = x;
    highY = y;
  }

  void set(Box other) {
    lowX = other.lowX;
    lowY = other.lowY;
    highX = other.highX;
    highY = other.highY;
  }

  void add(float x, float y) {
    lowX = Math.min(lowX, x);
    lowY = Math.min(lowY, y);
    highX = Math.max(highX, x);
    highY = Math.max(highY, y);
  }

  void grow(float margin) {
    lowX -= margin;
    lowY -= margin;
    highX += margin;
    highY += margin;
  }

  /** Makes it longer towards where a displacement points. */
  void stretch(float dx, float dy) {
    lowX += Math.min(dx, 0);
    lowY += Math.min(dy, 0);
    highX += Math.max(dx, 0);
    highY += Math.max(dy, 0);
  }

  boolean contains(Box inner) {
    return lowX <= inner.lowX && lowY <= inner.lowY && highX >= inner.highX && highY >= inner.highY;
  }

  boolean overlaps(Box other) {
    return lowX <= other.highX && lowY <= other.highY && highX >= other.lowX && highY >= other.lowY;
  }

  void save(FloatBuffer to) {
    to.put(lowX).put(lowY).put(highX).put(highY);
  }

  void restore(FloatBuffer from) {
    lowX = from.get();
    lowY = from.get();
    highX = from.get();
    highY = from.get();
  }
}
