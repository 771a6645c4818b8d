using Distributed.Keops.Contracts;
using Distributed.Keops.Data;
using Orleans.Concurrency;

namespace Distributed.Keops.Grains;

/// <summary>Describes a cloud from its footers; nothing is kept, since files may change.</summary>
[AnyGateway]
sealed class DatasetGrain(LakeFolders lake) : Grain, IDatasetGrain
{
    public async Task<DatasetInfo> Describe()
    {
        var spec = this.GetPrimaryKeyString();
        try
        {
            var resolved = lake.Resolve(spec);
            // Decoding of footers is work for the pool, not for the scheduler of grains.
            return await Task.Run(async () =>
            {
                await using var cloud = await PointCloud.OpenAsync(resolved, new CloudOptions());
                return new DatasetInfo(cloud.Spec.ToString(), cloud.RowCount, cloud.Dim, cloud.Files.Length, DatasetVersion.Of(cloud));
            });
        }
        catch (Exception error)
        {
            throw KeopsFaultException.From(error);
        }
    }
}
