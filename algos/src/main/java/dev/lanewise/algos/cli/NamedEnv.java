package dev.lanewise.algos.cli;

import dev.lanewise.algos.RunConfig;
import dev.lanewise.engine.env.BatchedEnv;
import dev.lanewise.engine.env.Env;
import dev.lanewise.engine.env.EnvSpec;
import dev.lanewise.engine.env.Environments;
import dev.lanewise.engine.env.Nearest;
import java.io.File;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ParseResult;

/**
 * An environment by its id, or a user's own by the name of its class.
 *
 * @param name the id, or the name of the class
 * @param classPath where classes of a user's own are looked for
 * @param user makes one, if it is a user's own
 * @param factory makes a batch
 */
record NamedEnv(
    String name,
    List<String> classPath,
    Optional<Supplier<Env>> user,
    Environments.Factory factory) {
  private static final String CLASS = "env_class";
  private static final String CLASS_PATH = "class_path";

  /** Users' own that are registered, by id: of each class the one that was found last. */
  private static final Map<String, NamedEnv> REGISTERED = new ConcurrentHashMap<>();

  /** That of the options. */
  static NamedEnv of(String name, ParseResult parsed) {
    return of(name, parsed.matchedOptionValue("--class-path", List.<String>of()));
  }

  /**
   * @param classPath where classes lie: folders and jars, several separated as Java's class path is
   * @throws IllegalArgumentException if there is nothing of this name, or it is no environment
   */
  static NamedEnv of(String name, List<String> classPath) {
    if (Environments.ids().contains(name)) {
      return new NamedEnv(
          name, List.of(), Optional.empty(), (device, n) -> Environments.make(name, device, n));
    }
    var constructor = constructor(name, classPath);
    Supplier<Env> supplier = () -> made(constructor);
    return new NamedEnv(
        name, classPath, Optional.of(supplier), (device, n) -> BatchedEnv.of(supplier, n, device));
  }

  /** What whoever checks it should know. */
  Optional<String> caveat() {
    return user.isPresent() ? Optional.empty() : Environments.caveat(name);
  }

  /**
   * Makes the environment of a run known again, if it is a user's own: its class is looked for
   * where it was, unless the options say where it is now.
   *
   * @return what a run on it keeps
   * @throws IllegalArgumentException if it is there no more
   */
  static SequencedMap<String, String> register(RunConfig config, ParseResult parsed) {
    var name = config.origin().get(CLASS);
    if (name == null) {
      return new LinkedHashMap<>();
    }
    var was = config.origin().getOrDefault(CLASS_PATH, "");
    if (parsed.hasMatchedOption("--class-path") || was.isEmpty()) {
      return registered(config, of(name, parsed));
    }
    NamedEnv found;
    try {
      found = of(name, List.of(was));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "%s, the run's environment, was the class %s in %s and is there no more (%s); say where it is now with --class-path"
              .formatted(config.env(), name, was, e.getMessage()),
          e);
    }
    return registered(config, found);
  }

  private static SequencedMap<String, String> registered(RunConfig config, NamedEnv env) {
    var id = env.register();
    if (!id.equals(config.env())) {
      throw new IllegalArgumentException(
          "the class of the run's environment calls itself %s in its spec, but the run is on %s; take the class as it was"
              .formatted(id, config.env()));
    }
    return env.origin();
  }

  /**
   * Makes a user's own an environment like any other, for the whole process.
   *
   * @return its id
   * @throws IllegalArgumentException if another environment has it
   */
  String register() {
    if (user.isEmpty()) {
      return name;
    }
    var spec = spec(user.get());
    var id = spec.id();
    var before = REGISTERED.get(id);
    if (before == null || !before.name.equals(name) || !Environments.spec(id).equals(spec)) {
      Environments.register(spec, (device, n) -> REGISTERED.get(id).factory.make(device, n));
    }
    REGISTERED.put(id, this);
    return id;
  }

  /**
   * Lets go of the classes of users' own, so that garbage collection unloads them with their static
   * fields and native libraries; they are loaded again when they are next registered.
   */
  static void unloadAll() {
    Environments.Factory gone =
        (device, n) -> {
          throw new IllegalStateException("the environment's class was unloaded");
        };
    REGISTERED.replaceAll(
        (id, env) -> new NamedEnv(env.name, env.classPath, Optional.empty(), gone));
  }

  /**
   * @throws IllegalArgumentException if one of our own environments has the id of a user's
   */
  void checkIdIsFree() {
    if (user.isEmpty()) {
      return;
    }
    var id = spec(user.get()).id();
    if (Environments.ids().contains(id) && !REGISTERED.containsKey(id)) {
      throw new IllegalArgumentException(
          "there is already an environment '%s'; give yours another id or version in its spec"
              .formatted(id));
    }
  }

  private static EnvSpec spec(Supplier<Env> user) {
    try (var env = user.get()) {
      return env.spec();
    }
  }

  /** What a run keeps so that it finds its environment again. */
  SequencedMap<String, String> origin() {
    var origin = new LinkedHashMap<String, String>();
    if (user.isPresent()) {
      origin.put(CLASS, name);
    }
    if (!classPath.isEmpty()) {
      var entries = entries(classPath).stream().map(path -> path.toAbsolutePath().normalize());
      origin.put(
          CLASS_PATH, entries.map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
    }
    return origin;
  }

  /** Options of {@code lanewise train} for the environment of a run. */
  static List<String> options(RunConfig config) {
    var origin = config.origin();
    var options = new ArrayList<>(List.of("--env", origin.getOrDefault(CLASS, config.env())));
    if (origin.containsKey(CLASS_PATH)) {
      options.addAll(List.of("--class-path", origin.get(CLASS_PATH)));
    }
    return options;
  }

  private static List<Path> entries(List<String> classPath) {
    return classPath.stream()
        .flatMap(several -> Stream.of(several.split(File.pathSeparator)))
        .map(Path::of)
        .toList();
  }

  private static Constructor<? extends Env> constructor(String name, List<String> classPath) {
    try {
      // Open for as long as the process: classes are loaded when they are first needed.
      var loader = new URLClassLoader(urls(classPath), NamedEnv.class.getClassLoader());
      var type = Class.forName(name, true, loader);
      if (!Env.class.isAssignableFrom(type)) {
        throw new IllegalArgumentException(
            "%s is no environment: it does not implement %s".formatted(name, Env.class.getName()));
      }
      return type.asSubclass(Env.class).getConstructor();
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException(
          classPath.isEmpty()
              ? Nearest.unknown("environment", name, Environments.ids())
                  + "; for a class of your own say with --class-path where it lies"
              : "there is no class %s in %s".formatted(name, String.join(", ", classPath)),
          e);
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(
          name + " has no public constructor without arguments; give it one", e);
    } catch (LinkageError e) {
      var why = e.getCause() == null ? e : e.getCause();
      throw new IllegalArgumentException("%s cannot be loaded: %s".formatted(name, why), e);
    }
  }

  private static URL[] urls(List<String> classPath) {
    var urls = new ArrayList<URL>();
    for (var path : entries(classPath)) {
      if (!Files.exists(path)) {
        throw new IllegalArgumentException(
            "--class-path %s: there is no such folder or jar".formatted(path));
      }
      try {
        urls.add(path.toUri().toURL());
      } catch (MalformedURLException e) {
        throw new IllegalArgumentException(
            "--class-path %s: %s".formatted(path, e.getMessage()), e);
      }
    }
    return urls.toArray(URL[]::new);
  }

  private static Env made(Constructor<? extends Env> constructor) {
    var name = constructor.getDeclaringClass().getName();
    try {
      return constructor.newInstance();
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(
          "the constructor of %s threw %s".formatted(name, e.getCause()), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(
          "%s cannot be made: %s; make the class public and not abstract".formatted(name, e), e);
    }
  }
}
