package dev.lanewise.engine.env.mujoco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SteppersTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void everyItemIsRunOnce(int count) {
    try (var threads = new Steppers(count)) {
      for (int round = 0; round < 2000; round++) {
        int items = 1 + round % 7;
        var runs = new AtomicIntegerArray(items);
        threads.run(items, runs::incrementAndGet);
        for (int i = 0; i < items; i++) {
          assertThat(runs.get(i)).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void anExceptionReachesTheCallerAndNothingIsLost() {
    try (var threads = new Steppers(2)) {
      assertThatThrownBy(
              () ->
                  threads.run(
                      3,
                      i -> {
                        throw new IllegalArgumentException("item");
                      }))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("item");
      var runs = new AtomicIntegerArray(3);
      threads.run(3, runs::incrementAndGet);
      assertThat(runs.toString()).isEqualTo("[1, 1, 1]");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aFatalErrorOfMujocoFailsTheBatchAndNotTheProcess(int count) {
    Installed.assume(SteppersTest.class);
    NativeThread.installHandlers();
    try (var threads = new Steppers(count)) {
      threads.run(2, i -> {});
      for (int attempt = 0; attempt < 2; attempt++) {
        assertThatThrownBy(() -> threads.run(4, i -> error()))
            .isInstanceOf(IllegalStateException.class)
            .hasMessage(
                "MuJoCo stopped with a fatal error: out of stack; this batch is lost, close it and"
                    + " make another");
      }
      assertThat(threads.failed()).isTrue();
    }
    try (var threads = new Steppers(count)) {
      threads.run(2, i -> {});
      assertThat(threads.failed()).isFalse();
    }
  }

  /** As MuJoCo's own code calls it when it cannot go on. */
  private static void error() {
    try (var arena = Arena.ofConfined()) {
      ERROR.invokeExact(arena.allocateFrom("out of stack"));
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static final MethodHandle ERROR = bind();

  @SuppressWarnings("restricted") // void mju_error(const char*)
  private static MethodHandle bind() {
    return MujocoLibrary.missing().isPresent()
        ? null
        : Linker.nativeLinker()
            .downcallHandle(
                MujocoLibrary.symbols().findOrThrow("mju_error"),
                FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
  }
}
