package dev.lanewise.engine.env.mujoco;

import dev.lanewise.engine.env.MissingLibraryException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * MuJoCo's shared library, which is looked for the first time that somebody asks: where the system
 * property {@code lanewise.mujoco} or else the environment variable {@code LANEWISE_MUJOCO} says;
 * without them among the system's libraries, then in the Python installations that are in use.
 */
final class MujocoLibrary {
  static final String INSTALL =
      "install it with 'apt-get install libmujoco2.2.2' or 'pip install mujoco', or name the"
          + " library with -Dlanewise.mujoco=PATH";
  static final String SUPPORTED = "2.2.2 and all from 2.3.6 on are supported";

  private static final Pattern NAME = Pattern.compile("libmujoco(\\.[\\d.]+)?\\.(so|dylib)[\\d.]*");

  private static final class Once {
    static final MujocoLibrary LIBRARY = load(named(), systemFolders(), pythonFolders());
  }

  private final SymbolLookup symbols;
  private final String version;
  private final String missing;

  private MujocoLibrary(SymbolLookup symbols, String version, String missing) {
    this.symbols = symbols;
    this.version = version;
    this.missing = missing;
  }

  /** Why there is none, in one sentence with the remedy; empty if there is one. */
  static Optional<String> missing() {
    return Once.LIBRARY.reason();
  }

  /**
   * What the library offers.
   *
   * @throws MissingLibraryException if there is none, with the sentence of {@link #missing}
   */
  static SymbolLookup symbols() {
    missing()
        .ifPresent(
            reason -> {
              throw new MissingLibraryException(reason);
            });
    return Once.LIBRARY.symbols;
  }

  /** As "2.2.2". */
  static String version() {
    return Once.LIBRARY.version;
  }

  Optional<String> reason() {
    return Optional.ofNullable(missing);
  }

  /** The library that is named, or the first in these folders that is of a supported version. */
  static MujocoLibrary load(Optional<Path> named, List<Path> system, List<Path> python) {
    if (named.isPresent()) {
      return open(named.get());
    }
    MujocoLibrary refused = null;
    for (var folder : Stream.concat(system.stream(), python.stream()).toList()) {
      for (var path : libraries(folder)) {
        var library = open(path);
        if (library.missing == null) {
          return library;
        }
        refused = refused == null ? library : refused;
      }
    }
    return refused != null ? refused : none("MuJoCo was not found; " + INSTALL);
  }

  @SuppressWarnings("restricted") // a library that the user has installed
  private static MujocoLibrary open(Path path) {
    if (!Files.isRegularFile(path)) {
      return none("there is no MuJoCo library at %s; %s".formatted(path, INSTALL));
    }
    SymbolLookup symbols;
    try {
      symbols = SymbolLookup.libraryLookup(path, Arena.global());
    } catch (IllegalArgumentException e) {
      return none("%s cannot be loaded as a library; %s".formatted(path, INSTALL));
    }
    var number = symbols.find("mj_version");
    if (number.isEmpty()) {
      return none("%s is not MuJoCo's library; %s".formatted(path, INSTALL));
    }
    int version = version(number.get());
    if (!supported(version)) {
      return none("%s is MuJoCo %s, but %s; %s".formatted(path, name(version), SUPPORTED, INSTALL));
    }
    return new MujocoLibrary(symbols, name(version), null);
  }

  private static MujocoLibrary none(String why) {
    return new MujocoLibrary(null, null, why);
  }

  @SuppressWarnings("restricted") // int mj_version(void)
  private static int version(MemorySegment function) {
    var call =
        Linker.nativeLinker().downcallHandle(function, FunctionDescriptor.of(ValueLayout.JAVA_INT));
    try {
      return (int) call.invokeExact();
    } catch (Throwable e) {
      throw new IllegalStateException("mj_version could not be called", e);
    }
  }

  static boolean supported(int version) {
    return version == 222 || version >= 236;
  }

  /** Up to 3.4 as 222, from 3.5 on as 3005000. */
  static String name(int version) {
    return version < 1_000_000
        ? "%d.%d.%d".formatted(version / 100, version / 10 % 10, version % 10)
        : "%d.%d.%d".formatted(version / 1_000_000, version / 1000 % 1000, version % 1000);
  }

  private static Optional<Path> named() {
    return Optional.ofNullable(System.getProperty("lanewise.mujoco"))
        .or(() -> Optional.ofNullable(System.getenv("LANEWISE_MUJOCO")))
        .filter(path -> !path.isEmpty())
        .map(Path::of);
  }

  private static List<Path> systemFolders() {
    var folders = new ArrayList<Path>();
    for (var variable : new String[] {"LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"}) {
      folders.addAll(paths(System.getenv(variable)));
    }
    folders.addAll(paths(System.getProperty("java.library.path")));
    for (var root :
        new String[] {"/usr/local/lib", "/usr/lib", "/usr/lib64", "/opt/homebrew/lib"}) {
      folders.add(Path.of(root));
      folders.addAll(children(Path.of(root), Pattern.compile(".*-linux-gnu.*")));
    }
    return List.copyOf(new LinkedHashSet<>(folders));
  }

  /** {@code site-packages/mujoco} of the active environments and of every python on the PATH. */
  private static List<Path> pythonFolders() {
    var roots = new LinkedHashSet<Path>();
    for (var variable : new String[] {"VIRTUAL_ENV", "CONDA_PREFIX"}) {
      roots.addAll(paths(System.getenv(variable)));
    }
    var home = Path.of(System.getProperty("user.home"));
    roots.add(home.resolve(".local"));
    for (var folder : paths(System.getenv("PATH"))) {
      if (Files.exists(folder.resolve("python3")) && folder.getParent() != null) {
        roots.add(folder.getParent());
      }
    }
    roots.addAll(children(home.resolve(".pyenv/versions"), Pattern.compile(".*")));

    var folders = new ArrayList<Path>();
    for (var root : roots) {
      for (var python : children(root.resolve("lib"), Pattern.compile("python3.*"))) {
        folders.add(python.resolve("site-packages/mujoco"));
        folders.add(python.resolve("dist-packages/mujoco"));
      }
    }
    return folders;
  }

  private static List<Path> paths(String text) {
    return text == null
        ? List.of()
        : Stream.of(text.split(":")).filter(path -> !path.isEmpty()).map(Path::of).toList();
  }

  private static List<Path> libraries(Path folder) {
    return children(folder, NAME).stream().filter(Files::isRegularFile).toList();
  }

  /** What lies in a folder under such a name, the highest name first; nothing if it is not one. */
  private static List<Path> children(Path folder, Pattern name) {
    if (!Files.isDirectory(folder) || !Files.isReadable(folder)) {
      return List.of();
    }
    try (var entries = Files.list(folder)) {
      return entries
          .filter(path -> name.matcher(path.getFileName().toString()).matches())
          .sorted(Comparator.reverseOrder())
          .toList();
    } catch (IOException e) {
      return List.of(); // gone in the meantime
    }
  }
}
