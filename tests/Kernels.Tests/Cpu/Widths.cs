using Distributed.Keops.Kernels.Cpu;

namespace Distributed.Keops.Kernels.Tests.Cpu;

/// <summary>The vector widths this machine can run.</summary>
static class Widths
{
    public static readonly int[] Here = [.. new[] { 128, 256, 512 }.Where(w => w <= Isa.WidestHere)];

    public static readonly ElementType[] Types = [ElementType.Float32, ElementType.Float64];
}
