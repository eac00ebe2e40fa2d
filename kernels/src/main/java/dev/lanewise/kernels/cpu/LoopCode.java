package dev.lanewise.kernels.cpu;

import static java.lang.constant.ConstantDescs.CD_Class;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Writes one loop as one straight-line method, the only class that knows bytecode. Calls to the
 * Vector API stand directly in the method, unrolled as far as its author says; pointers, counts and
 * strides are parameters. So what C2 makes of it depends on nothing that a process ran before.
 *
 * <p>C2 inlines without conditions only until a method has 18,000 nodes. A load or an operation
 * takes about 440 of them, the read of a single element about 760, and such a read is lost if it
 * comes later: authors put them first.
 */
final class LoopCode {
  private static final ClassDesc FLOATS = desc(FloatVector.class);
  private static final ClassDesc VECTOR = desc(Vector.class);
  private static final ClassDesc SPECIES = desc(VectorSpecies.class);
  private static final ClassDesc MASK = desc(VectorMask.class);
  private static final ClassDesc COMPARISON = desc(VectorOperators.Comparison.class);
  private static final ClassDesc SEGMENT = desc(MemorySegment.class);
  private static final ClassDesc LAYOUT = desc(ValueLayout.OfFloat.class);
  private static final ClassDesc ORDER = desc(ByteOrder.class);

  private final CodeBuilder code;

  private LoopCode(CodeBuilder code) {
    this.code = code;
  }

  /** Makes a loop of what the author writes; its class is unloaded with the last use of it. */
  static Loop loop(String name, Consumer<LoopCode> author) {
    var type = ClassDesc.of(LoopCode.class.getPackageName(), name);
    byte[] bytes =
        ClassFile.of()
            .build(
                type,
                builder -> {
                  builder.withFlags(ClassFile.ACC_FINAL);
                  builder.withInterfaceSymbols(desc(Loop.class));
                  builder.withMethodBody(
                      INIT_NAME,
                      MTD_void,
                      0,
                      b -> b.aload(0).invokespecial(CD_Object, INIT_NAME, MTD_void).return_());
                  builder.withMethodBody(
                      "run",
                      MethodTypeDesc.of(CD_void, CD_long.arrayType()),
                      ClassFile.ACC_PUBLIC,
                      b -> {
                        author.accept(new LoopCode(b));
                        b.return_();
                      });
                });
    try {
      var lookup = MethodHandles.lookup().defineHiddenClass(bytes, true);
      var constructor =
          lookup.findConstructor(lookup.lookupClass(), MethodType.methodType(void.class));
      return (Loop) constructor.invoke();
    } catch (Throwable e) {
      throw new IllegalStateException("the loop " + name + " could not be made", e);
    }
  }

  private static ClassDesc desc(Class<?> type) {
    return type.describeConstable().orElseThrow();
  }

  // --- whole numbers

  /** A count. */
  record Count(int local) {}

  /** A pointer, or a stride in bytes. */
  record Bytes(int local) {}

  /** A place in memory: a pointer, some strides beyond it, and a constant number of bytes. */
  record Place(Bytes base, Bytes stride, int times, Bytes otherStride, int otherTimes, long bytes) {

    static Place at(Bytes base) {
      return new Place(base, null, 0, null, 0, 0);
    }

    /** So many strides further; two different strides at most. */
    Place plus(Bytes other, int count) {
      return stride == null
          ? new Place(base, other, count, null, 0, bytes)
          : new Place(base, stride, times, other, count, bytes);
    }

    Place plus(long more) {
      return new Place(base, stride, times, otherStride, otherTimes, bytes + more);
    }
  }

  /** An argument that is a count. */
  Count count(int argument) {
    int local = code.allocateLocal(TypeKind.INT);
    code.aload(1).loadConstant(argument).laload().l2i().istore(local);
    return new Count(local);
  }

  /** A known stride. */
  Bytes bytes(long value) {
    int local = code.allocateLocal(TypeKind.LONG);
    code.loadConstant(value).lstore(local);
    return new Bytes(local);
  }

  /** A known count. */
  Count known(int value) {
    int local = code.allocateLocal(TypeKind.INT);
    code.loadConstant(value).istore(local);
    return new Count(local);
  }

  /** An argument that is a pointer or a stride, at most the mask, see {@link Pointers}. */
  Bytes bytes(int argument, long mask) {
    int local = code.allocateLocal(TypeKind.LONG);
    code.aload(1).loadConstant(argument).laload().loadConstant(mask).land().lstore(local);
    return new Bytes(local);
  }

  /** An argument that holds the bits of a number. */
  Floats number(int argument) {
    species();
    code.aload(1).loadConstant(argument).laload().l2i();
    code.invokestatic(desc(Float.class), "intBitsToFloat", MethodTypeDesc.of(CD_float, CD_int));
    return broadcast();
  }

  /** base + index · stride, where an index is not negative. */
  Bytes indexed(Bytes base, Count index, Bytes stride) {
    int local = code.allocateLocal(TypeKind.LONG);
    code.lload(base.local).iload(index.local).i2l().loadConstant(Pointers.INDEX).land();
    code.lload(stride.local).lmul().ladd().lstore(local);
    return new Bytes(local);
  }

  /** Moves a pointer on. */
  void advance(Bytes pointer, Bytes by) {
    code.lload(pointer.local).lload(by.local).ladd();
    code.loadConstant(Pointers.POINTER).land().lstore(pointer.local);
  }

  /** Repeats for 0, 1, ..., n - 1. */
  void repeat(Count n, Consumer<Count> body) {
    int index = code.allocateLocal(TypeKind.INT);
    var next = code.newLabel();
    var end = code.newLabel();
    code.iconst_0().istore(index);
    code.labelBinding(next).iload(index).iload(n.local).if_icmpge(end);
    body.accept(new Count(index));
    code.iinc(index, 1).goto_(next).labelBinding(end);
  }

  // --- vectors

  /** A vector of floats in a local variable. */
  final class Floats {
    private final int local = code.allocateLocal(TypeKind.REFERENCE);

    private Floats() {
      code.astore(local);
    }

    /** Puts it on the stack. */
    private void push() {
      code.aload(local);
    }

    /**
     * The same, and C2 is told its class. Of what comes around a loop, of a broadcast and of what
     * is inlined late it learns the class from the profile alone; but a process that has used
     * vectors of two widths, in whatever library, has two in its profile: then calls on such a
     * vector stay virtual and it goes on the heap.
     */
    Floats exact() {
      code.getstatic(desc(Lanes.class), "TYPE", CD_Class).aload(local);
      code.invokevirtual(CD_Class, "cast", MethodTypeDesc.of(CD_Object, CD_Object));
      code.checkcast(FLOATS);
      return new Floats();
    }

    Floats copy() {
      code.aload(local);
      return new Floats();
    }

    /** Puts another vector in its place. */
    void set(Floats other) {
      code.aload(other.local).astore(local);
    }

    /** this · b + c */
    Floats fma(Floats b, Floats c) {
      push();
      b.push();
      c.push();
      code.invokevirtual(FLOATS, "fma", MethodTypeDesc.of(FLOATS, VECTOR, VECTOR));
      return new Floats();
    }

    Floats mul(Floats b) {
      return binary("mul", b);
    }

    Floats div(Floats b) {
      return binary("div", b);
    }

    Floats sqrt() {
      push();
      code.invokevirtual(FLOATS, "sqrt", MethodTypeDesc.of(FLOATS));
      return new Floats();
    }

    Floats add(Floats b) {
      return binary("add", b);
    }

    Floats sub(Floats b) {
      return binary("sub", b);
    }

    private Floats binary(String name, Floats b) {
      push();
      b.push();
      code.invokevirtual(FLOATS, name, MethodTypeDesc.of(FLOATS, VECTOR));
      return new Floats();
    }

    /** this in the lanes where x compares so with y, the other one in the rest. */
    Floats where(Floats x, VectorOperators.Comparison comparison, Floats y, Floats other) {
      other.push();
      push();
      x.push();
      code.getstatic(desc(VectorOperators.class), comparison.name(), COMPARISON);
      y.push();
      code.invokevirtual(FLOATS, "compare", MethodTypeDesc.of(MASK, COMPARISON, VECTOR));
      code.invokevirtual(FLOATS, "blend", MethodTypeDesc.of(FLOATS, VECTOR, MASK));
      return new Floats();
    }

    void store(Place place) {
      push();
      segment();
      address(place);
      code.getstatic(desc(Lanes.class), "ORDER", ORDER);
      code.invokevirtual(
          FLOATS, "intoMemorySegment", MethodTypeDesc.of(CD_void, SEGMENT, CD_long, ORDER));
    }
  }

  Floats constant(float value) {
    species();
    code.loadConstant(value);
    return broadcast();
  }

  Floats load(Place place) {
    species();
    segment();
    address(place);
    code.getstatic(desc(Lanes.class), "ORDER", ORDER);
    code.invokestatic(
        FLOATS, "fromMemorySegment", MethodTypeDesc.of(FLOATS, SPECIES, SEGMENT, CD_long, ORDER));
    return new Floats();
  }

  /** One element in all lanes. */
  Floats splat(Place place) {
    species();
    segment();
    code.getstatic(desc(Pointers.class), "FLOAT", LAYOUT);
    address(place);
    code.invokeinterface(SEGMENT, "get", MethodTypeDesc.of(CD_float, LAYOUT, CD_long));
    return broadcast();
  }

  private Floats broadcast() {
    code.invokestatic(FLOATS, "broadcast", MethodTypeDesc.of(FLOATS, SPECIES, CD_float));
    return new Floats();
  }

  private void species() {
    code.getstatic(desc(Lanes.class), "F", SPECIES);
  }

  private void segment() {
    code.getstatic(desc(Pointers.class), "MEMORY", SEGMENT);
  }

  private void address(Place place) {
    code.lload(place.base.local);
    address(place.stride, place.times);
    address(place.otherStride, place.otherTimes);
    if (place.bytes != 0) {
      code.loadConstant(place.bytes).ladd();
    }
  }

  private void address(Bytes stride, int times) {
    if (times == 1) {
      code.lload(stride.local).ladd();
    } else if (times > 1) {
      code.loadConstant((long) times).lload(stride.local).lmul().ladd();
    }
  }
}
