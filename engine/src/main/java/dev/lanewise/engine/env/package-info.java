/** Environments stepped in batches, one lane an environment, with Gymnasium's semantics and ids. */
package dev.lanewise.engine.env;
