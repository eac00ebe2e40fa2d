package dev.lanewise.kernels.opencl;

import static dev.lanewise.kernels.OutOfSlabException.readable;

/** A device has too little memory for what was asked. */
public final class OutOfDeviceMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OutOfDeviceMemoryException(String forWhom, long asked, long taken, OpenClDevice device) {
    super(
        "%s needs %s of memory on %s, which gives at most %s in one piece and has %s, %s of it taken; make it smaller"
            .formatted(
                forWhom,
                readable(asked),
                device.name(),
                readable(device.largestAllocation()),
                readable(device.memory()),
                readable(taken)));
  }
}
