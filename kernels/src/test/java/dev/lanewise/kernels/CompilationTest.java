package dev.lanewise.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.kernels.CompilationLog.Compilation;
import dev.lanewise.kernels.CompilationLog.Made;
import dev.lanewise.kernels.CompilationLog.Method;
import dev.lanewise.kernels.CompilationLog.Site;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A fast launch is a property of the code: C2 compiles every kernel into one piece, without luck.
 * Where it does not inline what is done with a vector, or reads memory by a call, or makes a vector
 * on the heap, a kernel is slow for as long as the process lives, in some launches and not in
 * others. Clocks and counted bytes show only the launches that fail; C2's log shows how near to it
 * the others are, and why. So a process of its own runs every kernel, with one size often and with
 * another seldom, as in {@link AllocationTest}, at each width of vectors that the processor has.
 */
@Execution(ExecutionMode.CONCURRENT)
class CompilationTest {
  private static final String KERNELS = "dev.lanewise.kernels.cpu.";

  /**
   * The most nodes before the last scalar access to memory. From {@code
   * -XX:NodeCountInliningCutoff=18000} on C2 inlines only {@code @ForceInline} methods, which those
   * of the Vector API are, but Unsafe.getIntUnaligned is not. How many nodes there are by then
   * differs from launch to launch with the profile; this is what it must not make up for.
   */
  private static final int LAST_ACCESS = 15_000;

  /** Reasons not to inline that are no harm. */
  private static final Set<String> COLD =
      Set.of(
          // makes an exception, with which the kernel ends
          "exception method");

  /** Methods that may stay calls, though a vector goes through them. */
  private static final Set<String> CALLED =
      Set.of(
          // give a mask that has been on the heap from the beginning
          "Lanes.first", "Lanes.rest");

  /** Not C2's judgment of the code: another thread was in its way, and it comes again later. */
  private static final Set<String> POSTPONED = Set.of("stale task", "concurrent class loading");

  /** Makes loops and binds them, once; may do what it likes. */
  private static final Set<String> SET_UP = Set.of("LoopCode", "WarmUp");

  /** Among those of which C2 must have compiled something, or the log says nothing of them. */
  private static final Set<String> COMPILED =
      Set.of(
          "Acrobots",
          "CartPoles",
          "Checks",
          "DotProduct",
          "DotSums",
          "DotTiles",
          "Episodes",
          "Gathers",
          "MountainCars",
          "Normals",
          "Packing",
          "Passes",
          "Pendulums",
          "Randoms",
          "Reductions",
          "Scan");

  @ParameterizedTest(name = "{0} bits, {1} lanes and seldom {2}")
  @CsvSource({"128, 80, 5", "256, 5, 80", "512, 80, 5", "512, 5, 80"})
  void kernelsAreCompiledInOnePiece(int bits, int usual, int rare, @TempDir Path folder)
      throws IOException, InterruptedException {
    assumeTrue(bits <= FloatVector.SPECIES_PREFERRED.vectorBitSize(), "no such vectors here");
    var compilations = run(folder, KERNELS, bits, "" + usual, "" + rare);
    assertThat(
            compilations.stream()
                .filter(c -> c.failure().isEmpty())
                .map(c -> outerClass(c.method()))
                .collect(Collectors.toSet()))
        .containsAll(COMPILED);
    var complaints = complaints(compilations, KERNELS);
    if (!complaints.isEmpty()) {
      complaints.forEach(System.out::println);
      var again = complaints(run(folder, KERNELS, bits, "" + usual, "" + rare), KERNELS);
      complaints = complaints.stream().filter(c -> isGenerated(c) || repeats(again, c)).toList();
    }
    assertThat(complaints).isEmpty();
  }

  /** What one launch is enough to condemn: the loops that rely on nothing but themselves. */
  private static boolean isGenerated(String complaint) {
    return complaint.matches("(Tile\\d|Adam|RmsProp).*");
  }

  /**
   * Whether another launch complains of the same kernel. Those that are written by hand rely on the
   * profiles of the JDK's own methods, which one launch in some ten spoils for one of them.
   */
  private static boolean repeats(List<String> again, String complaint) {
    String kernel = complaint.substring(0, complaint.indexOf(':') + 1);
    return again.stream().anyMatch(c -> c.startsWith(kernel));
  }

  /** What this test looks for can be found. */
  @Test
  void badCodeIsComplainedOf(@TempDir Path folder) throws IOException, InterruptedException {
    String bad = Bad.class.getName();
    var complaints = complaints(run(folder, bad, 128), bad);
    assertThat(complaints).anyMatch(c -> c.matches("Bad.handsOn: .*Bad.kept.* is not inlined.*"));
    assertThat(complaints).anyMatch(c -> c.matches("Bad.handsOn: .* is on the heap.*"));
    assertThat(complaints)
        .anyMatch(c -> c.matches("Bad.readsLate: .*IntUnaligned .* comes after.*"));
  }

  /** All that is wrong with the last compilations of methods. */
  private static List<String> complaints(Collection<Compilation> compilations, String prefix) {
    var complaints = new TreeSet<String>();
    for (var c : compilations) {
      // Code for a running loop is soon done with: the next run enters by the front door. What
      // takes vectors is there to be inlined, and elsewhere it is judged whether it was.
      if (!c.osr() && !takesVectors(c) && !isSetUp(c.method())) {
        complain(c, prefix, complaints);
      }
    }
    return List.copyOf(complaints);
  }

  private static boolean takesVectors(Compilation c) {
    return c.method().contains("Ljdk/incubator/vector/");
  }

  private static void complain(Compilation c, String prefix, Collection<String> to) {
    String method = shortened(c.method().split(" \\(")[0]);
    if (!c.failure().isEmpty()) {
      if (!POSTPONED.contains(c.failure())) {
        to.add(method + ": not compiled: " + c.failure());
      }
      return;
    }
    if (!c.isPrinted()) {
      to.add(method + ": the log has no machine code");
    }
    for (var refusal : c.refusals()) {
      var site = refusal.site();
      boolean isFine = COLD.contains(refusal.reason()) || CALLED.contains(name(site.callee()));
      if (isPartOfKernels(site.callee()) && !isFine) {
        add(to, method, site, prefix, "is not inlined: " + refusal.reason());
      }
    }
    for (var site : c.unresolved()) {
      add(to, method, site, prefix, "has become no instruction");
    }
    c.watched().stream()
        .max(Comparator.comparing(Site::nodes))
        .filter(site -> site.nodes() > LAST_ACCESS)
        .ifPresent(site -> add(to, method, site, prefix, "comes after too many nodes"));
    for (var object : c.made()) {
      String frame = innermost(object, prefix);
      if (!isSetUp(frame)) {
        to.add(
            "%s: the result of %s in %s is on the heap; %d class checks have failed"
                .formatted(method, object.call(), shortened(frame), c.classChecks()));
      }
    }
    for (String reason : c.lastingTraps()) {
      // that an object has the interface it is called by, no call of Java code can fail
      if (!reason.equals("receiver_constraint"))
        to.add(
            "%s: may have to be left for the interpreter for ever: %s".formatted(method, reason));
    }
  }

  private static void add(
      Collection<String> to, String method, Site site, String prefix, String what) {
    String within = innermost(site, prefix);
    if (!isSetUp(within)) {
      to.add(
          "%s: %s in %s after %,d nodes %s"
              .formatted(method, name(site.callee()), shortened(within), site.nodes(), what));
    }
  }

  private static String innermost(Site site, String prefix) {
    return site.callers().stream()
        .map(m -> m.holder() + "." + m.name())
        .filter(name -> name.startsWith(prefix))
        .findFirst()
        .orElse("?");
  }

  private static String innermost(Made object, String prefix) {
    return object.frames().stream().filter(f -> f.startsWith(prefix)).findFirst().orElse("?");
  }

  /** What a kernel must have inlined: whatever vectors go through, and all access to memory. */
  private static boolean isPartOfKernels(Method callee) {
    return Stream.of(
                "java.lang.foreign.",
                "java.lang.invoke.",
                "jdk.internal.foreign.",
                "jdk.internal.misc.")
            .anyMatch(callee.holder()::startsWith)
        || Stream.concat(Stream.of(callee.holder()), callee.types().stream())
            .anyMatch(
                c ->
                    c.startsWith("jdk.incubator.vector.")
                        || c.startsWith("jdk.internal.vm.vector."));
  }

  private static boolean isScalarAccess(Method m) {
    return m.holder().equals("jdk.internal.misc.Unsafe")
        && Set.of("getIntUnaligned", "putIntUnaligned").contains(m.name());
  }

  private static boolean isSetUp(String method) {
    return method.startsWith(KERNELS) && SET_UP.contains(outerClass(method));
  }

  /** The class in the package of the kernels, of a name that starts with it. */
  private static String outerClass(String method) {
    return method.substring(KERNELS.length()).split("[^A-Za-z0-9]")[0];
  }

  private static String name(Method m) {
    return shortened(m.holder() + "." + m.name());
  }

  /** Without the package, and without the number of a hidden class. */
  private static String shortened(String name) {
    String plain = name.replace(' ', '.').replaceAll("/0x[0-9a-f]+", "");
    return plain.replaceFirst("^([a-z]+\\.)+", "").replaceFirst("^CompilationTest\\$", "");
  }

  /** The last compilations of methods of these classes, in a process of its own. */
  private static Collection<Compilation> run(Path folder, String prefix, int bits, String... sizes)
      throws IOException, InterruptedException {
    var log = folder.resolve("compilation.log");
    var directives =
        Files.writeString(
            folder.resolve("directives.json"),
            """
            [
              {
                match: "%s*.*",
                c1: { Log: false },
                c2: { Log: true, PrintNMethods: true }
              },
              {
                match: "*.*",
                c1: { Log: false },
                c2: { Log: false }
              }
            ]
            """
                .formatted(prefix.replace('.', '/')));
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:MaxVectorSize=" + bits / 8,
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:-DisplayVMOutput",
                "-XX:+LogCompilation",
                "-XX:LogFile=" + log,
                "-XX:CompilerDirectivesFile=" + directives,
                "-cp",
                System.getProperty("java.class.path"),
                CompilationTest.class.getName()));
    command.addAll(List.of(sizes));
    var process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(process.waitFor()).isZero();
    return CompilationLog.last(log, prefix, CompilationTest::isScalarAccess);
  }

  /** Has C2 compile every kernel, for a usual size and a rare one; without them, bad code. */
  public static void main(String[] args) throws InterruptedException, JMException {
    if (args.length == 0) {
      warm(Bad::handsOn, Bad::handsOn);
      warm(Bad::readsLate, Bad::readsLate);
    } else {
      int usual = Integer.parseInt(args[0]), rare = Integer.parseInt(args[1]);
      EveryKernel.byName().values().forEach(bind -> warm(bind.apply(usual), bind.apply(rare)));
    }
    for (int idle = 0; idle < 3; Thread.sleep(100)) {
      idle = isIdle() ? idle + 1 : 0;
    }
  }

  /** Whether nothing is being compiled, nor waits for it. */
  private static boolean isIdle() throws JMException {
    var diagnostics = new ObjectName("com.sun.management:type=DiagnosticCommand");
    var queue =
        (String)
            ManagementFactory.getPlatformMBeanServer()
                .invoke(diagnostics, "compilerQueue", new Object[0], new String[0]);
    return !queue.contains("CompilerThread") && queue.split("Empty", -1).length == 3;
  }

  /** So often that C2 has its turn, and on until nothing is allocated, or for five seconds. */
  private static void warm(Call usual, Call rare) {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long giveUp = System.nanoTime() + 5_000_000_000L;
    int quiet = 0;
    for (int round = 0; round < 12 || quiet < 2 && System.nanoTime() < giveUp; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      rare.run();
      for (int i = 1; i < 1000; i++) {
        usual.run();
      }
      quiet = threads.getCurrentThreadAllocatedBytes() == before ? quiet + 1 : 0;
    }
  }

  /** What kernels must not do. */
  private static final class Bad {
    private static final MemorySegment MEMORY = Arena.global().allocate(64, 64);
    private static float sum;

    static void handsOn() {
      kept(load(), 3).intoMemorySegment(MEMORY, 0, ByteOrder.nativeOrder());
    }

    /** C2 inlines a method into itself only once. */
    private static FloatVector kept(FloatVector v, int times) {
      return times == 0 ? v : kept(v.neg(), times - 1);
    }

    static void readsLate() {
      sum = sixteen(load()).lane(0) + MEMORY.get(ValueLayout.JAVA_FLOAT, 0);
    }

    private static FloatVector sixteen(FloatVector v) {
      return four(four(four(four(v))));
    }

    private static FloatVector four(FloatVector v) {
      return one(one(one(one(v))));
    }

    private static FloatVector one(FloatVector v) {
      return v.fma(load(), load());
    }

    private static FloatVector load() {
      return FloatVector.fromMemorySegment(
          FloatVector.SPECIES_128, MEMORY, 0, ByteOrder.nativeOrder());
    }
  }
}
