package dev.lanewise.kernels.opencl;

/** OpenCL, or a device of it, cannot be used: one sentence that says why and what would help. */
public final class OpenClException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OpenClException(String sentence) {
    super(sentence);
  }

  OpenClException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
