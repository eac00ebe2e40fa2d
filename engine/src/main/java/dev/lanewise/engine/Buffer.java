package dev.lanewise.engine;

/**
 * Memory that instructions read and write: a {@link Storage}, or an intermediate of a plan whose
 * place is chosen by {@link Placement}.
 */
final class Buffer {
  private final String name;
  private final Storage storage;
  private final long elements;
  private long address = -1;

  private Buffer(String name, Storage storage, long elements) {
    this.name = name;
    this.storage = storage;
    this.elements = elements;
  }

  static Buffer of(Storage storage) {
    return new Buffer(storage.name(), storage, storage.elements());
  }

  static Buffer intermediate(String name, long elements) {
    return new Buffer(name, null, elements);
  }

  boolean isIntermediate() {
    return storage == null;
  }

  String name() {
    return name;
  }

  long elements() {
    return elements;
  }

  void place(long at) {
    address = at;
  }

  long address() {
    return storage == null ? address : storage.address();
  }
}
