package dev.lanewise.algos.cli;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Arc2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.util.HashMap;
import java.util.Map;

/** The colours of all pictures, those of the learning curve, and what is drawn with them. */
final class Inks {
  static final Color PAPER = Color.WHITE;
  static final Color TEXT = new Color(0x33, 0x33, 0x33);
  static final Color LINE = new Color(0x99, 0x99, 0x99);
  static final Color GROUND = new Color(0xdd, 0xdd, 0xdd);
  static final Color BLUE = new Color(0x1f, 0x77, 0xb4);
  static final Color ORANGE = new Color(0xff, 0x7f, 0x0e);
  static final Color GREEN = new Color(0x2c, 0xa0, 0x2c);
  static final Color RED = new Color(0xd6, 0x27, 0x28);

  private static final Color[] ALL = {TEXT, LINE, GROUND, BLUE, ORANGE, GREEN, RED};
  private static final int SHADES = 8;

  /** The last place of the palette, which is no colour. */
  static final byte TRANSPARENT = 63;

  private Inks() {}

  /** Paper, every ink, and what smooth edges have in between: 63 colours. */
  static final IndexColorModel PALETTE = palette();

  private static final Map<Integer, Byte> NEAREST = new HashMap<>();

  private static IndexColorModel palette() {
    var rgb = new int[64];
    rgb[0] = PAPER.getRGB();
    int count = 1;
    for (var ink : ALL) {
      for (int shade = 1; shade <= SHADES; shade++) {
        rgb[count++] = blend(PAPER, ink, shade / (double) SHADES);
      }
    }
    for (var on : new Color[] {BLUE, ORANGE, GROUND}) {
      rgb[count++] = blend(TEXT, on, 0.5);
      rgb[count++] = blend(LINE, on, 0.5);
    }
    return new IndexColorModel(6, rgb.length, rgb, 0, false, -1, DataBuffer.TYPE_BYTE);
  }

  private static int blend(Color from, Color to, double share) {
    return new Color(
            (int) Math.round(from.getRed() + share * (to.getRed() - from.getRed())),
            (int) Math.round(from.getGreen() + share * (to.getGreen() - from.getGreen())),
            (int) Math.round(from.getBlue() + share * (to.getBlue() - from.getBlue())))
        .getRGB();
  }

  /** The position in the palette of the colour that is nearest in red, green and blue. */
  static byte nearest(int rgb) {
    return NEAREST.computeIfAbsent(rgb & 0xffffff, Inks::search);
  }

  private static byte search(int rgb) {
    int best = 0;
    int least = Integer.MAX_VALUE;
    for (int k = 0; k < TRANSPARENT; k++) {
      int red = (rgb >> 16 & 0xff) - PALETTE.getRed(k);
      int green = (rgb >> 8 & 0xff) - PALETTE.getGreen(k);
      int blue = (rgb & 0xff) - PALETTE.getBlue(k);
      int distance = red * red + green * green + blue * blue;
      if (distance < least) {
        least = distance;
        best = k;
      }
    }
    return (byte) best;
  }

  // --- shapes

  /** A bar with round ends. */
  static void rod(Graphics2D g, Color ink, double x0, double y0, double x1, double y1, double w) {
    g.setColor(ink);
    g.setStroke(new BasicStroke((float) w, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    g.draw(new Line2D.Double(x0, y0, x1, y1));
  }

  static void line(Graphics2D g, Color ink, double x0, double y0, double x1, double y1, double w) {
    g.setColor(ink);
    g.setStroke(new BasicStroke((float) w, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND));
    g.draw(new Line2D.Double(x0, y0, x1, y1));
  }

  static void disc(Graphics2D g, Color ink, double x, double y, double radius) {
    fill(g, ink, new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
  }

  static void fill(Graphics2D g, Color ink, Shape shape) {
    g.setColor(ink);
    g.fill(shape);
  }

  /** A straight arrow, nothing if it is shorter than a pixel. */
  static void arrow(Graphics2D g, double x0, double y0, double x1, double y1) {
    double length = Math.hypot(x1 - x0, y1 - y0);
    if (length < 1) {
      return;
    }
    double ux = (x1 - x0) / length, uy = (y1 - y0) / length;
    line(g, RED, x0, y0, x1 - 3 * ux, y1 - 3 * uy, 3);
    head(g, x1, y1, ux, uy);
  }

  /**
   * An arrow around a centre that grows with a torque; counterclockwise for a positive one.
   *
   * @param share of the largest torque, from -1 to 1
   */
  static void turn(Graphics2D g, double x, double y, double radius, double share) {
    if (Math.abs(share) < 0.02) {
      return;
    }
    double sign = Math.signum(share);
    double extent = sign * (25 + 155 * Math.min(1, Math.abs(share)));
    double start = 90 - extent / 2;
    g.setColor(RED);
    g.setStroke(new BasicStroke(3, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND));
    g.draw(
        new Arc2D.Double(
            x - radius, y - radius, 2 * radius, 2 * radius, start, extent, Arc2D.OPEN));
    double end = Math.toRadians(start + extent);
    double ux = -sign * Math.sin(end), uy = -sign * Math.cos(end);
    head(g, x + radius * Math.cos(end) + 6 * ux, y - radius * Math.sin(end) + 6 * uy, ux, uy);
  }

  private static void head(Graphics2D g, double x, double y, double ux, double uy) {
    var head = new Path2D.Double();
    head.moveTo(0, 0);
    head.lineTo(-12, -6);
    head.lineTo(-12, 6);
    head.closePath();
    var at = new AffineTransform(ux, uy, -uy, ux, x, y);
    fill(g, RED, at.createTransformedShape(head));
  }
}
