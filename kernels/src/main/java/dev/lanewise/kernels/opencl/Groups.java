package dev.lanewise.kernels.opencl;

/**
 * Work-groups that share phases.
 *
 * @param items of each
 */
record Groups(int count, int items) {
  /** A local tile's. */
  private static final int ITEMS = 256;

  /**
   * A batch of 256 samples, the usual one, gives a graphics processor's groups sixteen lanes each.
   */
  private static final int MOST = 16;

  static Groups of(OpenClDevice device) {
    return device.type() == OpenClDevice.Type.CPU
        ? new Groups(device.computeUnits(), 1)
        : new Groups(
            Math.min(device.computeUnits(), MOST), (int) Math.min(ITEMS, device.groupSize()));
  }
}
