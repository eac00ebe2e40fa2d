package dev.lanewise.kernels.opencl;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The devices of this machine that OpenCL offers, asked for once. */
public final class OpenClDevices {

  /** What was found, or the sentence that says what is missing. */
  private record Answer(List<Platforms.Found> found, String missing, Throwable cause) {}

  private static Answer answer;

  private OpenClDevices() {}

  /** All devices, in the order of their indices; empty where {@link #missing} says something. */
  public static List<OpenClDevice> all() {
    return answer().found.stream().map(Platforms.Found::device).toList();
  }

  /** One sentence: why there is no device and what to do about it; empty if there is one. */
  public static Optional<String> missing() {
    return Optional.ofNullable(answer().missing);
  }

  /** The best graphics processor; never an OpenCL device that is this machine's processor. */
  public static Optional<OpenClDevice> auto() {
    return all().stream().filter(device -> device.type() == OpenClDevice.Type.GPU).max(FASTER);
  }

  /** Graphics processors before accelerators before processors, the faster before the slower. */
  public static List<OpenClDevice> bestFirst() {
    return all().stream()
        .sorted(Comparator.comparing(OpenClDevice::type).thenComparing(FASTER.reversed()))
        .toList();
  }

  private static final Comparator<OpenClDevice> FASTER =
      Comparator.comparingLong(OpenClDevice::score);

  /**
   * The device of an index, or the best whose name, vendor or platform contains a text, whatever
   * the case; the best of all for an empty text.
   *
   * @throws OpenClException if there is none
   */
  public static OpenClDevice choose(String indexOrName) {
    missing()
        .ifPresent(
            sentence -> {
              throw new OpenClException(sentence, answer().cause);
            });
    String wanted = indexOrName.strip().toLowerCase(Locale.ROOT);
    if (wanted.matches("\\d{1,9}")) {
      int index = Integer.parseInt(wanted);
      if (index < all().size()) {
        return all().get(index);
      }
    }
    return bestFirst().stream()
        .filter(device -> names(device).toLowerCase(Locale.ROOT).contains(wanted))
        .findFirst()
        .orElseThrow(
            () ->
                new OpenClException(
                    "no OpenCL device is number %s or has it in its name; there are %s"
                        .formatted(indexOrName, listed())));
  }

  /**
   * Whether large products of a device are of factors rounded to tf32, which {@code
   * -Dlanewise.opencl.tf32=true} allows; if they are not, why. Opens the device where it is
   * allowed.
   */
  public static String tf32(OpenClDevice device) {
    return TensorCores.state(device);
  }

  private static String names(OpenClDevice device) {
    return device.name() + "\n" + device.vendor() + "\n" + device.platform();
  }

  private static String listed() {
    return all().stream()
        .map(device -> device.index() + ": " + device.name())
        .collect(Collectors.joining(", "));
  }

  static Platforms.Found found(OpenClDevice device) {
    return answer().found.get(device.index());
  }

  private static synchronized Answer answer() {
    if (answer == null) {
      answer = ask();
    }
    return answer;
  }

  private static Answer ask() {
    try {
      var found = SignalHandlers.kept(Platforms::devices);
      return new Answer(found, found.isEmpty() ? noDevice(closed()) : null, null);
    } catch (UnsatisfiedLinkError e) {
      return new Answer(
          List.of(),
          "OpenCL's loader could not be loaded (%s); install it, on Debian with: apt install ocl-icd-libopencl1"
              .formatted(firstLine(e)),
          e);
    } catch (LinkageError e) {
      String sentence =
          e.getCause() instanceof ClassNotFoundException
              ? "JOCL, which OpenCL needs, is neither on the class path nor among the modules"
                  + " (--add-modules jocl); add org.jocl:jocl:2.0.6"
              : "JOCL could not be loaded: " + firstLine(e);
      return new Answer(List.of(), sentence, e);
    } catch (RuntimeException e) {
      return new Answer(List.of(), "OpenCL's devices could not be listed: " + firstLine(e), e);
    }
  }

  private static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  /** What a driver would open, were this process allowed to. */
  private static Optional<Path> closed() {
    return Stream.of("/dev/dri/renderD128", "/dev/kfd", "/dev/nvidiactl", "/dev/nvidia0")
        .map(Path::of)
        .filter(Files::exists)
        .filter(file -> !Files.isReadable(file) || !Files.isWritable(file))
        .findFirst();
  }

  static String noDevice(Optional<Path> closed) {
    return closed.isPresent()
        ? "OpenCL found no device, and %s may not be opened by %s; become a member of its group (render or video) and log in again"
            .formatted(closed.get(), System.getProperty("user.name"))
        : "OpenCL found no device; install a driver, NVIDIA's own, or for this machine's processor"
            + " on Debian: apt install pocl-opencl-icd";
  }
}
