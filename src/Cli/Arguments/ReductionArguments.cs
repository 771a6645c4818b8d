using System.Collections.Immutable;
using System.Globalization;
using Distributed.Keops.Client;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Cli.Arguments;

/// <summary>A reduction as it was typed; with the clouds opened it becomes a <see cref="ReductionCall"/>.</summary>
/// <param name="Formula">The formula string.</param>
/// <param name="Variables">i-variables, j-variables, parameters, each in the order given: the positions of the formula's arguments.</param>
sealed record ReductionArguments(string Formula, ImmutableArray<VariableArgument> Variables)
{
    /// <summary>The reduction's name.</summary>
    public string Reduction { get; init; } = "Sum";

    /// <summary>1 to reduce over j, 0 over i.</summary>
    public int Axis { get; init; } = 1;

    /// <summary>How many values the K-min family keeps.</summary>
    public int? K { get; init; }

    /// <summary>The second formula.</summary>
    public string? Weight { get; init; }

    /// <summary>The dtype of data and results.</summary>
    public ElementType Type { get; init; } = ElementType.Float32;

    /// <summary>Accumulator, summation scheme and nulls.</summary>
    public ReductionOptions Options { get; init; } = new();

    /// <summary>The JSON file of block-sparse ranges.</summary>
    public string? RangesPath { get; init; }

    /// <summary>The mask by name; not together with <see cref="RangesPath"/>.</summary>
    public MaskArgument? Mask { get; init; }

    /// <summary>Where the result is written; null to show its first rows.</summary>
    public OutputTarget? Output { get; init; }

    /// <summary>
    /// The same with full paths. Relative ones mean this process's folder, and a silo elsewhere has another.
    /// </summary>
    public ReductionArguments Rooted() => this with
    {
        Variables =
        [
            .. Variables.Select(v => v.Spec is { } spec ? v with { Spec = new CloudSpec(Path.GetFullPath(spec.Path), spec.Columns) } : v),
        ],
        Output = Output is { } output ? output with { Path = Path.GetFullPath(output.Path) } : null,
    };

    /// <summary>Opens the clouds from their footers; values are read when the call runs.</summary>
    /// <exception cref="DataException">A cloud can't be opened, or row counts differ.</exception>
    public Task<InputClouds> OpenAsync(NullPolicy nulls, CancellationToken cancellationToken) =>
        InputClouds.OpenAsync(Variables, Type, nulls, cancellationToken);

    /// <summary>The call: formulas parsed, dimensions from the data.</summary>
    /// <exception cref="UsageException">A formula can't be read, or formula, reduction and options do not fit together.</exception>
    /// <exception cref="KeopsException">The ranges can't be read.</exception>
    public async Task<ReductionCall> ToCallAsync(InputClouds clouds, CancellationToken cancellationToken)
    {
        await CheckKeptAsync(clouds, cancellationToken).ConfigureAwait(false);
        var aliases = Aliases(clouds);
        var formula = Parse(Formula, aliases);
        var weight = Weight is null ? null : Parse(Weight, aliases);
        var reduction = Create(formula, weight);
        foreach (var variable in reduction.Variables())
        {
            if (aliases.At(variable.Index) != variable)
                throw new UsageException(
                    $"The formula names Var({variable.Index},{variable.Dim},{(int)variable.Category}), but no --vi, --vj or --pm gives "
                    + "that variable.");
        }

        var bound = Variables.Select((v, index) => Bind(v, new Variable(index, clouds.Dim(v), v.Category)));
        return new ReductionCall(reduction, Type, [.. bound])
        {
            Options = Options,
            Output = Output,
            Ranges = RangesPath is null
                ? Mask?.ToRanges(clouds.I.RowCount, clouds.J.RowCount)
                : await RangesFile.ReadAsync(RangesPath, cancellationToken).ConfigureAwait(false),
        };
    }

    // A cluster opens them when it writes, which may be hours from now.
    async Task CheckKeptAsync(InputClouds clouds, CancellationToken cancellationToken)
    {
        if (Output is not { Keep.IsEmpty: false } output) return;
        var side = Axis == 1 ? clouds.I : clouds.J;
        if (side.Clouds.Count == 0)
            throw new UsageException($"--keep {string.Join(',', output.Keep)}: no file stands on the output's side.");
        var spec = new CloudSpec(side.Clouds[0].Spec.Path, output.Keep);
        await using var kept = await KeptColumns.OpenAsync(spec, cancellationToken).ConfigureAwait(false);
    }

    AliasList Aliases(InputClouds clouds)
    {
        if (Variables.GroupBy(v => v.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new UsageException($"The variable '{twice.Key}' is given {twice.Count()} times.");
        return AliasList.Parse(Variables.Select(v => string.Create(CultureInfo.InvariantCulture,
            $"{v.Name} = {v.Category switch { Category.I => "Vi", Category.J => "Vj", _ => "Pm" }}({clouds.Dim(v)})")));
    }

    static Formula Parse(string text, AliasList aliases)
    {
        try
        {
            return FormulaParser.Parse(text, aliases);
        }
        catch (FormulaException error)
        {
            throw new UsageException(error.Message) { Text = text, Position = error.Position };
        }
    }

    Reduction Create(Formula formula, Formula? weight)
    {
        try
        {
            var reduction = new Reduction(ReductionKind.Find(Reduction), formula, weight, K, Axis);
            reduction.CreateMonoid(Type);
            new SummationOptions(Options.DtypeAcc, Options.SumScheme, Options.UseDoubleAcc).Choose(reduction.Kind, Type);
            return reduction;
        }
        catch (KeopsException error)
        {
            throw new UsageException(error.Message);
        }
    }

    static BoundVariable Bind(VariableArgument argument, Variable variable) => new(variable, argument.Spec is { } spec
        ? new CloudData(spec)
        : new ParameterData([argument.Values])) { Name = argument.Name };
}
