using System.Collections.Immutable;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client;

/// <summary>
/// Numbers the variables of a reduction from 0: the symbolic ones first, in the order in which they will be given, then those with data in
/// order of appearance, equal data once. Equal expressions so become equal texts, whatever numbers their variables had.
/// </summary>
sealed class Numbering
{
    readonly TensorContext _context;
    readonly Dictionary<int, Variable> _numbers = [];
    readonly Dictionary<(Category, object), Variable> _byData = [];
    readonly ImmutableArray<BoundVariable>.Builder _variables = ImmutableArray.CreateBuilder<BoundVariable>();

    public Numbering(TensorContext context)
    {
        _context = context;
        foreach (var bound in context.Variables.Values.Where(v => v.Data is SymbolicData).OrderBy(v => v.Variable.Index)) Add(bound);
    }

    public Formula Renumber(Formula formula) => formula.Substitute(
        v => Formula.Var(_numbers.TryGetValue(v.Index, out var known) ? known : Add(_context.Variables[v.Index])));

    /// <summary>The variables. A side that is left without one keeps one that counts its rows.</summary>
    public ImmutableArray<BoundVariable> Complete()
    {
        foreach (var category in new[] { Category.I, Category.J })
        {
            if (_variables.Any(v => v.Variable.Category == category)) continue;
            var counting = _context.Variables.Values.Where(v => v.Variable.Category == category).MinBy(v => v.Variable.Index);
            if (counting is not null) Add(counting);
        }

        return _variables.ToImmutable();
    }

    Variable Add(BoundVariable bound)
    {
        var data = Identity(bound.Data);
        if (_byData.TryGetValue((bound.Variable.Category, data), out var same)) return _numbers[bound.Variable.Index] = same;
        var variable = bound.Variable with { Index = _variables.Count };
        _variables.Add(bound with { Variable = variable });
        _byData.Add((bound.Variable.Category, data), variable);
        return _numbers[bound.Variable.Index] = variable;
    }

    /// <summary>Whether two variables have the same values because they were made of the same memory.</summary>
    public static bool SameData(VariableData a, VariableData b) => Identity(a).Equals(Identity(b));

    static object Identity(VariableData data) => data is TensorData tensor ? tensor.Array.Identity : data;
}
