package dev.lanewise.engine.env.mujoco;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that MuJoCo may take away. After a fatal error MuJoCo must not be returned to, and an
 * exception cannot cross its frames: all that is left is to stop the thread where it is, for ever,
 * and to tell somebody. So no user's thread ever calls MuJoCo.
 */
abstract class NativeThread extends Thread {
  private static final System.Logger LOG = System.getLogger("dev.lanewise.mujoco");

  NativeThread(String name) {
    super(name);
    setDaemon(true);
  }

  /**
   * Called on this thread when MuJoCo has given up; it will never run again, and what it worked on
   * must not be touched any more.
   */
  abstract void lost(String message);

  /**
   * MuJoCo's own way with a fatal error is to end the process (before 2.3 after waiting for the
   * Enter key), and with a warning to write a file into the working folder. The two variables have
   * been there since 2.0; from 3.10 on its default log handler honours them.
   */
  static void installHandlers() {
    install("mju_user_error", "fatal");
    install("mju_user_warning", "warning");
  }

  @SuppressWarnings("restricted") // void (*)(const char*), as mujoco.h declares both
  private static void install(String variable, String method) {
    var pointer = MujocoLibrary.symbols().findOrThrow(variable).reinterpret(ADDRESS.byteSize());
    try {
      var handler =
          MethodHandles.lookup()
              .findStatic(
                  NativeThread.class,
                  method,
                  MethodType.methodType(void.class, MemorySegment.class));
      pointer.set(
          ADDRESS,
          0,
          Linker.nativeLinker()
              .upcallStub(handler, FunctionDescriptor.ofVoid(ADDRESS), Arena.global()));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void fatal(MemorySegment message) {
    try {
      var text = text(message);
      if (currentThread() instanceof NativeThread thread) {
        thread.lost(text);
      } else {
        LOG.log(System.Logger.Level.ERROR, "MuJoCo stopped {0}: {1}", currentThread(), text);
      }
    } catch (Throwable e) {
      e.printStackTrace();
    }
    while (true) {
      interrupted();
      LockSupport.park();
    }
  }

  private static void warning(MemorySegment message) {
    try {
      LOG.log(System.Logger.Level.WARNING, "MuJoCo: {0}", text(message));
    } catch (Throwable e) {
      e.printStackTrace();
    }
  }

  @SuppressWarnings("restricted") // a C string
  private static String text(MemorySegment message) {
    return message.reinterpret(Long.MAX_VALUE).getString(0).strip();
  }
}
