using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Kernels.Cuda.Emission;

/// <summary>Writes how a state of later rows goes into a state of earlier ones: both in float64 and int64.</summary>
/// <param name="text">Where it is written.</param>
/// <param name="program">The reduction.</param>
sealed class StateMerge(CudaText text, ReductionProgram program)
{
    /// <summary>Writes a merge into <paramref name="left"/>.</summary>
    public void Write(StateCells left, Func<int, At, string> right)
    {
        if (left.Monoid.Entries > 0) WriteLists(left, right);
        else WriteMerge(left, new StateLeaves(left, right, null));
    }

    void WriteMerge(StateCells left, StateLeaves leaves)
    {
        var emitter = new ValueEmitter(text, program.Merge, CudaNumbers.OfStates, leaves);
        emitter.WriteKept();
        left.Assign(text, CudaNumbers.OfStates, emitter);
    }

    /// <summary>The right list's entries go in one by one, until one is not below the left list's last: nor are those behind it.</summary>
    void WriteLists(StateCells left, Func<int, At, string> right)
    {
        var entries = left.Monoid.Entries;
        var hasRows = left.Monoid.Parts.Length > 1;
        ComponentLoops.Write(text, left.Lists, [], descending: false, list =>
        {
            var entry = text.Name("e");
            using var loop = text.Block($"for (int {entry} = 0; {entry} < {entries}; ++{entry})");
            var at = new At(0, $"({list}) * {entries} + {entry}");
            text.Line($"const double item = {right(0, at)};");
            if (hasRows) text.Line($"const long long row = {right(1, at)};");
            var leaves = new StateLeaves(left.OfList(list), null, new Entry());
            var guard = new ValueEmitter(text, program.Guard(1)!, CudaNumbers.OfStates, leaves);
            guard.WriteKept();
            text.Line($"if (!{guard.Component(guard.Program.Outputs[0], new At(0))}) break;");
            WriteMerge(left.OfList(list), leaves);
        });
    }

    /// <summary>The entry of the right list that is taken in.</summary>
    sealed class Entry : IItems
    {
        public string Component(int slot, int copy, At at) => "item";

        public string Index(int copy) => "row";

        public void AddBreaks(int slot, int copy, int shift, List<int> breaks) { }

        public void EndComponent() { }
    }
}
