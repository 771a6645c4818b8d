using Microsoft.Extensions.Options;

namespace Distributed.Keops.Silo;

/// <summary>What a silo may use. Bound to the section <c>Keops</c> of the configuration; checked when the silo starts.</summary>
public sealed class KeopsSiloOptions
{
    /// <summary>Folders that clouds and outputs lie in, the same on all silos; arrays of clients are
    /// stored in the first. Default: none, it must be set.</summary>
    public IList<string> Lake { get; } = [];

    /// <summary>Whether clouds and outputs may also lie outside the lake. Default: no.</summary>
    public bool AnyPath { get; set; }

    /// <summary>Compute threads. Default: all processors but one, which keeps the silo itself responsive.</summary>
    public int Threads { get; set; } = Math.Max(1, Environment.ProcessorCount - 1);

    /// <summary>Memory for states and results that are waited for; what is more goes to the local disk. Default: 1 GiB.</summary>
    public long BlockStoreBytes { get; set; } = 1L << 30;
}

/// <summary>Says which option is wrong, what it is and what it should be.</summary>
sealed class KeopsSiloOptionsValidator : IValidateOptions<KeopsSiloOptions>
{
    public ValidateOptionsResult Validate(string? name, KeopsSiloOptions options)
    {
        var errors = new List<string>();
        if (options.Lake.Count == 0) errors.Add("Keops:Lake is empty: name at least one folder.");
        errors.AddRange(options.Lake.Where(f => !Directory.Exists(f))
            .Select(f => $"Keops:Lake names '{f}', which is no folder here: create or mount it."));
        if (options.Threads < 1) errors.Add($"Keops:Threads is {options.Threads}: at least 1 was expected.");
        if (options.BlockStoreBytes < 0) errors.Add($"Keops:BlockStoreBytes is {options.BlockStoreBytes}: 0 or more was expected.");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
