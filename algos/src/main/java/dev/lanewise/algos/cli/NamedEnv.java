package dev.lanewise.algos.cli;

import dev.lanewise.engine.env.BatchedEnv;
import dev.lanewise.engine.env.Env;
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
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An environment by its id, or a user's own by the name of its class.
 *
 * @param user makes one, if it is a user's own
 * @param factory makes a batch
 */
record NamedEnv(Optional<Supplier<Env>> user, Environments.Factory factory) {

  /**
   * @param classPath where classes lie: folders and jars, several separated as Java's class path is
   * @throws IllegalArgumentException if there is nothing of this name, or it is no environment
   */
  static NamedEnv of(String name, List<String> classPath) {
    if (Environments.ids().contains(name)) {
      return new NamedEnv(Optional.empty(), (device, n) -> Environments.make(name, device, n));
    }
    var constructor = constructor(name, classPath);
    Supplier<Env> supplier = () -> made(constructor);
    return new NamedEnv(Optional.of(supplier), (device, n) -> BatchedEnv.of(supplier, n, device));
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
      throw new IllegalArgumentException("%s cannot be loaded: %s".formatted(name, e), e);
    }
  }

  private static URL[] urls(List<String> classPath) {
    var urls = new ArrayList<URL>();
    for (var several : classPath) {
      for (var entry : several.split(File.pathSeparator)) {
        var path = Path.of(entry);
        if (!Files.exists(path)) {
          throw new IllegalArgumentException(
              "--class-path %s: there is no such folder or jar".formatted(entry));
        }
        try {
          urls.add(path.toUri().toURL());
        } catch (MalformedURLException e) {
          throw new IllegalArgumentException(
              "--class-path %s: %s".formatted(entry, e.getMessage()), e);
        }
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
