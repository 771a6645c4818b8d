using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Distributed.Keops.Cli.Output;
using Distributed.Keops.Client;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Cli.Bench;

/// <summary>One row of the speed table: a reduction of random points, in KeOps' own formula strings.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Formula">F.</param>
/// <param name="Aliases">The arguments, such as <c>x = Vi(3)</c>.</param>
/// <param name="Reduction">The reduction's name.</param>
/// <param name="M">Rows of the i-variables.</param>
/// <param name="N">Rows of the j-variables.</param>
sealed record Workload(string Name, string Formula, string[] Aliases, string Reduction, int M, int N)
{
    // Fixed, so that every machine reduces the same points.
    const int Seed = 20260730;

    /// <summary>The second formula.</summary>
    [JsonPropertyName("formula2")]
    public string? Weight { get; init; }

    /// <summary>K.</summary>
    [JsonPropertyName("opt_arg")]
    public int? K { get; init; }

    /// <summary>1 or 0.</summary>
    public int Axis { get; init; } = 1;

    /// <summary>The dtype's name.</summary>
    public string Dtype { get; init; } = "float32";

    /// <summary>The dtype of sums.</summary>
    public string DtypeAcc { get; init; } = "auto";

    /// <summary>How sums are added up.</summary>
    public string SumScheme { get; init; } = "auto";

    /// <summary>The values of the parameters by name.</summary>
    public Dictionary<string, double[]> Pm { get; init; } = [];

    /// <summary>Pairs of one call.</summary>
    [JsonIgnore]
    public double Pairs => (double)M * N;

    /// <summary>Reads a file of workloads.</summary>
    /// <exception cref="KeopsException">The file can't be read or holds something else.</exception>
    public static async Task<ImmutableArray<Workload>> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
            var workloads = Json.Read<WorkloadFile>(bytes).Workloads;
            return workloads is { Length: > 0 } && workloads.All(IsWhole)
                ? [.. workloads]
                : throw new JsonException("expected \"workloads\" with name, formula, aliases, reduction, m and n each");
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new KeopsException($"The workloads can't be read: {error.Message.TrimEnd('.')}. (file {path})", error);
        }
    }

    /// <summary>The call, with uniform random rows in [0, 1) in memory.</summary>
    /// <exception cref="KeopsException">Formula, aliases and reduction do not fit together.</exception>
    public ReductionCall CreateCall()
    {
        var type = ElementTypes.Parse(Dtype);
        var aliases = AliasList.Parse(Aliases);
        var weight = Weight is null ? null : FormulaParser.Parse(Weight, aliases);
        var reduction = new Reduction(ReductionKind.Find(Reduction), FormulaParser.Parse(Formula, aliases), weight, K, Axis);
        return new ReductionCall(
            reduction, type, [.. aliases.Aliases.Select(a => new BoundVariable(a.Variable, Data(a, type)) { Name = a.Name })])
        {
            Options = new ReductionOptions { DtypeAcc = DtypeAcc, SumScheme = SumScheme },
        };
    }

    // What the file leaves out is null, whatever the types say.
    static bool IsWhole(Workload w) =>
        w is { Name: not null, Formula: not null, Aliases: not null, Reduction: not null, M: > 0, N: > 0 };

    VariableData Data(Alias alias, ElementType type)
    {
        var (index, dim, category) = alias.Variable;
        if (category == Category.Parameter)
            return Pm.TryGetValue(alias.Name ?? "", out var values)
                ? new ParameterData([[.. values]])
                : throw new KeopsException($"Workload {Name} gives no values for the parameter '{alias.Name}'.");
        var random = new Random(Seed + index);
        var count = (category == Category.I ? M : N) * dim;
        return new ArrayData([type switch
        {
            ElementType.Float16 => ArrayRows.Of(Fill(new Half[count], () => (Half)random.NextSingle()), dim),
            ElementType.Float32 => ArrayRows.Of(Fill(new float[count], random.NextSingle), dim),
            _ => ArrayRows.Of(Fill(new double[count], random.NextDouble), dim),
        }]);
    }

    static T[] Fill<T>(T[] values, Func<T> next)
    {
        foreach (ref var value in values.AsSpan()) value = next();
        return values;
    }

    sealed record WorkloadFile(Workload[]? Workloads);
}
