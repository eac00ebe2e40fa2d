/**
 * Rigid bodies in the plane: convex polygons with joints between them, over ground that stands
 * still. Single precision and Box2D's algorithms, for the environments that were defined with it.
 */
package dev.lanewise.engine.env.rigid;
