using Parquet;
using Parquet.Schema;

namespace Distributed.Keops.Data;

/// <summary>Values of a column that is carried from input to output unchanged, nulls included.</summary>
internal abstract class KeptValues
{
    /// <summary>An empty run of values of the same type.</summary>
    public abstract KeptValues Allocate(int count);

    /// <summary>Copies values from another run of the same type.</summary>
    public abstract void CopyFrom(KeptValues source, int from, int to, int count);

    public abstract Task WriteAsync(ParquetRowGroupWriter group, DataField field, CancellationToken cancellationToken);
}
