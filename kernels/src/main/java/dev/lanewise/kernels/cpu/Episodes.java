package dev.lanewise.kernels.cpu;

import static dev.lanewise.kernels.cpu.Lanes.COUNT;
import static dev.lanewise.kernels.cpu.Lanes.F;
import static dev.lanewise.kernels.cpu.Lanes.ORDER;
import static dev.lanewise.kernels.cpu.Lanes.all;
import static dev.lanewise.kernels.cpu.Lanes.bytes;
import static dev.lanewise.kernels.cpu.Lanes.rest;
import static dev.lanewise.kernels.cpu.Pointers.FLOAT;
import static dev.lanewise.kernels.cpu.Pointers.INDEX;
import static dev.lanewise.kernels.cpu.Pointers.MEMORY;
import static dev.lanewise.kernels.cpu.Pointers.POINTER;
import static dev.lanewise.kernels.cpu.Pointers.at;
import static dev.lanewise.kernels.cpu.Pointers.get;
import static dev.lanewise.kernels.cpu.Pointers.set;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHR;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Kernels.EpisodeEnds;
import dev.lanewise.kernels.Kernels.EpisodeStarts;
import dev.lanewise.kernels.Kernels.Feature;
import dev.lanewise.kernels.View;
import java.util.ArrayList;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The ends and beginnings of episodes: every lane is looked at, only the ended ones are touched.
 */
final class Episodes {
  private static final FloatVector ZERO = all(0);
  private static final FloatVector ONE = all(1);
  private static final FloatVector UNIT = all(0x1p-23f);
  private static final FloatVector HALF_UNIT = all(0x1p-24f);
  private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, F.vectorShape());

  /** Lanes whose ends are collected in the bits of a long. */
  private static final int GROUP = 64;

  /** Lanes that begin at once: whole vectors. */
  private static final int STREAMS = 128;

  /**
   * A part of the work for n of the lanes that begin, from number k on. So many that each is
   * compiled by itself, see {@link Passes}.
   */
  private interface Part {
    void run(int k, int n);
  }

  private Episodes() {}

  static Call end(EpisodeEnds e) {
    int n = e.reward().lanes();
    long reward = Pointers.of(e.reward()), terminated = Pointers.of(e.terminated());
    long truncated = Pointers.of(e.truncated()), running = Pointers.of(e.running());
    long length = Pointers.of(e.length()), count = Pointers.of(e.count());
    long endedReturn = Pointers.of(e.endedReturn());
    long endedLength = Pointers.of(e.endedLength());
    long ended = Pointers.of(e.ended());
    float limit = (float) e.limit();
    boolean cutsItself = e.cutsItself();
    return () -> {
      int found = 0;
      for (int i = 0; i < n; i += GROUP) {
        long at = bytes(i);
        long ends =
            advance(
                reward + at,
                terminated + at,
                truncated + at,
                cutsItself,
                running + at,
                length + at,
                limit,
                Math.min(GROUP, n - i));
        for (; ends != 0; ends &= ends - 1) {
          int lane = i + Long.numberOfTrailingZeros(ends);
          close(running, length, endedReturn, endedLength, bytes(lane));
          set(ended + bytes(found++), lane);
        }
      }
      set(count, found);
    };
  }

  /** Which of up to 64 episodes end. */
  private static long advance(
      long reward,
      long terminated,
      long truncated,
      boolean cutsItself,
      long running,
      long length,
      float limit,
      int n) {
    var longest = all(limit);
    var keep = IntVector.broadcast(INTS, cutsItself ? -1 : 0);
    var rest = rest(n);
    long ends = 0;
    for (int i = 0; i < n; i += COUNT) {
      boolean whole = n - i >= COUNT;
      var t = at(length, i, whole, rest).add(ONE);
      var cut = kept(at(truncated, i, whole, rest), keep).blend(ONE, t.compare(GE, longest));
      var earned = at(running, i, whole, rest).add(at(reward, i, whole, rest));
      var end = at(terminated, i, whole, rest).add(cut).compare(GT, ZERO);
      if (whole) {
        t.intoMemorySegment(MEMORY, (length & POINTER) + 4 * (i & INDEX), ORDER);
        cut.intoMemorySegment(MEMORY, (truncated & POINTER) + 4 * (i & INDEX), ORDER);
        earned.intoMemorySegment(MEMORY, (running & POINTER) + 4 * (i & INDEX), ORDER);
        ends |= end.toLong() << i;
      } else {
        t.intoMemorySegment(MEMORY, (length & POINTER) + 4 * (i & INDEX), ORDER, rest);
        cut.intoMemorySegment(MEMORY, (truncated & POINTER) + 4 * (i & INDEX), ORDER, rest);
        earned.intoMemorySegment(MEMORY, (running & POINTER) + 4 * (i & INDEX), ORDER, rest);
        ends |= end.and(rest).toLong() << i;
      }
    }
    return ends;
  }

  /** Return and length of an episode that ended. */
  private static void close(
      long running, long length, long endedReturn, long endedLength, long lane) {
    set(endedReturn + lane, get(running + lane));
    set(endedLength + lane, get(length + lane));
    set(running + lane, 0);
    set(length + lane, 0);
  }

  /** All bits or none: a choice of vectors would put them on the heap. */
  private static FloatVector kept(FloatVector x, IntVector bits) {
    return x.reinterpretAsInts().and(bits).reinterpretAsFloats();
  }

  static Call begin(EpisodeStarts s) {
    var random = s.random();
    long lanes0 = Pointers.of(s.lanes()), laneStride = bytes(s.lanes().laneStride());
    long count0 = Pointers.of(s.count());
    // vectors made here, as making them is not always inlined in what is run rarely
    var low = s.intervals().stream().map(i -> all(i.low())).toArray(FloatVector[]::new);
    var range =
        s.intervals().stream().map(i -> all(i.high() - i.low())).toArray(FloatVector[]::new);
    var features = s.features().toArray(Feature[]::new);
    int drawn = low.length;
    var lanes = new int[STREAMS];
    var words = new int[4 * STREAMS];
    // a row for each number, then one for each feature
    var numbers = new float[(drawn + features.length) * STREAMS];
    long[] to = pointers(s.hidden(), s.observation());
    int[] from = new int[to.length];
    for (int r = 0, last = s.hidden().rows() + features.length - 1; r < from.length; r++) {
      int row = Math.min(r, last), j = row - s.hidden().rows();
      from[r] = STREAMS * (j < 0 ? row : isValue(features[j]) ? features[j].number() : drawn + j);
    }
    var parts = new ArrayList<Part>();
    parts.add(
        (k, n) -> {
          for (int i = 0; i < n; i++) {
            lanes[i] = (int) get(lanes0 + (k + i) * laneStride);
          }
          long first = random.stream() + s.firstLane();
          Randoms.draw(random.seed(), first, lanes, n, random.counter(), words);
          for (int j = 0; j < drawn; j++) {
            within(low[j], range[j], words, numbers, j * STREAMS, n);
          }
        });
    for (int j = 0; j < features.length; j++) {
      int x = features[j].number() * STREAMS, y = (drawn + j) * STREAMS;
      switch (features[j].of()) {
        case VALUE -> {}
        case COSINE -> parts.add((k, n) -> cosines(numbers, x, y, n));
        case SINE -> parts.add((k, n) -> sines(numbers, x, y, n));
      }
    }
    parts.add(
        (k, n) -> {
          for (int r = 0; r < to.length; r += 4) {
            scatter(numbers, from, to, r, lanes, n);
          }
        });
    var all = parts.toArray(Part[]::new);
    return () -> {
      int count = (int) get(count0);
      for (int k = 0; k < count; k += STREAMS) {
        for (var part : all) {
          part.run(k, Math.min(STREAMS, count - k));
        }
      }
    };
  }

  private static boolean isValue(Feature feature) {
    return feature.of() == Feature.Of.VALUE;
  }

  /** Of all rows, and then of the last one again until there are whole fours. */
  private static long[] pointers(View hidden, View observation) {
    int rows = hidden.rows() + observation.rows();
    var pointers = new long[Math.ceilDiv(rows, 4) * 4];
    for (int r = 0; r < pointers.length; r++) {
      int row = Math.min(r, rows - 1);
      pointers[r] =
          row < hidden.rows()
              ? Pointers.ofRow(hidden, row)
              : Pointers.ofRow(observation, row - hidden.rows());
    }
    return pointers;
  }

  private static void within(
      FloatVector low, FloatVector range, int[] words, float[] values, int from, int n) {
    for (int i = from; i < from + n; i += COUNT) {
      // Randoms.unit written out: run too rarely, it is not always inlined
      var bits = IntVector.fromArray(INTS, words, i).lanewise(LSHR, 9);
      var unit = ((FloatVector) bits.convertShape(I2F, F, 0)).fma(UNIT, HALF_UNIT);
      unit.fma(range, low).intoArray(values, i);
    }
  }

  private static void cosines(float[] numbers, int x, int y, int n) {
    for (int i = 0; i < n; i += COUNT) {
      Functions.cos(FloatVector.fromArray(F, numbers, x + i)).intoArray(numbers, y + i);
    }
  }

  private static void sines(float[] numbers, int x, int y, int n) {
    for (int i = 0; i < n; i += COUNT) {
      Functions.sin(FloatVector.fromArray(F, numbers, x + i)).intoArray(numbers, y + i);
    }
  }

  /** Four rows at once: few begin at a time, and every loop is left at some unforeseen place. */
  private static void scatter(float[] x, int[] from, long[] to, int row, int[] lanes, int n) {
    int x0 = from[row], x1 = from[row + 1], x2 = from[row + 2], x3 = from[row + 3];
    long y0 = to[row] & POINTER, y1 = to[row + 1] & POINTER;
    long y2 = to[row + 2] & POINTER, y3 = to[row + 3] & POINTER;
    for (int i = 0; i < n; i++) {
      long lane = 4 * (lanes[i] & INDEX);
      MEMORY.set(FLOAT, y0 + lane, x[x0 + i]);
      MEMORY.set(FLOAT, y1 + lane, x[x1 + i]);
      MEMORY.set(FLOAT, y2 + lane, x[x2 + i]);
      MEMORY.set(FLOAT, y3 + lane, x[x3 + i]);
    }
  }
}
