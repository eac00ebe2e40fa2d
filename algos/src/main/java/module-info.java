/** Algorithms, one file each; memories, runs, checkpoints and the command line. */
module dev.lanewise.algos {
  requires transitive dev.lanewise.autograd;

  exports dev.lanewise.algos;
}
