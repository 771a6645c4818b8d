using System.Collections.Immutable;
using Distributed.Keops.Kernels.Programs;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Kernels.Cuda.Emission;

/// <summary>Where a state's components stand: variables of a thread, or memory.</summary>
/// <param name="Monoid">The reduction.</param>
/// <param name="Cell">The expression, which can be assigned to, of a component of a part.</param>
/// <param name="List">For states that are lists: the expression of the list's number, one of which is worked on; else null.</param>
readonly record struct StateCells(Monoid Monoid, Func<int, string, string> Cell, At? List = null)
{
    /// <summary>The lists of a part of the state; 1 for a state that is none.</summary>
    public int Lists => Monoid.Entries == 0 ? 1 : Monoid.Parts[0].Length / Monoid.Entries;

    /// <summary>The components that are worked on together: of one list, or of the part.</summary>
    public int Length(int part) => Monoid.Entries == 0 ? Monoid.Parts[part].Length : Monoid.Entries;

    /// <summary>One of the lists.</summary>
    public StateCells OfList(At list) => this with { List = list };

    /// <summary>The expression of a component, counted in the list that is worked on.</summary>
    public string Component(int part, At at) => Cell(part, List is { } list ? $"({list}) * {Monoid.Entries} + {at}" : at.ToString());

    /// <summary>
    /// Replaces the state. Parts of equal length go together, component by component from the last one down, all read before any is
    /// written: a new component may depend on old ones of the same or a lower number. Longer parts go first, since they may depend on
    /// single old numbers but not the other way round.
    /// </summary>
    public void Assign(CudaText text, CudaNumbers numbers, ValueEmitter emitter)
    {
        var (cells, values, parts) = (this, emitter.Program.Outputs, Monoid.Parts);
        foreach (var group in Enumerable.Range(0, parts.Length).GroupBy(Length).OrderByDescending(g => g.Key))
        {
            // A part that stays as it is costs nothing.
            int[] changed = [.. group.Where(p => values[p] is not { Op: OpCode.Input, Input.Kind: InputKind.State } v || v.Input.Slot != p)];
            if (changed.Length == 0) continue;
            emitter.ForEachComponent(group.Key, changed.Select(p => values[p]), descending: true, at =>
            {
                var fresh = changed.Select(p =>
                {
                    var (component, name) = (emitter.Component(values[p], at), text.Name("n"));
                    text.Line($"const {numbers.NameOf(parts[p].Type)} {name} = {component};");
                    return name;
                }).ToImmutableArray();
                for (var k = 0; k < changed.Length; k++) text.Line($"{cells.Component(changed[k], at)} = {fresh[k]};");
            });
        }
    }

    /// <summary>Sets every component to what <paramref name="value"/> gives, or of the parts that a test lets through.</summary>
    public void Fill(CudaText text, Func<int, At, string> value, Func<StatePart, bool>? which = null)
    {
        for (var p = 0; p < Monoid.Parts.Length; p++)
        {
            var part = p;
            if (which is not null && !which(Monoid.Parts[p])) continue;
            var cells = this;
            ComponentLoops.Write(
                text, Monoid.Parts[p].Length, [], descending: false,
                at => text.Line($"{cells.Cell(part, at.ToString())} = {value(part, at)};"));
        }
    }
}
