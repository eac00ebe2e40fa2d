package dev.lanewise.kernels.reference;
class ReferenceBackend{}
