package dev.lanewise.engine.env.rigid;

import java.nio.FloatBuffer;

/** The contacts that there are, newest first, and those being solved for. */
final class Contacts {

  /** All there can be: each segment of the ground with each body. */
  private final Contact[] possible;

  private final Contact[] existing;
  private int count;
  private final Contact[] active;
  private int activeCount;

  Contacts(Segment[] ground, Body[] bodies) {
    possible = new Contact[ground.length * bodies.length];
    for (int i = 0; i < possible.length; i++) {
      possible[i] = new Contact(ground[i / bodies.length], bodies[i % bodies.length]);
    }
    existing = new Contact[possible.length];
    active = new Contact[possible.length];
  }

  int count() {
    return count;
  }

  Contact get(int i) {
    return existing[i];
  }

  void clear() {
    count = 0;
    for (var contact : possible) {
      contact.exists = false;
    }
  }

  /** Adds those whose boxes have come to overlap, by segment, as Box2D sorts its pairs. */
  void find() {
    for (var contact : possible) {
      if (!contact.exists && contact.isNear()) {
        contact.begin();
        System.arraycopy(existing, 0, existing, 1, count++);
        existing[0] = contact;
      }
    }
  }

  /** Drops those whose boxes no longer overlap, and looks at the others again. */
  void update() {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      var contact = existing[i];
      if (contact.isNear()) {
        existing[kept++] = contact;
        contact.update();
      } else {
        contact.end();
      }
    }
    count = kept;
  }

  void activateNone() {
    activeCount = 0;
  }

  void activate(Contact contact) {
    active[activeCount++] = contact;
  }

  /** Makes those of a body that touch the next to be solved for. */
  void activateTouching(Body body) {
    for (int i = 0; i < count; i++) {
      if (existing[i].body == body && existing[i].touching) {
        activate(existing[i]);
      }
    }
  }

  /**
   * Prepares the active ones.
   *
   * @param warm whether to start from the last step's impulses
   */
  void prepare(boolean warm) {
    for (int i = 0; i < activeCount; i++) {
      active[i].prepare(warm);
      if (warm) {
        active[i].warmStart();
      }
    }
  }

  void solveVelocity() {
    for (int i = 0; i < activeCount; i++) {
      active[i].solveVelocity();
    }
  }

  void keepImpulses() {
    for (int i = 0; i < activeCount; i++) {
      active[i].keepImpulses();
    }
  }

  /**
   * @return the smallest separation met
   */
  float solvePosition(float baumgarte) {
    float least = 0;
    for (int i = 0; i < activeCount; i++) {
      least = Math.min(least, active[i].solvePosition(baumgarte));
    }
    return least;
  }

  int savedSize() {
    return 1 + possible.length * (1 + Contact.SAVED);
  }

  void save(FloatBuffer to) {
    to.put(count);
    for (int i = 0; i < count; i++) {
      int which = 0;
      while (possible[which] != existing[i]) {
        which++;
      }
      to.put(which);
      existing[i].save(to);
    }
  }

  void restore(FloatBuffer from) {
    clear();
    count = (int) from.get();
    for (int i = 0; i < count; i++) {
      existing[i] = possible[(int) from.get()];
      existing[i].restore(from);
    }
  }
}
