/** Off-heap memory and the closed list of kernels, answered by several backends. */
@SuppressWarnings("requires-automatic") // JOCL's jar has no descriptor
module dev.lanewise.kernels {
  requires static jocl;
  requires jdk.incubator.vector;
  requires jdk.management;

  exports dev.lanewise.kernels;
  exports dev.lanewise.kernels.cpu;
  exports dev.lanewise.kernels.opencl;
  exports dev.lanewise.kernels.reference;
}
