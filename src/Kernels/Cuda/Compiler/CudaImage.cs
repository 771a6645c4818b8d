namespace Distributed.Keops.Kernels.Cuda.Compiler;

/// <summary>Compiled kernels.</summary>
/// <param name="Bytes">A cubin, or PTX that ends with a zero byte.</param>
/// <param name="Architecture">What they were compiled for: <c>sm_90</c> for a cubin, <c>compute_90</c> for PTX.</param>
/// <param name="Log">The compiler's warnings; empty when it had none, and when the image comes from the cache.</param>
public sealed record CudaImage(byte[] Bytes, string Architecture, string Log);
