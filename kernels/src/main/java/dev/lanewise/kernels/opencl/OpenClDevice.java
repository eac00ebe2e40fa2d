package dev.lanewise.kernels.opencl;

import dev.lanewise.kernels.OutOfSlabException;

/**
 * A device that OpenCL offers.
 *
 * @param index in the list of all devices, from 0
 * @param driver version of the driver
 * @param memory bytes
 * @param largestAllocation bytes that one region's piece may have
 * @param clock MHz
 * @param groupSize most work-items of a work-group
 * @param localMemory bytes that a work-group shares
 * @param denormals whether numbers below the least normal one are kept
 * @param exactDivision whether quotients and square roots are correctly rounded
 */
public record OpenClDevice(
    int index,
    String platform,
    String name,
    String vendor,
    String version,
    String driver,
    Type type,
    long memory,
    long largestAllocation,
    int computeUnits,
    int clock,
    long groupSize,
    long localMemory,
    boolean denormals,
    boolean exactDivision) {

  /** The best first. */
  public enum Type {
    GPU,
    ACCELERATOR,
    CPU,
    OTHER
  }

  /** Of two devices of one type the faster, as far as anyone can tell without trying. */
  public long score() {
    return (long) computeUnits * clock;
  }

  /** One line for people. */
  public String description() {
    return "%s (%s, %s %s), %s with %d compute units at %d MHz, %s of memory, at most %s in one piece"
        .formatted(
            name,
            vendor,
            platform,
            driver,
            type,
            computeUnits,
            clock,
            OutOfSlabException.readable(memory),
            OutOfSlabException.readable(largestAllocation));
  }
}
