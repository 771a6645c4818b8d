using System.Globalization;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Kernels.Cuda.Emission;

/// <summary>The CUDA C++ of a reduction: one text with all its kernels, each of which takes one <c>Arguments</c>.</summary>
public sealed class CudaSource
{
    /// <summary>The most 8-byte words of an output row's state: beyond, a thread's own memory would not hold it.</summary>
    public const int MaxWords = 4096;

    /// <summary>Changes whenever the same reduction gives other bits: a part of the engine id.</summary>
    public const int Version = 1;

    static readonly Lazy<string> Prelude = new(() =>
    {
        using var stream = typeof(CudaSource).Assembly.GetManifestResourceStream("Prelude.cu")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    });

    CudaSource(string text, CudaSchedule schedule, int sources) => (Text, Schedule, Sources) = (text, schedule, sources);

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <summary>How the pairs are walked.</summary>
    public CudaSchedule Schedule { get; }

    /// <summary>The row sources that <c>Arguments</c> has room for.</summary>
    public int Sources { get; }

    /// <summary>Writes the kernels of a reduction.</summary>
    /// <exception cref="KeopsException">A row's state is too large for a thread of a GPU.</exception>
    public static CudaSource Create(ReductionProgram program, CudaSchedule? schedule = null)
    {
        if (program.Monoid.Words > MaxWords)
            throw new KeopsException(
                $"The reduction keeps {program.Monoid.Words} numbers for each output row; a GPU's thread has room for {MaxWords}. "
                + "Split it into several reductions, by components, or compute it on the CPU.");
        var chosen = schedule ?? CudaSchedule.Choose(program);
        var sources = Math.Max(1, Math.Max(program.Hoisted.IOffsets.Length - 1, program.Hoisted.JDims.Length));
        var real = CudaNumbers.Of(program.Type).Real;
        var text = new CudaText();
        new StageKernels(text, program).Write();
        new ReduceKernel(text, program, chosen).Write();
        new MergeKernel(text, program).Write();
        return new CudaSource(Prelude.Value + Types(real, sources) + text, chosen, sources);
    }

    static string Types(string real, int sources) => string.Create(CultureInfo.InvariantCulture, $$"""

        // Output rows item.row … × places [from, to) of a leaf; pieces say which rows stand there.
        struct Item
        {
            int row, rows, piece, pieces, from, to, slot, unused;
        };

        // Places from start on are the rows from row on, counted in the rows at hand.
        struct Piece
        {
            int start, row;
        };

        struct Arguments
        {
            const {{real}}* source[{{sources}}];
            {{real}}* parameters;
            {{real}}* i;
            {{real}}* j;
            const Item* items;
            const Piece* pieces;
            double* state;
            double* other;
            long long rows;   // of the kernel's grid
            long long stride; // from one component of i to the next
            long long base;   // the number, in its cloud, of row 0 of j
            long long slot;   // 8-byte words of a slot's states
            long long count;  // slots to merge
            long long first;  // whether the first slot replaces what is there
        };

        // The row that stands at a place.
        __device__ __forceinline__ long long keops_row(const Arguments& a, const Item& item, int place)
        {
            int low = item.piece, high = item.piece + item.pieces;
            while (high - low > 1)
            {
                const int middle = (low + high) / 2;
                if (a.pieces[middle].start <= place) low = middle;
                else high = middle;
            }

            return a.pieces[low].row + (long long)(place - a.pieces[low].start);
        }

        // Its number in its cloud; -1 for no place.
        __device__ __forceinline__ long long keops_row_number(const Arguments& a, const Item& item, int place)
        {
            return place < 0 ? -1 : a.base + keops_row(a, item, place);
        }


        """);
}
