using System.Collections.Immutable;
using System.IO.Hashing;
using Distributed.Keops.Contracts;
using Orleans.Serialization;

namespace Distributed.Keops.Grains;

/// <summary>What a job is, whatever its name: request and versions of its inputs, hashed.</summary>
static class JobIdentity
{
    public static string Of(Serializer serializer, ReductionRequest request, ImmutableArray<DatasetInfo> sources)
    {
        var hash = new XxHash128();
        hash.Append(serializer.SerializeToArray(request));
        foreach (var source in sources) hash.Append(serializer.SerializeToArray(source));
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
