using System.Collections.Immutable;
using System.IO.Hashing;
using System.Text;
using Distributed.Keops.Contracts;

namespace Distributed.Keops.Grains;

/// <summary>What a job is, whatever its name: request and versions of its inputs, hashed.</summary>
static class JobIdentity
{
    public static string Of(ReductionRequest request, ImmutableArray<DatasetInfo> sources)
    {
        var hash = new XxHash128();
        hash.Append(Encoding.UTF8.GetBytes(RequestFingerprint.Of(request)));
        foreach (var source in sources) hash.Append(Encoding.UTF8.GetBytes($"\n{source.Spec}\n{source.Version}"));
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
