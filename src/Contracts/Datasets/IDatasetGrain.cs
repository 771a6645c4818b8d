using Orleans.Concurrency;

namespace Distributed.Keops.Contracts;

/// <summary>A cloud as the cluster sees it; the key is its spec.</summary>
[Alias("keops.IDataset")]
public interface IDatasetGrain : IGrainWithStringKey
{
    /// <summary>Reads the files' footers.</summary>
    /// <exception cref="KeopsFaultException">The files can't be read.</exception>
    [AnyGateway, ResponseTimeout("00:02:00"), Alias("Describe")]
    Task<DatasetInfo> Describe();
}

/// <summary>A cloud's size and the version of its files.</summary>
/// <param name="Spec">Path and columns.</param>
/// <param name="Rows">The number of rows, nulls or not.</param>
/// <param name="Dim">The values of a row.</param>
/// <param name="Files">The number of files.</param>
/// <param name="Version">Names, lengths and times of change of all files, hashed: equal versions are equal data.</param>
[GenerateSerializer, Immutable, Alias("keops.DatasetInfo")]
public sealed record DatasetInfo(
    [property: Id(0)] string Spec, [property: Id(1)] long Rows, [property: Id(2)] int Dim,
    [property: Id(3)] int Files, [property: Id(4)] string Version);
