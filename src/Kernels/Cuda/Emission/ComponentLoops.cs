namespace Distributed.Keops.Kernels.Cuda.Emission;

/// <summary>Loops over the components of vectors: written out while they are few, so that maps of components cost nothing.</summary>
static class ComponentLoops
{
    /// <summary>The longest vector whose components are written out one by one.</summary>
    public const int WrittenOut = 16;

    // Longer loops are unrolled by the compiler, and their arrays stay in registers, up to this length.
    const int Unrolled = 128;

    /// <summary>Writes <paramref name="body"/> for components 0 … length − 1, each in a block of its own.</summary>
    /// <param name="text">Where it goes.</param>
    /// <param name="length">The number of components.</param>
    /// <param name="breaks">Components at which a loop must stop, since other values stand behind it.</param>
    /// <param name="descending">From the last component down.</param>
    /// <param name="body">Writes one component.</param>
    public static void Write(CudaText text, int length, IEnumerable<int> breaks, bool descending, Action<At> body)
    {
        int[] bounds = [.. new SortedSet<int>(breaks.Where(b => b > 0 && b < length)) { 0, length }];
        var runs = bounds.Zip(bounds.Skip(1)).ToList();
        if (descending) runs.Reverse();
        foreach (var (from, to) in runs)
        {
            if (to - from <= WrittenOut)
            {
                foreach (var k in descending ? Enumerable.Range(from, to - from).Reverse() : Enumerable.Range(from, to - from))
                {
                    using (text.Block("")) body(new At(k));
                }

                continue;
            }

            var c = text.Name("c");
            text.Line(to - from <= Unrolled ? "#pragma unroll" : "#pragma unroll 4");
            var heading = descending ? $"for (int {c} = {to - 1}; {c} >= {from}; --{c})" : $"for (int {c} = {from}; {c} < {to}; ++{c})";
            using (text.Block(heading)) body(new At(0, c, from));
        }
    }
}
