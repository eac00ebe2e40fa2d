package dev.lanewise.kernels.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.NotFiniteException;
import dev.lanewise.kernels.OutOfSlabException;
import dev.lanewise.kernels.Unary;
import dev.lanewise.kernels.View;
import java.lang.foreign.Arena;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jocl.CLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Memory, calls and failures of a device; without one skipped with the reason. */
class OpenClBackendTest {
  private static OpenClBackend backend;

  @BeforeAll
  static void open() {
    backend = new OpenClBackend(Installed.device("no backend"));
  }

  @AfterAll
  static void close() {
    if (backend != null) {
      backend.close();
    }
  }

  /**
   * The JVM's signal handlers are its own after a device was opened: see {@link SignalHandlers}.
   */
  @Test
  void signalHandlersAreKept() {
    try (var arena = Arena.ofConfined()) {
      var before = SignalHandlers.saved(arena);
      try (var another = new OpenClBackend(backend.device());
          var region = another.open("another")) {
        var x = View.row(region.allocate(5, "x"), 5);
        another.kernels().map(Unary.EXP, x, x).run();
        another.finish();
      }
      var after = SignalHandlers.saved(arena);
      for (int signal = 1; signal < before.length; signal++) {
        if (before[signal] != null) {
          assertThat(SignalHandlers.handler(after[signal]))
              .as("handler of signal " + signal)
              .isEqualTo(SignalHandlers.handler(before[signal]));
        }
      }
    }
    int zero = Integer.parseInt("0");
    assertThatThrownBy(() -> assertThat(1 / zero).isZero()).isInstanceOf(ArithmeticException.class);
  }

  @Test
  void memoryIsZeroAlsoWhenItWasUsedBefore() {
    for (int turn = 0; turn < 3; turn++) {
      try (var region = backend.open("net")) {
        int size = 600_000;
        long address = region.allocate(size, "weights");
        float[] values = new float[size];
        backend.read(address, values, 0, size);
        assertThat(values).containsOnly(0);
        java.util.Arrays.fill(values, 7);
        backend.write(address, values, 0, size);
      }
    }
  }

  @Test
  void regionsAndCallsAreGivenBack() {
    long taken = backend.used();
    int kernels = backend.boundKernels();
    for (int turn = 0; turn < 1000; turn++) {
      try (var region = backend.open("turn " + turn)) {
        var x = View.row(region.allocate(100, "x"), 100);
        var y = View.row(region.allocate(100, "y"), 100);
        Call call = backend.kernels().map(Unary.NEGATE, x, y);
        call.run();
        assertThat(backend.used()).isEqualTo(taken + (2 << 20));
        assertThat(backend.boundKernels()).isEqualTo(kernels + 1);
      }
      assertThat(backend.boundKernels()).isEqualTo(kernels);
      assertThat(backend.used()).isEqualTo(taken);
    }
  }

  /** A region that stays open does not keep the calls that nobody has any more. */
  @Test
  void forgottenCallsAreReleased() throws InterruptedException {
    try (var region = backend.open("lasting")) {
      var x = View.row(region.allocate(100, "x"), 100);
      int before = backend.boundKernels();
      for (int turn = 0; turn < 1000; turn++) {
        backend.kernels().map(Unary.NEGATE, x, x).run();
      }
      for (int wait = 0; wait < 100 && backend.boundKernels() > before; wait++) {
        System.gc();
        Thread.sleep(20);
      }
      assertThat(backend.boundKernels()).isEqualTo(before);
    }
  }

  @Test
  void aCallRefusesToRunOnMemoryGivenBack() {
    var region = backend.open("net");
    var x = View.row(region.allocate(5, "x"), 5);
    Call call = backend.kernels().map(Unary.NEGATE, x, x);
    region.close();
    assertThatThrownBy(call::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("map_NEGATE cannot run: memory that it was bound to has been given back");
    assertThatThrownBy(() -> backend.get(x.address()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageMatching("address \\d+ of .* lies in no open region");
  }

  @Test
  void tooMuchMemoryIsOneSentence() {
    long taken = backend.used();
    try (var region = backend.open("replay")) {
      assertThatThrownBy(() -> region.allocate(1L << 50, "observations"))
          .isInstanceOf(OutOfDeviceMemoryException.class)
          .hasMessageMatching(
              "replay: observations needs 4\\.0 PiB of memory on .*, which gives at most .* in one"
                  + " piece and has .*, .* of it taken; make it smaller");
      assertThat(backend.used()).isEqualTo(taken);
    }
  }

  /** What the driver refuses, and not we before it. */
  @Test
  void aDriverWithoutMemoryIsTheSameSentence() {
    try (var queue = new Queue(OpenClDevices.found(backend.device()))) {
      var device = backend.device();
      assertThatThrownBy(() -> new OpenClMemory(queue).scratch(1L << 50, "a factor"))
          .isInstanceOf(OutOfDeviceMemoryException.class)
          .hasMessage(
              "a factor needs 1.0 PiB of memory on %s, which gives at most %s in one piece and has"
                  + " %s, 0 B of it taken; make it smaller",
              device.name(),
              OutOfSlabException.readable(device.largestAllocation()),
              OutOfSlabException.readable(device.memory()))
          .hasRootCauseInstanceOf(CLException.class);
    }
  }

  @Test
  void aLostDeviceIsOneSentenceWhateverIsAskedOfIt() {
    var own = new OpenClBackend(backend.device());
    var region = own.open("net");
    var x = View.row(region.allocate(5, "x"), 5);
    Call call = own.kernels().map(Unary.NEGATE, x, x);
    Call check = own.kernels().checkFinite(x, "the loss");
    LostDevice.lose(own);
    for (ThrowingCallable asked :
        List.<ThrowingCallable>of(
            call::run,
            check::run,
            own::finish,
            () -> own.get(x.address()),
            () -> own.set(x.address(), 1),
            () -> region.allocate(1 << 20, "more"),
            own::close)) {
      assertThatThrownBy(asked)
          .isInstanceOf(OpenClException.class)
          .hasMessage(
              "%s computes no more: its driver answers CL_INVALID_COMMAND_QUEUE; look at the"
                  + " system's log, and choose another device if it happens again",
              own.device().name());
    }
    assertThat(own.used()).isZero();
  }

  @Test
  void canariesWorkOnTheDevice() {
    try (var region = backend.open("net")) {
      region.allocate(20, "weights");
      region.verify();
    }
  }

  /** What was run before a failed check has happened, what was to be run after it has not. */
  @Test
  void nothingHappensAfterAFailedCheck() {
    try (var region = backend.open("net")) {
      var x = View.row(region.allocate(3, "x"), 3);
      backend.write(x.address(), new float[] {1, Float.NaN, 3}, 0, 3);
      var kernels = backend.kernels();
      Call call =
          Call.inOrder(
              kernels.map(Unary.NEGATE, x, x),
              kernels.checkFinite(x, "the loss"),
              kernels.fill(9, x));
      assertThatThrownBy(call::run)
          .isInstanceOf(NotFiniteException.class)
          .hasMessage("the loss is NaN");
      float[] now = new float[3];
      backend.read(x.address(), now, 0, 3);
      assertThat(now).containsExactly(-1, Float.NaN, -3);
      backend.set(x.address() + 1, 0);
      call.run(); // and the check is as good as new
      assertThat(backend.get(x.address())).isEqualTo(9);
    }
  }

  @Test
  void moreRowsThanADriverTakesAtOnce() {
    int rows = 100_000;
    try (var region = backend.open("tall")) {
      var x = View.of(region.allocate(rows * 3L, "x"), rows, 2, 3);
      backend.kernels().fill(1, x).run();
      backend.kernels().map(Unary.NEGATE, x, x).run();
      float[] values = new float[rows * 3];
      backend.read(x.address(), values, 0, values.length);
      for (int r = 0; r < rows; r++) {
        assertThat(values[3 * r]).isEqualTo(-1);
        assertThat(values[3 * r + 1]).isEqualTo(-1);
        assertThat(values[3 * r + 2]).isZero();
      }
    }
  }

  @Test
  void aClosedBackendHasGivenEverythingBack() {
    var own = new OpenClBackend(backend.device());
    var region = own.open("net");
    var x = View.row(region.allocate(5, "x"), 5);
    Call call = own.kernels().map(Unary.NEGATE, x, x);
    call.run();
    own.close();
    own.close();
    assertThat(own.used()).isZero();
    assertThatThrownBy(call::run).isInstanceOf(IllegalStateException.class);
    region.close();
  }
}
