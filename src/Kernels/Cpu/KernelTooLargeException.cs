namespace Distributed.Keops.Kernels.Cpu;

/// <summary>
/// Recording was given up because the method would be larger than the JIT optimises: whoever emits then tries less unrolling or goes
/// operation by operation. Never leaves the emitters.
/// </summary>
sealed class KernelTooLargeException : Exception;
