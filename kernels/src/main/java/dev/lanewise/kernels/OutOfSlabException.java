package dev.lanewise.kernels;

/** More memory was asked for than may be used. */
public final class OutOfSlabException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OutOfSlabException(String forWhom, long asked, long left, long limit) {
    super(
        "%s needs %s of memory but %s of %s are left; make it smaller or raise -Dlanewise.memory"
            .formatted(forWhom, readable(asked), readable(left), readable(limit)));
  }

  /** A size as people write it: "1.5 GiB". */
  public static String readable(long bytes) {
    int unit = bytes < 1024 ? 0 : (63 - Long.numberOfLeadingZeros(bytes)) / 10;
    return unit == 0
        ? bytes + " B"
        : String.format(
            java.util.Locale.ROOT,
            "%.1f %ciB",
            bytes / Math.pow(1024, unit),
            "KMGTPE".charAt(unit - 1));
  }
}
