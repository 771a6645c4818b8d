using Parquet;
using Parquet.Schema;

namespace Distributed.Keops.Data;

/// <summary>Kept texts.</summary>
internal sealed class KeptTexts(string?[] values) : KeptValues
{
    public override KeptValues Allocate(int count) => new KeptTexts(new string?[count]);

    public override void CopyFrom(KeptValues source, int from, int to, int count) =>
        Array.Copy(((KeptTexts)source).Values, from, values, to, count);

    public override Task WriteAsync(ParquetRowGroupWriter group, DataField field, CancellationToken cancellationToken) =>
        group.WriteAsync(field, values!);

    string?[] Values => values;
}
