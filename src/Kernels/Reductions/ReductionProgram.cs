using System.Collections.Concurrent;
using System.Collections.Immutable;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Reductions;

/// <summary>
/// Everything an engine emits for one reduction: the formula's program cut by rate, and the monoid's fragments over its items. Equal
/// reductions have equal <see cref="Text"/>s. Safe to share between threads.
/// </summary>
public sealed class ReductionProgram
{
    readonly ConcurrentDictionary<int, Program> _accumulate = new();
    readonly ConcurrentDictionary<int, Program> _accumulateCommon = new();
    readonly ConcurrentDictionary<int, Program> _guard = new();
    readonly int _formulaFactors;
    readonly int _formulaDim;
    readonly int _weightDim;

    /// <summary>Prepares a reduction of values made by one builder.</summary>
    /// <param name="monoid">The reduction.</param>
    /// <param name="type">The element type of data and arithmetic.</param>
    /// <param name="formula">F.</param>
    /// <param name="weight">The second formula, or null.</param>
    /// <param name="parameterDims">Dimensions of the parameters by slot.</param>
    /// <param name="iDims">Dimensions of the variables on the side of the output, by slot.</param>
    /// <param name="jDims">Dimensions of the variables on the reduced side, by slot.</param>
    public ReductionProgram(
        Monoid monoid,
        ElementType type,
        Value formula,
        Value? weight,
        ImmutableArray<int> parameterDims,
        ImmutableArray<int> iDims,
        ImmutableArray<int> jDims)
    {
        (Monoid, Type, _formulaDim, _weightDim) = (monoid, type, formula.Length, weight?.Length ?? 0);
        // A product that is only added up goes into the sum factor by factor: one multiply-add does both.
        ImmutableArray<Value> factors = monoid.AddsFormula && formula is { Op: OpCode.Multiply, Rate: Rate.IJ }
            ? formula.Operands : [formula];
        _formulaFactors = factors.Length;
        var pairs = ProgramBuilder.Build([.. factors, .. weight is null ? Array.Empty<Value>() : [weight]]);
        Hoisted = new HoistedProgram(pairs, parameterDims, iDims, jDims);
        Merge = BuildMerge();
        Finalize = BuildFinalize();
        Text = $"{type.Name()} {string.Join(',', parameterDims)} {string.Join(',', iDims)} {string.Join(',', jDims)}\n"
            + ProgramPrinter.Print(pairs) + ProgramPrinter.Print(Accumulate(1)) + ProgramPrinter.Print(Merge)
            + ProgramPrinter.Print(Finalize);
    }

    ReductionProgram(ReductionProgram original)
    {
        (Monoid, Type, Merge, Finalize) = (original.Monoid, original.Type, original.Merge, original.Finalize);
        (_formulaFactors, _formulaDim, _weightDim) = (original._formulaFactors, original._formulaDim, original._weightDim);
        var builder = new ProgramBuilder();
        var items = original.Hoisted.Pairs.Outputs.Select((o, slot) => builder.Input(new(InputKind.Item, slot), o.Length, Rate.IJ));
        Hoisted = new HoistedProgram(ProgramBuilder.Build([.. items]), [], [], []);
        Text = "items of\n" + original.Text;
    }

    /// <summary>
    /// The same reduction with the outputs of <see cref="HoistedProgram.Pairs"/> as given items, for engines that compute them elsewhere.
    /// </summary>
    public ReductionProgram OfItems() => new(this);

    /// <summary>The reduction.</summary>
    public Monoid Monoid { get; }

    /// <summary>The element type of data and arithmetic.</summary>
    public ElementType Type { get; }

    /// <summary>The formula's program; the items of a pair are its outputs.</summary>
    public HoistedProgram Hoisted { get; }

    /// <summary>
    /// Joins two states, inputs <see cref="InputKind.State"/> and <see cref="InputKind.OtherState"/>; for a list, takes in one entry of the
    /// other list, as an item.
    /// </summary>
    public Program Merge { get; }

    /// <summary>The results of a state.</summary>
    public Program Finalize { get; }

    /// <summary>A canonical text: the key under which engines keep what they compiled.</summary>
    public string Text { get; }

    /// <summary>Whether row numbers are part of the state.</summary>
    public bool UsesIndices => Monoid.Parts.Any(p => p.Type == ComponentType.Index);

    /// <summary>Takes in <paramref name="copies"/> pairs at once.</summary>
    public Program Accumulate(int copies) => _accumulate.GetOrAdd(copies, n =>
    {
        var builder = new ProgramBuilder();
        return ProgramBuilder.Build(Monoid.Accumulate(builder, Taking(builder), Items(builder, n)).AsSpan());
    });

    /// <summary>Takes in <paramref name="copies"/> pairs for which the guard is false.</summary>
    public Program AccumulateCommon(int copies) => _accumulateCommon.GetOrAdd(copies, n =>
    {
        var builder = new ProgramBuilder();
        return ProgramBuilder.Build(Monoid.AccumulateCommon(builder, Taking(builder), Items(builder, n)).AsSpan());
    });

    /// <summary>The comparison that tells whether any of <paramref name="copies"/> pairs is a rare one; null when all are alike.</summary>
    public Program? Guard(int copies)
    {
        var guard = _guard.GetOrAdd(copies, n =>
        {
            var builder = new ProgramBuilder();
            var value = Monoid.Guard(builder, Taking(builder), Items(builder, n));
            return value is null ? ProgramBuilder.Build() : ProgramBuilder.Build(value);
        });
        return guard.Outputs.IsEmpty ? null : guard;
    }

    ImmutableArray<Item> Items(ProgramBuilder builder, int copies) => [.. Enumerable.Range(0, copies).Select(copy =>
    {
        Value Given(int slot, int length) => builder.Input(new(InputKind.Item, slot, copy), length, Rate.IJ);
        if (IsList) return new Item(Given(0, 1), null, builder.Input(new(InputKind.ItemIndex, 0, copy), 1, Rate.IJ, ComponentType.Index));
        var formula = Given(0, Hoisted.Pairs.Outputs[0].Length);
        if (_formulaFactors == 2) formula = builder.Multiply(formula, Given(1, Hoisted.Pairs.Outputs[1].Length));
        if (formula.Length != _formulaDim) formula = builder.Broadcast(formula, _formulaDim);
        return new Item(
            formula,
            _weightDim == 0 ? null : Given(_formulaFactors, _weightDim),
            builder.Input(new(InputKind.ItemIndex, 0, copy), 1, Rate.IJ, ComponentType.Index));
    })];

    bool IsList => Monoid.Entries > 0;

    /// <summary>The state that items are taken into: one list where there is one for each component.</summary>
    ImmutableArray<Value> Taking(ProgramBuilder builder) => [.. Monoid.Parts.Select((part, p) =>
        builder.Input(new(InputKind.State, p), IsList ? Monoid.Entries : part.Length, Rate.IJ, part.Type))];

    ImmutableArray<Value> State(ProgramBuilder builder, InputKind kind) =>
        [.. Monoid.Parts.Select((part, p) => builder.Input(new(kind, p), part.Length, Rate.IJ, part.Type))];

    Program BuildMerge()
    {
        var builder = new ProgramBuilder();
        if (IsList) return ProgramBuilder.Build(Monoid.Accumulate(builder, Taking(builder), Items(builder, 1)).AsSpan());
        return ProgramBuilder.Build(
            Monoid.Merge(builder, State(builder, InputKind.State), State(builder, InputKind.OtherState)).AsSpan());
    }

    Program BuildFinalize()
    {
        var builder = new ProgramBuilder();
        return ProgramBuilder.Build(Monoid.Finalize(builder, State(builder, InputKind.State)).AsSpan());
    }
}
