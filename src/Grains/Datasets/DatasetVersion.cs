using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Distributed.Keops.Contracts;
using Distributed.Keops.Data;

namespace Distributed.Keops.Grains;

/// <summary>All workers of a job must read the same bytes: the files' names, lengths and times of change, hashed.</summary>
static class DatasetVersion
{
    public static string Of(PointCloud cloud)
    {
        var text = new StringBuilder();
        foreach (var file in cloud.Files)
            text.Append(CultureInfo.InvariantCulture, $"{file.Path} {file.Length} {file.LastWriteTime.Ticks}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()))[..8]);
    }

    /// <exception cref="KeopsFaultException">The files have changed.</exception>
    public static void RequireSame(DatasetInfo before, DatasetInfo after)
    {
        if (before.Version != after.Version)
            throw KeopsFaultException.From(new DataException("A file changed while the job ran. Write new data under new names.", before.Spec));
    }

    /// <exception cref="DataException">The files are others than those that the job was planned with.</exception>
    public static void Require(PointCloud cloud, ImmutableArray<DatasetInfo> sources)
    {
        var spec = cloud.Spec.ToString();
        var version = Of(cloud);
        if (sources.Any(s => s.Spec == spec && s.Version != version))
            throw new DataException("The files are not those that the job was started with: they changed, or this silo sees others. Write "
                + "new data under new names.", spec);
    }
}
