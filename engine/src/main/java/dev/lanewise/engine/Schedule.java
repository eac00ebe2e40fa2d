package dev.lanewise.engine;

import dev.lanewise.kernels.Cut;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Instructions in phases, with a barrier between two phases and none inside. Most work is cut along
 * the lanes, a lane being a sample: a worker's samples go through a whole network without waiting
 * for the others. Work that needs another worker's result is put off until nothing else is left,
 * and begins a new phase.
 */
final class Schedule {
  /** Below so many operations the other workers are not worth waking. */
  private static final double PARALLEL_COST = 1e6;

  /**
   * @param worker who does it, if it is not cut
   * @param index of the instruction in order of execution
   */
  record Placed(Instruction instruction, Cut cut, int worker, int phase, int index) {

    /** The part for a worker; an empty one if there is nothing to do. */
    Instruction.Part part(int who, int workers) {
      var i = instruction;
      return switch (cut) {
        case LANES ->
            new Instruction.Part(
                0, i.rows(), Cut.at(i.lanes(), who, workers), Cut.at(i.lanes(), who + 1, workers));
        case ROWS ->
            new Instruction.Part(
                Cut.at(i.rows(), who, workers), Cut.at(i.rows(), who + 1, workers), 0, i.lanes());
        case NONE -> who == worker ? i.all() : new Instruction.Part(0, 0, 0, 0);
      };
    }
  }

  private final int workers;
  private final List<Placed> placed = new ArrayList<>();
  private int phases;

  private Schedule(int workers) {
    this.workers = workers;
  }

  static Schedule of(List<Instruction> instructions, int workers) {
    double cost = instructions.stream().mapToDouble(Instruction::cost).sum();
    var schedule = new Schedule(cost < PARALLEL_COST ? 1 : workers);
    schedule.place(instructions);
    return schedule;
  }

  int workers() {
    return workers;
  }

  int phases() {
    return phases;
  }

  /** In order of execution. */
  List<Placed> placed() {
    return placed;
  }

  private Cut cut(Instruction i) {
    if (workers == 1) {
      return Cut.NONE;
    }
    if (i.splitLanes() && i.lanes() >= 16 * workers) {
      return Cut.LANES;
    }
    return i.splitRows() && i.rows() >= 2 * workers ? Cut.ROWS : Cut.NONE;
  }

  /**
   * An earlier instruction that has to come first; and whether, when both are cut by lanes or both
   * by rows, it is enough that the same worker did its part.
   */
  private record Need(int earlier, boolean sameLanes, boolean sameRows, boolean sameWorker) {}

  private void place(List<Instruction> instructions) {
    int count = instructions.size();
    var needs = new ArrayList<List<Need>>();
    for (int i = 0; i < count; i++) {
      needs.add(needs(instructions, i));
    }
    var done = new Placed[count];
    while (placed.size() < count) {
      var load = new double[workers];
      boolean progress = true;
      while (progress) {
        progress = false;
        for (int i = 0; i < count; i++) {
          if (done[i] == null) {
            int worker = worker(instructions.get(i), needs.get(i), done, load);
            if (worker >= 0) {
              var cut = cut(instructions.get(i));
              done[i] = new Placed(instructions.get(i), cut, worker, phases, placed.size());
              placed.add(done[i]);
              load[worker] += cut == Cut.NONE ? instructions.get(i).cost() : 0;
              progress = true;
            }
          }
        }
      }
      phases++;
    }
  }

  private static List<Need> needs(List<Instruction> instructions, int i) {
    var needs = new ArrayList<Need>();
    for (int j = 0; j < i; j++) {
      if (instructions.get(j).mayFail() && instructions.get(i).changesInput()) {
        needs.add(new Need(j, false, false, false));
      }
      for (var mine : instructions.get(i).operands()) {
        for (var theirs : instructions.get(j).operands()) {
          if ((mine.written() || theirs.written()) && mine.overlaps(theirs)) {
            needs.add(new Need(j, mine.sameLanes(theirs), mine.sameRows(theirs), true));
          }
        }
      }
    }
    return needs;
  }

  /** Who can do an instruction in this phase (0 if it is cut), or -1 if it has to wait. */
  private int worker(Instruction i, List<Need> needs, Placed[] done, double[] load) {
    var cut = cut(i);
    int worker = -1;
    for (var need : needs) {
      var earlier = done[need.earlier];
      if (earlier == null) {
        return -1;
      }
      if (earlier.phase < phases || workers == 1) {
        continue;
      }
      if (cut != earlier.cut) {
        return -1;
      }
      boolean same =
          switch (cut) {
            case LANES -> i.lanes() == earlier.instruction.lanes() && need.sameLanes;
            case ROWS -> i.rows() == earlier.instruction.rows() && need.sameRows;
            case NONE -> need.sameWorker && (worker == -1 || worker == earlier.worker);
          };
      if (!same) {
        return -1;
      }
      if (cut == Cut.NONE) {
        worker = earlier.worker;
      }
    }
    return worker >= 0 ? worker : cut == Cut.NONE ? leastLoaded(load) : 0;
  }

  private static int leastLoaded(double[] load) {
    int least = 0;
    for (int w = 1; w < load.length; w++) {
      if (load[w] < load[least]) {
        least = w;
      }
    }
    return least;
  }

  /**
   * All instructions that touch a buffer, in order of execution, by buffer in order of first use: a
   * plan recorded once more has its memory in the same places.
   */
  Map<Buffer, List<Placed>> users() {
    var users = new LinkedHashMap<Buffer, List<Placed>>();
    for (var each : placed) {
      for (var operand : each.instruction.operands()) {
        var list = users.computeIfAbsent(operand.buffer(), _ -> new ArrayList<>());
        if (list.isEmpty() || list.getLast() != each) {
          list.add(each);
        }
      }
    }
    return users;
  }
}
