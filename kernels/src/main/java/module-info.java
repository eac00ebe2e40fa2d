/** Off-heap memory and the closed list of kernels, answered by several backends. */
module dev.lanewise.kernels {
  requires jdk.incubator.vector;
  requires jdk.management;

  exports dev.lanewise.kernels;
  exports dev.lanewise.kernels.cpu;
  exports dev.lanewise.kernels.reference;
}
