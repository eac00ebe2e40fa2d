package dev.lanewise.kernels.opencl;

import static org.jocl.CL.clReleaseKernel;
import static org.jocl.CL.clReleaseMemObject;

import java.util.Arrays;
import org.jocl.Pointer;
import org.jocl.Sizeof;

/**
 * NVIDIA's work-items that go together, 32 of them, hand each other numbers without memory and
 * without waiting. Sums along lanes do it, to the same bits as without, where the device has shown
 * that it can.
 */
final class WarpShuffles {
  private static final System.Logger LOG = System.getLogger(WarpShuffles.class.getName());
  private static final String DEFINE = " -DSHUFFLES";

  /** As {@link OpenClKernels} and {@link Phase} have them: half that go together, and several. */
  private static final int[] GROUPS = {OpenClKernels.PARTS, 256};

  private static final int ITEMS = 512;

  private WarpShuffles() {}

  /**
   * What all programs are built with besides, so that they use them; nothing where they do not
   * work.
   *
   * @param always what all programs are built with
   */
  static String defines(Queue queue, BinaryCache cache, String always) {
    boolean known =
        queue.device.platform().equals(TensorCores.NVIDIA) || always.contains("EMULATED");
    return known && work(queue, cache, always + DEFINE) ? DEFINE : "";
  }

  private static boolean work(Queue queue, BinaryCache cache, String always) {
    try (var programs = new Programs(queue, cache, always)) {
      for (int group : GROUPS) {
        if (!Arrays.equals(folded(queue, programs, group), expected())) {
          throw new OpenClException("sums in groups of %d came out wrong".formatted(group));
        }
      }
      return true;
    } catch (OpenClException e) { // does not build, is refused, or is wrong
      LOG.log(
          System.Logger.Level.INFO,
          "{0} sums without warp shuffles: {1}",
          queue.device.name(),
          e.getMessage());
      return false;
    }
  }

  /** The sum of each sixteen numbers, as the device's groups of this size find it. */
  private static float[] folded(Queue queue, Programs programs, int group) {
    var kernel = programs.kernel("reductions", "fold", " -DPROBE");
    var buffer = queue.zeroed(ITEMS * Float.BYTES);
    var numbers = numbers();
    var pointer = Pointer.to(numbers);
    try {
      queue.write(buffer, 0, ITEMS * Float.BYTES, pointer);
      queue.set(kernel, 0, Sizeof.cl_mem, Pointer.to(buffer));
      queue.enqueue(kernel, new long[] {0}, new long[] {ITEMS}, new long[] {group});
      queue.read(buffer, 0, ITEMS * Float.BYTES, pointer);
    } finally {
      clReleaseMemObject(buffer);
      clReleaseKernel(kernel);
    }
    return firsts(numbers);
  }

  private static float[] expected() {
    var sums = numbers();
    for (int apart = OpenClKernels.PARTS / 2; apart > 0; apart /= 2) {
      for (int i = 0; i < ITEMS; i++) {
        if (i % OpenClKernels.PARTS < apart) {
          sums[i] += sums[i + apart];
        }
      }
    }
    return firsts(sums);
  }

  /** In another order their sums are others. */
  private static float[] numbers() {
    var numbers = new float[ITEMS];
    for (int i = 0; i < ITEMS; i++) {
      numbers[i] = (float) Math.sin(i) * (1 << i % 11);
    }
    return numbers;
  }

  private static float[] firsts(float[] values) {
    var firsts = new float[ITEMS / OpenClKernels.PARTS];
    for (int r = 0; r < firsts.length; r++) {
      firsts[r] = values[r * OpenClKernels.PARTS];
    }
    return firsts;
  }
}
