package dev.lanewise.engine.env;

import java.math.BigDecimal;

/** Arrays of floats in the words of NumPy, which users know from Gymnasium's spaces. */
final class ArrayText {

  private ArrayText() {}

  /** One number if all are equal: "-1.0"; otherwise all: "[-1. -1. -8.]". */
  static String brief(float[] values) {
    for (float value : values) {
      if (value != values[0]) {
        return all(values);
      }
    }
    return number(values[0]);
  }

  /** As str(np.float32(x)). */
  static String number(float x) {
    if (Float.isInfinite(x)) {
      return x > 0 ? "inf" : "-inf";
    }
    double size = Math.abs(x);
    if (size != 0 && (size < 1e-4 || size >= 1e16)) {
      var parts = Float.toString(x).split("E"); // 3.4028235E38
      int exponent = Integer.parseInt(parts[1]);
      return "%se%s%02d"
          .formatted(
              parts[0].replaceAll("\\.0$", ""), exponent < 0 ? "-" : "+", Math.abs(exponent));
    }
    var plain = new BigDecimal(Float.toString(x)).toPlainString();
    return (x == 0 && 1 / x < 0 ? "-" : "") + (plain.contains(".") ? plain : plain + ".0");
  }

  /** As str(np.array(...)) without line breaks: points below one another, no zeros behind them. */
  private static String all(float[] values) {
    var texts = new String[values.length];
    int before = 0, after = 0;
    for (int i = 0; i < values.length; i++) {
      texts[i] = number(values[i]).replaceAll("(\\.)0$", "$1");
      if (Float.isFinite(values[i])) {
        int point = point(texts[i]);
        before = Math.max(before, point);
        after = Math.max(after, texts[i].length() - point);
      }
    }
    int width = before + after;
    for (var text : texts) {
      width = Math.max(width, text.endsWith("inf") ? text.length() : 0);
    }
    var joined = new StringBuilder("[");
    for (int i = 0; i < texts.length; i++) {
      int left, right;
      if (Float.isFinite(values[i])) {
        left = width - after - point(texts[i]);
        right = after - (texts[i].length() - point(texts[i]));
      } else {
        left = width - texts[i].length();
        right = 0;
      }
      joined.append(i == 0 ? "" : " ");
      joined.repeat(' ', left).append(texts[i]).repeat(' ', right);
    }
    return joined.append("]").toString();
  }

  private static int point(String number) {
    int point = number.indexOf('.');
    return point < 0 ? number.length() : point;
  }
}
