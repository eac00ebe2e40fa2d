package dev.lanewise.engine.env.mujoco;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What changes from release to release of MuJoCo, found out by trying instead of by a table of
 * releases.
 *
 * <p>Where in {@code mjData} the time is and the pointers to the arrays that are read, as byte
 * offsets: in the state of {@code probe.xml} each array holds numbers that can be told beforehand
 * and that no other holds. What is not found exactly once refuses the library.
 *
 * @param marginsAdd whether the margin within which two shapes touch is the sum of both their
 *     margins (3.x, and what Gymnasium's numbers were computed with) or the greater of the two
 */
record Release(
    long time,
    long qpos,
    long qvel,
    long accelerationWarmStart,
    long ctrl,
    long xpos,
    long siteXpos,
    long subtreeCom,
    long cinert,
    long cvel,
    long qfrcActuator,
    long qfrcConstraint,
    long cfrcExt,
    boolean marginsAdd) {

  private static Release found;

  /**
   * The layout of the library in use.
   *
   * @param threads to call MuJoCo on
   */
  static synchronized Release of(Steppers threads) {
    if (found == null) {
      try {
        threads.run(1, item -> found = probe());
      } finally {
        Allocations.stop(); // not on a thread that may be lost by now
      }
    }
    return found;
  }

  private static Release probe() {
    long model = Mj.load("probe.xml", true);
    Allocations.record();
    long data = Mj.makeData(model);
    Allocations.stop();
    try {
      return new Probe(model, data).layout();
    } finally {
      Mj.deleteData(data);
      Mj.deleteModel(model);
    }
  }

  /**
   * The blocks of memory that MuJoCo asked for while it made the probe's data: the struct, the
   * buffer of the arrays that are always there, the arena of those that last for a step.
   */
  private static final class Allocations {
    private static final List<MemorySegment> BLOCKS = new ArrayList<>();
    private static final MethodHandle ALIGNED_ALLOC = alignedAlloc();

    static void record() {
      BLOCKS.clear();
      hook().set(JAVA_LONG, 0, stub().address());
    }

    /** MuJoCo's own way with memory again; what was recorded it frees as its own, with free. */
    static void stop() {
      hook().set(JAVA_LONG, 0, 0);
    }

    @SuppressWarnings("restricted") // void* (*mju_user_malloc)(size_t)
    private static MemorySegment hook() {
      return MujocoLibrary.symbols().findOrThrow("mju_user_malloc").reinterpret(ADDRESS.byteSize());
    }

    @SuppressWarnings("restricted") // as above
    private static MemorySegment stub() {
      try {
        var allocate =
            MethodHandles.lookup()
                .findStatic(
                    Allocations.class, "allocate", MethodType.methodType(long.class, long.class));
        return Linker.nativeLinker()
            .upcallStub(allocate, FunctionDescriptor.of(JAVA_LONG, JAVA_LONG), Arena.global());
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }

    @SuppressWarnings("restricted") // void* aligned_alloc(size_t, size_t)
    private static MethodHandle alignedAlloc() {
      var linker = Linker.nativeLinker();
      return linker.downcallHandle(
          linker.defaultLookup().findOrThrow("aligned_alloc"),
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG));
    }

    /**
     * As MuJoCo's own, which counts on whole lines of 64 bytes; zeroed, so that gaps point nowhere.
     * An exception here would end the process; 0 is how C says that there is no memory.
     */
    private static long allocate(long bytes) {
      try {
        long whole = Math.ceilDiv(bytes, 64) * 64;
        long address = (long) ALIGNED_ALLOC.invokeExact(64L, whole);
        if (address != 0) {
          BLOCKS.add(segment(address, whole).fill((byte) 0));
        }
        return address;
      } catch (Throwable e) {
        return 0;
      }
    }
  }

  @SuppressWarnings("restricted") // memory whose size the caller knows
  static MemorySegment segment(long address, long bytes) {
    return MemorySegment.ofAddress(address).reinterpret(bytes);
  }

  /**
   * The arithmetic of {@code probe.xml}: bodies a, b on it, c and d. Nothing is read but the struct
   * and the buffer: the arena of 3.x holds copies by islands, as like the arrays that are looked
   * for as they can be.
   */
  private record Probe(long model, long data, MemorySegment struct, MemorySegment buffer) {
    private static final int NV = 15;
    private static final int NBODY = 5;

    Probe(long model, long data) {
      this(model, data, block(0), block(1));
      if (struct.address() != data) {
        throw unknown("mjData itself");
      }
    }

    private static MemorySegment block(int i) {
      if (i >= Allocations.BLOCKS.size()) {
        throw unknown("mjData's arrays");
      }
      return Allocations.BLOCKS.get(i);
    }

    Release layout() {
      Mj.resetToKey(model, data, 0);
      Mj.forward(model, data);
      Mj.rnePostConstraint(model, data);

      long time = time();
      long qpos = find("qpos", 17, at(0, 0.25, 0.5, 0, -4, -5, 0.08, 1, 0, 0, 0, 6, 7, 0.1015));
      long qvel = find("qvel", NV, at(0, 5, -7, 0.75, 0.31, 0.32, -0.33, 0.41, 0.42, 0.43));
      long ctrl = find("ctrl", 2, at(0, 0.125, -0.5));

      // a has slid by (0.25, 0.5); the centre of mass of a and b is (2 xa + 5 xb) / 7
      long xpos =
          find("xpos", 3 * NBODY, at(0, 0, 0, 0, 1.25, 2.5, 3, 1.75, 2.75, 3.125, -4, -5, 0.08));
      long site = find("site_xpos", 3, at(0, 1.761, 2.772, 3.158));
      long subtreeCom =
          find(
              "subtree_com",
              3 * NBODY,
              at(3, (2 * 1.35 + 5 * 1.8) / 7, (2 * 2.7 + 5 * 2.81) / 7, (2 * 3.3 + 5 * 3.195) / 7)
                  .and(at(6, 1.8, 2.81, 3.195, -4, -5, 0.08)));

      // masses last, which tells bodies from subtrees; c's inertia is about its own centre
      long cinert =
          find(
              "cinert",
              10 * NBODY,
              at(19, 2).and(at(29, 5)).and(at(30, 0.3, 0.3, 0.3, 0, 0, 0, 0, 0, 0, 7)));

      // rotation before translation, the other way round than in qvel
      long cvel =
          find(
              "cvel",
              6 * NBODY,
              at(0, 0, 0, 0, 0, 0, 0).and(at(18, 0.41, 0.42, 0.43, 0.31, 0.32, -0.33)));

      // gear times gain times control
      long actuator =
          find("qfrc_actuator", NV, at(0, 3 * 2 * 0.125, 5 * 4 * -0.5, 0, 0, 0, 0, 0, 0, 0));

      // dry friction opposes the slide with all it has; c is pressed upwards out of the floor
      long constraint =
          find("qfrc_constraint", NV, at(0, -3, 2, 0).and(array -> get(array, 5) > 1));
      long external = find("cfrc_ext", 6 * NBODY, forcesOn(3, array(constraint, NV)));

      // d is touched only within the sum of both margins
      return new Release(
          time,
          qpos,
          qvel,
          warmStart(qvel),
          ctrl,
          xpos,
          site,
          subtreeCom,
          cinert,
          cvel,
          actuator,
          constraint,
          external,
          get(array(constraint, NV), 11) > 0);
    }

    /** The force on a free body is what the constraints do to it, its torque first. */
    private static Predicate<MemorySegment> forcesOn(int body, MemorySegment constraint) {
      return at(6, new double[12])
          .and(
              at(
                  6 * body,
                  get(constraint, 6),
                  get(constraint, 7),
                  get(constraint, 8),
                  get(constraint, 3),
                  get(constraint, 4),
                  get(constraint, 5)));
    }

    private long time() {
      var offsets = new ArrayList<Long>();
      for (long offset = 0; offset + 8 <= struct.byteSize(); offset += 8) {
        if (struct.get(JAVA_DOUBLE, offset) == 1234.5678) {
          offsets.add(offset);
        }
      }
      if (offsets.size() != 1) {
        throw unknown("time");
      }
      return offsets.getFirst();
    }

    /**
     * After a step two arrays hold the acceleration, Δq̇ / h where nothing is damped: q̈ itself, on
     * which M q̈ depends, and the solver's next warm start, on which it does not.
     */
    private long warmStart(long qvel) {
      double h = 0.001;
      var before = array(qvel, NV).toArray(JAVA_DOUBLE);
      Mj.step(model, data);
      var after = array(qvel, NV);
      Predicate<MemorySegment> acceleration =
          array -> {
            for (int i = 3; i < 6; i++) {
              double expected = (get(after, i) - before[i]) / h;
              if (!(Math.abs(get(array, i) - expected) <= 1e-7 * Math.max(1, Math.abs(expected)))) {
                return false;
              }
            }
            return true;
          };
      var without = new ArrayList<Long>();
      for (long offset : offsets(NV, acceleration)) {
        var candidate = array(offset, NV);
        double force = forceOnLast();
        candidate.setAtIndex(JAVA_DOUBLE, NV - 1, get(candidate, NV - 1) + 1000);
        if (forceOnLast() == force) {
          without.add(offset);
        }
        candidate.setAtIndex(JAVA_DOUBLE, NV - 1, get(candidate, NV - 1) - 1000);
      }
      if (without.size() != 1) {
        throw unknown("qacc_warmstart");
      }
      return without.getFirst();
    }

    private double forceOnLast() {
      try (var arena = Arena.ofConfined()) {
        var result = arena.allocate(JAVA_DOUBLE, NV);
        Mj.rne(model, data, result);
        return get(result, NV - 1);
      }
    }

    private long find(String name, int count, Predicate<MemorySegment> content) {
      var offsets = offsets(count, content);
      if (offsets.size() != 1) {
        throw unknown(name);
      }
      return offsets.getFirst();
    }

    /**
     * Offsets of the pointers to so many doubles that are as described. An array of no elements
     * lies where the next one begins: of several pointers to one place the last one counts.
     */
    private List<Long> offsets(int count, Predicate<MemorySegment> content) {
      var offsets = new ArrayList<Long>();
      var addresses = new ArrayList<Long>();
      for (long offset = 0; offset + 8 <= struct.byteSize(); offset += 8) {
        long address = struct.get(JAVA_LONG, offset);
        if (inBuffer(address, count * 8L) && content.test(segment(address, count * 8L))) {
          int known = addresses.indexOf(address);
          if (known >= 0) {
            offsets.set(known, offset);
          } else {
            addresses.add(address);
            offsets.add(offset);
          }
        }
      }
      return offsets;
    }

    private boolean inBuffer(long address, long bytes) {
      long from = address - buffer.address();
      return from >= 0 && from <= buffer.byteSize() - bytes && from % 8 == 0;
    }

    private MemorySegment array(long offset, int count) {
      return segment(struct.get(JAVA_LONG, offset), count * 8L);
    }

    private static double get(MemorySegment array, int i) {
      return array.getAtIndex(JAVA_DOUBLE, i);
    }

    /** These numbers from index {@code from} on. */
    private static Predicate<MemorySegment> at(int from, double... expected) {
      return array -> {
        for (int i = 0; i < expected.length; i++) {
          if (!(Math.abs(get(array, from + i) - expected[i]) <= 1e-9)) {
            return false;
          }
        }
        return true;
      };
    }

    private static IllegalStateException unknown(String field) {
      return new IllegalStateException(
          ("MuJoCo %s keeps %s where it was not found, so this release cannot be used; %s, of which"
                  + " 2.2.2 and 3.5.0 are tested")
              .formatted(MujocoLibrary.version(), field, MujocoLibrary.SUPPORTED));
    }
  }
}
