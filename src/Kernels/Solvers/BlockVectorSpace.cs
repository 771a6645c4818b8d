namespace Distributed.Keops.Kernels.Solvers;

/// <summary>
/// Vectors in this process. Dot products are summed row after row inside blocks of <see cref="BlockRows"/> rows, and the blocks' sums one
/// after the other: the order in which machines that hold some blocks each can sum too. The arithmetic runs on the calling thread; beside
/// a product over all pairs it takes no time.
/// <code>
/// batch 0, column 0   rows 0 … 4095 | 4096 … 8191 | …      system 0
///          column 1   rows 0 … 4095 | 4096 … 8191 | …      system 1, or part of system 0 where columns are one system
/// </code>
/// </summary>
public sealed class BlockVectorSpace : IVectorSpace<BlockVector>
{
    /// <summary>Rows of a block.</summary>
    public const int BlockRows = 4096;

    readonly bool _separate;

    /// <summary>Creates the space.</summary>
    /// <param name="batches">Batches; each is a system of its own.</param>
    /// <param name="rows">Rows of a batch.</param>
    /// <param name="columns">Numbers of a row.</param>
    /// <param name="separateColumns">Whether each column is a system of its own, too.</param>
    /// <exception cref="KeopsException">A batch has 2³¹ numbers or more.</exception>
    public BlockVectorSpace(int batches, long rows, int columns, bool separateColumns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batches);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        if ((double)rows * columns > Array.MaxLength)
            throw new KeopsException($"A vector of {rows} × {columns} numbers is larger than one process holds in an array.");
        (Batches, Rows, Columns, _separate) = (batches, (int)rows, columns, separateColumns);
    }

    /// <summary>Batches.</summary>
    public int Batches { get; }

    /// <summary>Rows of a batch.</summary>
    public int Rows { get; }

    /// <summary>Numbers of a row.</summary>
    public int Columns { get; }

    /// <inheritdoc/>
    public int Systems => _separate ? Batches * Columns : Batches;

    /// <inheritdoc/>
    public long Size => _separate ? Rows : (long)Rows * Columns;

    /// <summary>The system that a column of a batch belongs to.</summary>
    public int SystemOf(int batch, int column) => _separate ? batch * Columns + column : batch;

    /// <inheritdoc/>
    public BlockVector Create() => new(Batches, Rows * Columns);

    /// <inheritdoc/>
    public ValueTask<double[][]> RunAsync(IReadOnlyList<VectorStep<BlockVector>> steps, CancellationToken cancellationToken)
    {
        var dots = new List<double[]>();
        foreach (var step in steps)
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (step)
            {
                case CombineStep<BlockVector> combine: Combine(combine); break;
                case RandomStep<BlockVector> random: Randomize(random); break;
                case DotStep<BlockVector> dot: dots.Add(Dot(dot)); break;
                default: throw new NotSupportedException($"{step.GetType().Name} is no step of vectors in this process.");
            }
        }

        return ValueTask.FromResult(dots.ToArray());
    }

    void Combine(CombineStep<BlockVector> step)
    {
        for (var b = 0; b < Batches; b++)
        {
            var target = step.Target.Batch(b).Span;
            var source = step.Source.Batch(b).Span;
            for (var c = 0; c < Columns; c++)
            {
                var system = SystemOf(b, c);
                var (own, other) = (step.B[system], step.A[system]);
                if (other == 0 && own == 1) continue;
                for (var k = c; k < target.Length; k += Columns)
                    target[k] = (other == 0 ? 0 : other * source[k]) + (own == 0 ? 0 : own * target[k]);
            }
        }
    }

    double[] Dot(DotStep<BlockVector> step)
    {
        var sums = new double[Systems];
        var block = new double[Columns];
        for (var b = 0; b < Batches; b++)
        {
            var left = step.Left.Batch(b).Span;
            var right = step.Right.Batch(b).Span;
            for (var first = 0; first < Rows; first += BlockRows)
            {
                Array.Clear(block);
                var last = Math.Min(Rows, first + BlockRows);
                for (var k = first * Columns; k < last * Columns; k += Columns)
                    for (var c = 0; c < Columns; c++) block[c] += left[k + c] * right[k + c];
                for (var c = 0; c < Columns; c++) sums[SystemOf(b, c)] += block[c];
            }
        }

        return sums;
    }

    void Randomize(RandomStep<BlockVector> step)
    {
        for (var b = 0; b < Batches; b++)
        {
            var target = step.Target.Batch(b).Span;
            for (var k = 0; k < target.Length; k++) target[k] = Random(step.Seed, (ulong)b * (ulong)target.Length + (ulong)k);
        }
    }

    /// <summary>A number in (−1, 1) from a seed and a counter: the mixing function of SplitMix64 (Steele, Lea and Flood, 2014).</summary>
    static double Random(ulong seed, ulong counter)
    {
        var z = seed * 0xD1342543DE82EF95 + (counter + 1) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        z ^= z >> 31;
        return ((z >> 11) + 0.5) / (1UL << 52) - 1;
    }
}
