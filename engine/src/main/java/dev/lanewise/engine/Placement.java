package dev.lanewise.engine;

import dev.lanewise.kernels.Cut;
import dev.lanewise.kernels.Region;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives every intermediate a fixed place in memory; two that are never needed at the same time may
 * share one. Where several workers are on the way in one phase, "the same time" is the phase,
 * except for columns that are cut by lanes from first to last use: there a worker meets only
 * itself.
 */
final class Placement {

  /** From first to last use, both included. */
  private record Life(Buffer buffer, int first, int last) {
    boolean meets(Life other) {
      return first <= other.last && other.first <= last;
    }
  }

  /** Which buffers may share memory: columns of one shape among themselves, or the rest. */
  private record Pool(long stride, int lanes) {}

  private static final Pool REST = new Pool(0, 0);

  private Placement() {}

  /**
   * Elements from one column of n samples to the next: whole cache lines, and never a multiple of
   * 512 bytes, since columns that all begin at the same few cache sets push each other out.
   */
  static long stride(int n) {
    long stride = Math.ceilDiv(n, 16) * 16L;
    return stride % 128 == 0 ? stride + 16 : stride;
  }

  /** Places all intermediates; returns the elements that they take together. */
  static long place(Schedule schedule, Region region) {
    Map<Pool, List<Life>> pools = new LinkedHashMap<>();
    schedule
        .users()
        .forEach(
            (buffer, users) -> {
              if (buffer.isIntermediate() && buffer.address() < 0) {
                var pool = pool(buffer, users, schedule);
                pools.computeIfAbsent(pool, _ -> new ArrayList<>()).add(life(buffer, users, pool));
              }
            });
    long[] total = {0};
    pools.forEach((pool, lives) -> total[0] += place(lives, Math.max(pool.stride, 16), region));
    return total[0];
  }

  private static Pool pool(Buffer buffer, List<Schedule.Placed> users, Schedule schedule) {
    if (schedule.workers() == 1) {
      return new Pool(16, 0);
    }
    long stride = 0;
    int lanes = users.getFirst().instruction().lanes();
    for (var user : users) {
      for (var operand : user.instruction().operands()) {
        if (operand.buffer() == buffer) {
          var view = operand.view();
          boolean single = view.rows() == 1;
          boolean local =
              user.cut() == Cut.LANES
                  && operand.byLanes()
                  && view.laneStride() == 1
                  && user.instruction().lanes() == lanes
                  && (single || (stride == 0 ? view.rowStride() > 0 : view.rowStride() == stride));
          if (!local) {
            return REST;
          }
          stride = single ? stride : view.rowStride();
        }
      }
    }
    return new Pool(stride == 0 ? buffer.elements() : stride, lanes);
  }

  private static Life life(Buffer buffer, List<Schedule.Placed> users, Pool pool) {
    var first = users.getFirst();
    var last = users.getLast();
    return pool == REST
        ? new Life(buffer, first.phase(), last.phase())
        : new Life(buffer, first.index(), last.index());
  }

  /** First fit, in order of first use. */
  private static long place(List<Life> lives, long unit, Region region) {
    lives.sort(Comparator.comparingInt(Life::first).thenComparingInt(Life::last));
    var offsets = new LinkedHashMap<Life, Long>();
    long end = 0;
    for (var life : lives) {
      long size = size(life, unit);
      long offset = Region.GUARD ? end : firstFit(life, size, offsets, unit);
      offsets.put(life, offset);
      end = Math.max(end, offset + size);
    }
    if (Region.GUARD) {
      lives.forEach(l -> l.buffer.place(region.allocate(l.buffer.elements(), l.buffer.name())));
      return end;
    }
    long base = region.allocate(end, "intermediates");
    offsets.forEach((life, offset) -> life.buffer.place(base + offset));
    return end;
  }

  private static long firstFit(Life life, long size, Map<Life, Long> offsets, long unit) {
    var taken = new ArrayList<long[]>();
    offsets.forEach(
        (other, offset) -> {
          if (life.meets(other)) {
            taken.add(new long[] {offset, offset + size(other, unit)});
          }
        });
    taken.sort(Comparator.comparingLong(range -> range[0]));
    long offset = 0;
    for (var range : taken) {
      if (range[0] - offset >= size) {
        break;
      }
      offset = Math.max(offset, range[1]);
    }
    return offset;
  }

  private static long size(Life life, long unit) {
    return Math.ceilDiv(Math.max(life.buffer.elements(), 1), unit) * unit;
  }
}
