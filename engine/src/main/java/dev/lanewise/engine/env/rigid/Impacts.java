package dev.lanewise.engine.env.rigid;

/**
 * Plays the impacts within a step, so that no body is found in or beyond the ground: each time the
 * earliest one, by taking its body back to it and solving the rest of the step for that body alone.
 */
final class Impacts {
  private static final int POSITION_ITERATIONS = 20;
  private static final int MOST_OF_A_CONTACT = 8;

  /** An impact so late in a step is left to the next one: 1 - 10 ulps. */
  private static final float LATE = 1.0f - 10.0f * 0x1p-23f;

  private final Contacts contacts;
  private final float h;
  private final int velocityIterations;
  private final TimeOfImpact timeOfImpact = new TimeOfImpact();

  /** Up to which part of the step the ground has come; bodies that are behind have to follow. */
  private float groundTime;

  Impacts(Contacts contacts, float h, int velocityIterations) {
    this.contacts = contacts;
    this.h = h;
    this.velocityIterations = velocityIterations;
  }

  void solve() {
    groundTime = 0;
    for (int i = 0; i < contacts.count(); i++) {
      contacts.get(i).forgetImpacts();
    }
    while (true) {
      Contact first = null;
      float earliest = 1;
      for (int i = 0; i < contacts.count(); i++) {
        var contact = contacts.get(i);
        if (contact.enabled && contact.impacts <= MOST_OF_A_CONTACT) {
          float time = timeOf(contact);
          if (time < earliest) {
            earliest = time;
            first = contact;
          }
        }
      }
      if (first == null || earliest > LATE) {
        return;
      }
      play(first, earliest);
    }
  }

  private float timeOf(Contact contact) {
    if (!contact.impactKnown) {
      var body = contact.body;
      if (body.startTime < groundTime) {
        body.startLater(groundTime);
      }
      groundTime = body.startTime;
      float part = timeOfImpact.of(contact.segment, body);
      contact.impact = part < 1 ? Math.min(groundTime + (1.0f - groundTime) * part, 1) : 1;
      contact.impactKnown = true;
    }
    return contact.impact;
  }

  private void play(Contact contact, float time) {
    var body = contact.body;
    float groundBefore = groundTime;
    body.keep();
    body.rewind(time);
    groundTime = time;
    contact.update();
    contact.impactKnown = false;
    contact.impacts++;
    if (!contact.touching) {
      contact.enabled = false;
      body.takeBack();
      groundTime = groundBefore;
      return;
    }
    contacts.activateNone();
    contacts.activate(contact);
    for (int i = 0; i < contacts.count(); i++) {
      var other = contacts.get(i);
      if (other.body == body && other != contact) {
        other.update();
        if (other.touching) {
          contacts.activate(other);
        }
      }
    }
    solveRest(body, (1.0f - time) * h);
    for (int i = 0; i < contacts.count(); i++) {
      if (contacts.get(i).body == body) {
        contacts.get(i).impactKnown = false;
      }
    }
    if (body.updateReach()) {
      contacts.find();
    }
  }

  private void solveRest(Body body, float rest) {
    boolean solved = false;
    for (int i = 0; i < POSITION_ITERATIONS && !solved; i++) {
      solved =
          contacts.solvePosition(Tolerances.IMPACT_BAUMGARTE) >= -1.5f * Tolerances.LINEAR_SLOP;
    }
    body.startX = body.x;
    body.startY = body.y;
    body.startAngle = body.angle;
    contacts.prepare(false);
    for (int i = 0; i < velocityIterations; i++) {
      contacts.solveVelocity();
    }
    body.move(rest);
    body.followPosition();
  }
}
