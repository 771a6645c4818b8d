using System.Collections.Immutable;
using System.CommandLine;
using Distributed.Keops.Client;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Cli.Arguments;

/// <summary>The options that say what is computed, of what, and where the result goes.</summary>
sealed class ReductionOptionSet
{
    readonly Argument<string> _formula = new("formula")
    {
        Description = "F(x_i, y_j) in KeOps' formula language, such as \"Exp(-g*SqDist(x,y))*b\".",
        HelpName = "FORMULA",
    };

    readonly Option<string> _reduction = Options.Text("--reduction", "NAME",
        $"What is made of the values: {string.Join(", ", ReductionKind.All.Keys.Order(StringComparer.Ordinal))}.", "Sum");

    readonly Option<string> _axis = Options.Text("--axis", "0|1", "1 reduces over j, one result a row of i; 0 reduces over i.", "1");

    readonly Option<string[]> _vi = Options.Repeated("--vi", "NAME=SPEC",
        "A variable indexed by i. SPEC is FILE:COLUMN,… of Parquet or Arrow: a file, a folder or a pattern such as 'lake/*.parquet:x,y,z'. "
        + "A list column is a vector; without columns, all numeric ones are taken.");

    readonly Option<string[]> _vj = Options.Repeated("--vj", "NAME=SPEC", "A variable indexed by j.");

    readonly Option<string[]> _pm = Options.Repeated("--pm", "NAME=V,…", "A parameter: one vector for all pairs.");

    readonly Option<string?> _k = Options.Optional("--k", "N", "How many values KMin, ArgKMin and KMin_ArgKMin keep.");

    readonly Option<string?> _weight = Options.Optional("--weight", "FORMULA", "The second formula of the reductions that have one.");

    readonly Option<string> _dtype = Options.Text(
        "--dtype", "float16|float32|float64", "The dtype of data and results; float16 is computed in float32.", "float32");

    readonly Option<string> _dtypeAcc = Options.Text("--dtype-acc", "DTYPE",
        "The dtype of sums: auto, float16, float32 or float64; float64 on narrower data is a compensated sum.", "auto");

    readonly Option<string> _sumScheme = Options.Text(
        "--sum-scheme", "SCHEME", "How sums are added up: auto, direct_sum, block_sum or kahan_scheme.", "auto");

    readonly Option<bool> _useDoubleAcc = new("--use-double-acc") { Description = "The older way to say --dtype-acc float64." };

    readonly Option<string> _enableChunks = Options.Text(
        "--enable-chunks", "true|false", "KeOps' hint for GPUs; it changes nothing here.", "true");

    readonly Option<string> _backend = Options.Text(
        "--backend", "NAME", "What computes, by KeOps' names: auto, CPU, or a GPU backend.", "auto");

    readonly Option<string> _deviceId = Options.Text("--device-id", "N", "Which device of the backend; -1 for any.", "-1");

    readonly Option<string?> _ranges = Options.Optional("--ranges", "FILE.json",
        "Only blocks of pairs: KeOps' arrays ranges_i, slices_i, redranges_j, ranges_j, slices_j, redranges_i.");

    readonly Option<string?> _mask = Options.Optional("--mask", "band:W|lower|upper",
        "Only pairs by their row numbers: |i − j| ≤ W, j ≤ i, j ≥ i; lower:strict and upper:strict leave the diagonal out.");

    readonly Option<string?> _keep = Options.Optional("--keep", "COLUMN,…", "Columns of the output side's first cloud to carry along.");

    readonly Option<string> _nulls = Options.Text("--nulls", "error|skip",
        "What a null in the data means: an error, or a row that is left out (its own result is null).", "error");

    readonly Option<string?> _out = Options.Optional("--out", "FILE.parquet|FOLDER/",
        "Where the result is written. It appears when it is complete. Without it the first rows are shown.");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_formula);
        Option[] options =
        [
            _reduction, _axis, _vi, _vj, _pm, _k, _weight, _dtype, _dtypeAcc, _useDoubleAcc, _sumScheme, _enableChunks, _backend, _deviceId,
            _ranges, _mask, _keep, _nulls, _out,
        ];
        foreach (var option in options) command.Add(option);
    }

    /// <summary>What was typed.</summary>
    /// <exception cref="UsageException">A value makes no sense.</exception>
    /// <exception cref="KeopsException">There is no engine for the backend, or no such device.</exception>
    public ReductionArguments Read(ParseResult parsed)
    {
        ImmutableArray<VariableArgument> variables =
        [
            .. parsed.GetValue(_vi)!.Select(text => VariableArgument.Rows("--vi", Category.I, text)),
            .. parsed.GetValue(_vj)!.Select(text => VariableArgument.Rows("--vj", Category.J, text)),
            .. parsed.GetValue(_pm)!.Select(text => VariableArgument.Parameter("--pm", text)),
        ];
        var device = new DeviceOptions(parsed.GetRequiredValue(_backend), Options.Integer(parsed, _deviceId));
        device.Check();
        return new ReductionArguments(parsed.GetRequiredValue(_formula), variables)
        {
            Reduction = parsed.GetRequiredValue(_reduction),
            Axis = Options.Choice(parsed, _axis, "0", "1") == "1" ? 1 : 0,
            K = Options.Number(parsed, _k),
            Weight = parsed.GetValue(_weight),
            Type = ElementTypes.Parse(Options.Choice(parsed, _dtype, "float16", "float32", "float64")),
            Options = new ReductionOptions
            {
                DtypeAcc = Options.Choice(parsed, _dtypeAcc, "auto", "float16", "float32", "float64"),
                UseDoubleAcc = parsed.GetValue(_useDoubleAcc),
                SumScheme = Options.Choice(parsed, _sumScheme, "auto", "direct_sum", "block_sum", "kahan_scheme"),
                EnableChunks = Options.Choice(parsed, _enableChunks, "true", "false") == "true",
                Backend = device.Backend,
                DeviceId = device.DeviceId,
                Nulls = Options.Choice(parsed, _nulls, "error", "skip") == "skip" ? NullPolicy.Skip : NullPolicy.Error,
            },
            RangesPath = parsed.GetValue(_ranges),
            Mask = Mask(parsed),
            Output = Output(parsed),
        };
    }

    MaskArgument? Mask(ParseResult parsed)
    {
        if (parsed.GetValue(_mask) is not { } text) return null;
        return parsed.GetValue(_ranges) is null
            ? MaskArgument.Parse("--mask", text)
            : throw new UsageException("--mask and --ranges both say which pairs count: give one of them.");
    }

    OutputTarget? Output(ParseResult parsed)
    {
        var keep = parsed.GetValue(_keep)?.Split(',', StringSplitOptions.TrimEntries) ?? [];
        if (parsed.GetValue(_out) is not { } path)
        {
            return keep.Length == 0
                ? null
                : throw new UsageException("--keep needs --out: kept columns stand beside the result in its file.");
        }

        if (!path.EndsWith('/') && !path.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase))
            throw new UsageException($"--out {path}: expected a file that ends in .parquet, or a folder that ends in /.");
        return new OutputTarget(path, [.. keep]);
    }
}
