using System.Collections.Immutable;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Cli.Arguments;

/// <summary>The clouds of a command line, opened from their footers: dimensions and row counts are known, no values are read.</summary>
sealed class InputClouds : IAsyncDisposable
{
    readonly ImmutableArray<CloudSpec> _iSpecs;
    readonly ImmutableArray<CloudSpec> _jSpecs;

    InputClouds(ImmutableArray<CloudSpec> iSpecs, CloudSide i, ImmutableArray<CloudSpec> jSpecs, CloudSide j) =>
        (_iSpecs, I, _jSpecs, J) = (iSpecs, i, jSpecs, j);

    /// <summary>The clouds of the i-variables, each once.</summary>
    public CloudSide I { get; }

    /// <summary>The clouds of the j-variables, each once.</summary>
    public CloudSide J { get; }

    /// <summary>Opens the clouds of all variables.</summary>
    /// <param name="variables">The variables; parameters have none.</param>
    /// <param name="type">The dtype of the call.</param>
    /// <param name="nulls">Under <see cref="NullPolicy.Skip"/> the rows with nulls are counted now, which reads the columns.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="DataException">A cloud can't be opened, or the row counts of an axis differ.</exception>
    public static async Task<InputClouds> OpenAsync(
        IEnumerable<VariableArgument> variables, ElementType type, NullPolicy nulls, CancellationToken cancellationToken)
    {
        var options = new CloudOptions { Type = type, Nulls = nulls };
        var (iSpecs, jSpecs) = (Specs(Category.I), Specs(Category.J));
        var i = await CloudSide.OpenAsync("i", iSpecs, options, cancellationToken).ConfigureAwait(false);
        try
        {
            var j = await CloudSide.OpenAsync("j", jSpecs, options, cancellationToken).ConfigureAwait(false);
            return new InputClouds(iSpecs, i, jSpecs, j);
        }
        catch
        {
            await i.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        ImmutableArray<CloudSpec> Specs(Category category) =>
            [.. variables.Where(v => v.Category == category).Select(v => v.Spec).OfType<CloudSpec>().Distinct()];
    }

    /// <summary>The cloud of an i- or j-variable; null for a parameter.</summary>
    public PointCloud? Find(VariableArgument variable) => variable.Category switch
    {
        Category.I => I.Clouds[_iSpecs.IndexOf(variable.Spec!)],
        Category.J => J.Clouds[_jSpecs.IndexOf(variable.Spec!)],
        _ => null,
    };

    /// <summary>The dimension of a variable.</summary>
    public int Dim(VariableArgument variable) => Find(variable)?.Dim ?? variable.Values.Length;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await I.DisposeAsync().ConfigureAwait(false);
        await J.DisposeAsync().ConfigureAwait(false);
    }
}
