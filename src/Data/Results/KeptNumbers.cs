using Parquet;
using Parquet.Schema;

namespace Distributed.Keops.Data;

/// <summary>Kept numbers, dates and flags.</summary>
internal sealed class KeptNumbers<T>(T?[] values) : KeptValues where T : struct
{
    public override KeptValues Allocate(int count) => new KeptNumbers<T>(new T?[count]);

    public override void CopyFrom(KeptValues source, int from, int to, int count) =>
        Array.Copy(((KeptNumbers<T>)source).Values, from, values, to, count);

    public override Task WriteAsync(ParquetRowGroupWriter group, DataField field, CancellationToken cancellationToken) => field.IsNullable
        ? group.WriteAsync<T>(field, values, cancellationToken: cancellationToken)
        : group.WriteAsync<T>(field, Array.ConvertAll(values, value => value.GetValueOrDefault()), cancellationToken: cancellationToken);

    T?[] Values => values;
}
