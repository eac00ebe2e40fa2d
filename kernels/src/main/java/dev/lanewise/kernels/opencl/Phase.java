package dev.lanewise.kernels.opencl;

import dev.lanewise.kernels.Call;
import dev.lanewise.kernels.Cut;
import dev.lanewise.kernels.Share;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The program of a phase: one kernel, in which a work-group is a worker that calls the functions of
 * its shares, one behind the other, each for its part. All numbers are literals, so that a compiler
 * knows strides and sizes; buffers, random streams and what else differs from run to run are the
 * kernel's arguments, so that the text, and with it the built program, stays the same.
 */
final class Phase {
  private static final String NAME = "phase";

  /** Floats that a group shares: two factors' parts of the largest local tile, and the padding. */
  private static final int SHARED = 2 * 16 * (8 * 16 + 1);

  private final Groups groups;
  private final boolean alone;
  private final StringBuilder body = new StringBuilder();
  private final TreeSet<String> files = new TreeSet<>();
  private final Map<String, String> products = new LinkedHashMap<>();

  /** The kernel's own arguments by their names. */
  private final Map<Argument, String> parameters = new LinkedHashMap<>();

  private final List<Argument.Mistake> mistakes = new ArrayList<>();

  /**
   * @param alone whether one group does everything, so that what follows a check may not happen
   */
  private Phase(Groups groups, boolean alone) {
    this.groups = groups;
    this.alone = alone;
  }

  /** Makes what binds the arguments of a kernel of its own. */
  interface Binder {
    KernelCall.Binding bind(String kernel, String source);
  }

  static Call of(List<Share> shares, Groups groups, Failures failures, Binder binder) {
    var working = shares.stream().filter(share -> share.call() != Call.NOTHING).toList();
    if (working.isEmpty()) {
      return Call.NOTHING;
    }
    boolean cut = working.stream().anyMatch(share -> share.cut() != Cut.NONE);
    int workers = 1 + working.stream().mapToInt(Share::worker).max().orElseThrow();
    var phase = new Phase(groups, !cut && workers == 1);
    working.forEach(phase::add);
    var binding = binder.bind(NAME, phase.source());
    int number = failures.phase(phase.mistakes);
    binding.number(number);
    phase.parameters.keySet().forEach(binding::keeping);
    int items = groups.items();
    var call = binding.over((long) (cut ? groups.count() : workers) * items, 1, items, 1);
    KernelCall.whenGone(call, () -> failures.forget(number));
    return phase.mistakes.isEmpty()
        ? call
        : () -> {
          failures.expect();
          call.run();
        };
  }

  private void add(Share share) {
    if (!(share.call() instanceof Fusible call)) {
      throw new IllegalArgumentException(
          share.call() + " is no call of this device that a phase can have");
    }
    for (var piece : call.pieces().apply(share.cut())) {
      line(share.cut() == Cut.NONE ? "  if (worker == " + share.worker() + ") {" : "  {");
      range("row", piece.rows(), share.cut() == Cut.ROWS);
      range("lane", piece.lanes(), share.cut() == Cut.LANES);
      int before = mistakes.size();
      line("    " + function(piece.function()) + "(MINE" + arguments(piece.function()) + ");");
      line("  }");
      line("  NEXT");
      if (alone && mistakes.size() > before) {
        line("  STOP_IF_FAILED");
      }
    }
  }

  private void range(String axis, int length, boolean cut) {
    if (cut) {
      int unit = Cut.unit(length, groups.count());
      String of = "(%d, %d, %d, worker".formatted(length, Math.ceilDiv(length, unit), unit);
      line("    const long %sFrom = CUT%s), %sTo = CUT%s + 1);".formatted(axis, of, axis, of));
    } else {
      line("    const long %sFrom = 0, %sTo = %d;".formatted(axis, axis, length));
    }
  }

  private void line(String text) {
    body.append(text).append('\n');
  }

  /** Of products.cl there is one function for each size of tiles. */
  private String function(KernelCall.Binding function) {
    if (function.defines.isEmpty()) {
      files.add(function.file);
      return function.kernel;
    }
    return products.computeIfAbsent(function.defines, key -> "product" + products.size());
  }

  private String arguments(KernelCall.Binding function) {
    var text = new StringBuilder();
    for (var argument : function.arguments) {
      text.append(", ")
          .append(
              switch (argument) {
                case Argument.Number number -> number.text();
                case Argument.Memory memory -> parameter(memory);
                case Argument.Given given -> parameter(given);
                case Argument.Changing changing -> parameter(changing);
                case Argument.Flagged flagged -> {
                  mistakes.add(flagged.mistake());
                  yield "failed, phase, " + (mistakes.size() - 1);
                }
              });
    }
    return text.toString();
  }

  private String parameter(Argument argument) {
    return parameters.computeIfAbsent(argument, key -> "p" + parameters.size());
  }

  private String source() {
    var text = new StringBuilder();
    text.append("#define PHASE\n#define GROUP ").append(groups.items()).append('\n');
    text.append("#define GROUPS ").append(groups.count()).append('\n');
    text.append("#define SHARED ").append(SHARED).append('\n');
    text.append(Programs.text("common"));
    files.forEach(file -> text.append(Programs.text(file)));
    products.forEach((defines, name) -> text.append(product(defines, name)));
    text.append(Programs.text(NAME));
    text.append(
        "__kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void phase(\n"
            + "    __global volatile int *failed, const int phase");
    parameters.forEach(
        (argument, name) ->
            text.append(",\n    ")
                .append(argument instanceof Argument.Memory ? "__global float *" : "const ulong ")
                .append(name));
    return text.append(") {\n  BEGIN\n").append(body).append("}\n").toString();
  }

  /** The functions of products.cl under names of their own. */
  private static String product(String defines, String name) {
    var text = new StringBuilder();
    var own = new ArrayList<String>();
    for (var define : defines.strip().split(" ")) {
      var pair = define.substring("-D".length()).split("=");
      text.append("#define %s %s%n".formatted(pair[0], pair.length > 1 ? pair[1] : ""));
      own.add(pair[0]);
    }
    for (var function : List.of("product", "column", "tile", "gathered", "written", "floats")) {
      text.append("#define %s %s_%s%n".formatted(function, name, function));
      own.add(function);
    }
    text.append(Programs.text("products"));
    own.forEach(macro -> text.append("#undef %s%n".formatted(macro)));
    return text.append("#define %s %s_product%n".formatted(name, name)).toString();
  }
}
