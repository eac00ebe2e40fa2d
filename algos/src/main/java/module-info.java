/** Algorithms, one file each; memories, runs, checkpoints and the command line. */
module dev.lanewise.algos {
  requires transitive dev.lanewise.autograd;
  requires static info.picocli;
  requires static java.desktop;
  requires static java.management;
  requires static me.tongfei.progressbar;
  requires static org.knowm.xchart;

  exports dev.lanewise.algos;
}
