package dev.lanewise.engine.env.mujoco;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.regex.Pattern;

/**
 * The functions of MuJoCo's C interface that are used; a model and its data are plain addresses.
 * Every one of them may end its thread for good: only {@link NativeThread}s call them.
 */
final class Mj {
  private static final MethodHandle LOAD_XML =
      bind("mj_loadXML", FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, JAVA_INT));
  private static final MethodHandle DELETE_MODEL = bind("mj_deleteModel", JAVA_LONG);
  private static final MethodHandle MAKE_DATA =
      bind("mj_makeData", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));
  private static final MethodHandle DELETE_DATA = bind("mj_deleteData", JAVA_LONG);
  private static final MethodHandle RESET_DATA = bind("mj_resetData", JAVA_LONG, JAVA_LONG);
  private static final MethodHandle RESET_TO_KEY =
      bind("mj_resetDataKeyframe", JAVA_LONG, JAVA_LONG, JAVA_INT);
  private static final MethodHandle STEP = bind("mj_step", JAVA_LONG, JAVA_LONG);
  private static final MethodHandle FORWARD = bind("mj_forward", JAVA_LONG, JAVA_LONG);
  private static final MethodHandle RNE_POST_CONSTRAINT =
      bind("mj_rnePostConstraint", JAVA_LONG, JAVA_LONG);
  private static final MethodHandle LOCAL_TO_GLOBAL =
      bind("mj_local2Global", JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, JAVA_BYTE);
  private static final MethodHandle RNE = bind("mj_rne", JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS);

  static {
    NativeThread.installHandlers();
  }

  private Mj() {}

  private static final Pattern MARGIN = Pattern.compile("(<geom\\b[^>]*\\bmargin=\")([^\"]+)");

  /**
   * Compiles one of this package's MJCF files into a new model.
   *
   * @param marginsAdd whether the margins of two shapes add up, which the files take for granted:
   *     where the greater counts they are doubled, since within a file all are the same
   */
  static long load(String file, boolean marginsAdd) {
    try (var arena = Arena.ofConfined();
        var in = Mj.class.getResourceAsStream(file)) {
      var path = Files.createTempFile("lanewise", ".xml");
      try {
        var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        Files.writeString(path, marginsAdd ? text : doubled(text));
        var error = arena.allocate(1000);
        long model =
            (long)
                LOAD_XML.invokeExact(
                    arena.allocateFrom(path.toString()),
                    MemorySegment.NULL,
                    error,
                    (int) error.byteSize());
        if (model == 0) {
          throw new IllegalStateException(
              "MuJoCo %s refuses %s: %s"
                  .formatted(MujocoLibrary.version(), file, error.getString(0)));
        }
        return model;
      } finally {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "MuJoCo reads models from files, and none could be written", e);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static String doubled(String text) {
    return MARGIN
        .matcher(text)
        .replaceAll(found -> found.group(1) + 2 * Double.parseDouble(found.group(2)));
  }

  static void deleteModel(long model) {
    try {
      DELETE_MODEL.invokeExact(model);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long makeData(long model) {
    try {
      return (long) MAKE_DATA.invokeExact(model);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static void deleteData(long data) {
    try {
      DELETE_DATA.invokeExact(data);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static void resetData(long model, long data) {
    try {
      RESET_DATA.invokeExact(model, data);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static void resetToKey(long model, long data, int key) {
    try {
      RESET_TO_KEY.invokeExact(model, data, key);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static void step(long model, long data) {
    try {
      STEP.invokeExact(model, data);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static void forward(long model, long data) {
    try {
      FORWARD.invokeExact(model, data);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Computes the external forces on each body, which a step leaves out. */
  static void rnePostConstraint(long model, long data) {
    try {
      RNE_POST_CONSTRAINT.invokeExact(model, data);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** M q̈ + C(q, q̇), of as many numbers as there are degrees of freedom. */
  static void rne(long model, long data, MemorySegment result) {
    try {
      RNE.invokeExact(model, data, 1, result);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /**
   * Where in the world a point of a body is, as of the last time that kinematics were computed.
   *
   * @param result three doubles
   * @param point three doubles, in the body's frame
   */
  static void toGlobal(long data, MemorySegment result, MemorySegment point, int body) {
    byte noSameFrame = 0;
    try {
      LOCAL_TO_GLOBAL.invokeExact(
          data, result, MemorySegment.NULL, point, MemorySegment.NULL, body, noSameFrame);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static RuntimeException unexpected(Throwable e) {
    return e instanceof RuntimeException known
        ? known
        : new IllegalStateException("MuJoCo could not be called", e);
  }

  private static MethodHandle bind(String name, MemoryLayout... arguments) {
    return bind(name, FunctionDescriptor.ofVoid(arguments));
  }

  @SuppressWarnings("restricted") // the descriptors are those of mujoco.h
  private static MethodHandle bind(String name, FunctionDescriptor descriptor) {
    return Linker.nativeLinker()
        .downcallHandle(MujocoLibrary.symbols().findOrThrow(name), descriptor);
  }
}
