package dev.lanewise.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Reads what HotSpot writes of C2's work into the file of {@code -XX:+LogCompilation}, an element a
 * line: the calls that C2 met, which of them it did not inline, and how many nodes it had made by
 * then. Under the directive {@code PrintNMethods} the machine code is there too, of which the
 * places that make an object are read.
 */
final class CompilationLog {

  /** A method, with the names of the classes of its result and its arguments. */
  record Method(String holder, String name, List<String> types) {}

  /**
   * A call that C2 met.
   *
   * @param callers the methods that are inlined into each other around it, the innermost first
   * @param nodes that C2 had made before
   */
  record Site(Method callee, List<Method> callers, int nodes) {}

  /** A call that was not inlined. */
  record Refusal(Site site, String reason) {}

  /**
   * An object that machine code makes.
   *
   * @param call whose result it is
   * @param frames the methods that are inlined into each other there, the innermost first
   */
  record Made(String call, List<String> frames) {}

  /**
   * One compilation by C2.
   *
   * @param method its class, its name and its types
   * @param osr of a loop that was running, to be entered in the middle
   * @param failure why there is no code, or ""
   * @param unresolved operations of vectors that became no instruction, but a call
   * @param watched the calls that the reader was asked for
   * @param lastingTraps reasons to leave the code for the interpreter, every time anew
   * @param classChecks how often guesses at a class have failed in all methods that are inlined
   * @param isPrinted whether the machine code was there
   */
  record Compilation(
      int id,
      String method,
      boolean osr,
      String failure,
      List<Refusal> refusals,
      List<Site> unresolved,
      List<Site> watched,
      List<String> lastingTraps,
      int classChecks,
      boolean isPrinted,
      List<Made> made) {}

  /** A method, as far as it has been read, or up to its call of the next. */
  private record Frame(Method method, String bytecode) {}

  /** One and the same call, whenever C2 comes to it. */
  private record Place(Method callee, List<Frame> callers) {}

  private static final String CALL = ";*", FRAME = "; - ", REEXECUTED = "(reexecute) ";

  private final String prefix;
  private final Predicate<Method> watch;
  private final List<Compilation> compilations = new ArrayList<>();

  /** By the number of the compilation; they come before it. */
  private final Map<Integer, List<Made>> machineCode = new HashMap<>();

  // the compilation that is being read, in which names have numbers of their own
  private String task = "";
  private final Map<String, String> classes = new HashMap<>();
  private final Map<String, Method> methods = new HashMap<>();
  private final Deque<Frame> callers = new ArrayDeque<>();
  private final Map<Place, Refusal> refusals = new LinkedHashMap<>();
  private final List<Site> watched = new ArrayList<>();
  private final List<String> lastingTraps = new ArrayList<>();
  private Method called;
  private String failure = "";
  private int nodes, classChecks;

  // calls that are inlined after all else, in several attempts
  private final Map<Place, Site> unresolved = new LinkedHashMap<>();
  private Place attempt;
  private boolean namesCallers;

  // the machine code that is being read
  private List<Made> made;
  private String makes = "";
  private List<String> frames = new ArrayList<>();

  private CompilationLog(String prefix, Predicate<Method> watch) {
    this.prefix = prefix;
    this.watch = watch;
  }

  /**
   * The last compilation of every method, and the last one for a running loop of it.
   *
   * @param prefix of the methods' classes
   * @param watch calls to be told of whether they were inlined or not
   */
  static Collection<Compilation> last(Path log, String prefix, Predicate<Method> watch)
      throws IOException {
    var reader = new CompilationLog(prefix, watch);
    try (var lines = Files.lines(log)) {
      lines.forEach(reader::read);
    }
    var last = new LinkedHashMap<String, Compilation>();
    for (var c : reader.compilations) {
      last.merge(c.method + c.osr, c, (a, b) -> a.id > b.id ? a : b);
    }
    return last.values();
  }

  private void read(String line) {
    if (made != null) {
      readMachineCode(line);
    } else if (line.startsWith("<print_nmethod ")) {
      made = machineCode.computeIfAbsent(number(line, "compile_id"), id -> new ArrayList<>());
    } else if (line.startsWith("<task ")) {
      // only C1 has levels below 4
      boolean isC2 = List.of("", "4").contains(attribute(line, "level"));
      task = isC2 && attribute(line, "method").startsWith(prefix) ? line : "";
      classes.clear();
      methods.clear();
      begin();
    } else if (!task.isEmpty()) {
      int end = line.indexOf(line.indexOf(' ') < 0 ? '>' : ' ');
      readTask(line, line.substring(0, Math.max(0, end)));
    }
  }

  private void begin() {
    callers.clear();
    refusals.clear();
    watched.clear();
    lastingTraps.clear();
    unresolved.clear();
    attempt = null;
    failure = "";
    nodes = 0;
    classChecks = 0;
  }

  private void readTask(String line, String tag) {
    switch (tag) {
      case "<type", "<klass" -> classes.put(attribute(line, "id"), attribute(line, "name"));
      case "<method" -> methods.put(attribute(line, "id"), method(line));
      case "<parse" -> {
        succeed();
        callers.push(new Frame(named(line), ""));
      }
      case "</parse" -> callers.pop();
      case "<parse_done" -> nodes = number(line, "nodes");
      case "<bc" -> callers.push(new Frame(callers.pop().method, attribute(line, "bci")));
      case "<call" -> {
        called = named(line);
        if (watch.test(called)) {
          watched.add(site());
        }
      }
      case "<inline_fail" -> refusals.put(place(), new Refusal(site(), attribute(line, "reason")));
      case "<intrinsic" -> succeed();
      case "<late_inline" -> {
        called = named(line);
        callers.clear();
        namesCallers = true;
      }
      case "<jvms" -> {
        if (namesCallers) {
          callers.addLast(new Frame(named(line), attribute(line, "bci")));
        }
      }
      case "</late_inline" -> {
        namesCallers = false;
        attempt = place();
        unresolved.put(attempt, site());
      }
      case "<uncommon_trap" -> {
        if (attribute(line, "action").equals("none")) {
          lastingTraps.add(attribute(line, "reason"));
        }
      }
      case "<observe" -> {
        if (attribute(line, "trap").equals("class_check")) {
          int count = Math.max(number(line, "total"), number(line, "ccount"));
          classChecks = Math.max(classChecks, count);
        }
      }
      case "<failure" -> {
        // C2 may begin again
        begin();
        failure = attribute(line, "reason");
      }
      case "<task_done" -> failure = number(line, "success") == 1 ? "" : failure;
      case "</task" -> {
        end();
        task = "";
      }
      default -> {}
    }
  }

  /** The attempt has, if there was one. */
  private void succeed() {
    unresolved.remove(attempt);
    refusals.remove(attempt);
    attempt = null;
  }

  private void end() {
    int id = number(task, "compile_id");
    compilations.add(
        new Compilation(
            id,
            attribute(task, "method"),
            !attribute(task, "osr_bci").isEmpty(),
            failure,
            List.copyOf(refusals.values()),
            List.copyOf(unresolved.values()),
            List.copyOf(watched),
            List.copyOf(lastingTraps),
            classChecks,
            machineCode.containsKey(id),
            machineCode.getOrDefault(id, List.of())));
  }

  private Site site() {
    return new Site(called, callers.stream().map(Frame::method).toList(), nodes);
  }

  private Place place() {
    return new Place(called, List.copyOf(callers));
  }

  private Method named(String line) {
    return methods.get(attribute(line, "method"));
  }

  private Method method(String line) {
    var types = new ArrayList<String>();
    types.add(classes.getOrDefault(attribute(line, "return"), ""));
    for (String type : attribute(line, "arguments").split(" ")) {
      types.add(classes.getOrDefault(type, ""));
    }
    String holder = classes.getOrDefault(attribute(line, "holder"), "");
    return new Method(holder, attribute(line, "name"), List.copyOf(types));
  }

  /**
   * Behind the call of a routine that makes an object there is the place: the bytecode, and the
   * methods.
   */
  private void readMachineCode(String line) {
    int call = line.indexOf(CALL), frame = line.indexOf(FRAME);
    if (!makes.isEmpty() && call >= 0) {
      makes = line.substring(call + CALL.length()).split(" ")[1];
    } else if (!makes.isEmpty() && frame >= 0) {
      String name = line.substring(frame + FRAME.length());
      frames.add(name.startsWith(REEXECUTED) ? name.substring(REEXECUTED.length()) : name);
    } else if (!frames.isEmpty()) {
      made.add(new Made(makes, frames));
      makes = "";
      frames = new ArrayList<>();
    }
    if (line.contains("{runtime_call C2 Runtime new_")) {
      makes = line;
    } else if (line.startsWith("</print_nmethod")) {
      made = null;
    }
  }

  private static int number(String line, String name) {
    String value = attribute(line, name);
    return value.isEmpty() ? 0 : Integer.parseInt(value);
  }

  /** The value of an attribute of an element, or "". */
  private static String attribute(String line, String name) {
    int start = line.indexOf(" " + name + "='");
    if (start < 0) {
      return "";
    }
    start += name.length() + 3;
    String value = line.substring(start, line.indexOf('\'', start));
    return value.indexOf('&') < 0
        ? value
        : value
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&apos;", "'")
            .replace("&quot;", "\"")
            .replace("&amp;", "&");
  }
}
