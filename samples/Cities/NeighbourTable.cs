using System.Runtime.InteropServices;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;

namespace Distributed.Keops.Cities;

/// <summary>Every city's nearest other cities, as a table: their row numbers and their great-circle distances.</summary>
static class NeighbourTable
{
    const double EarthRadiusKm = 6371.0088;

    /// <summary>Writes the table.</summary>
    /// <param name="path">The Parquet file.</param>
    /// <param name="cities">The cities' file.</param>
    /// <param name="nearest">For each city, the rows of the count + 1 nearest ones, nearest first, itself among them.</param>
    /// <param name="count">How many neighbours are wanted.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public static async Task WriteAsync(string path, string cities, long[] nearest, int count, CancellationToken cancellationToken)
    {
        await using var places = await PointCloud.OpenAsync(
            new CloudSpec(cities, "longitude", "latitude"), new CloudOptions { Type = ElementType.Float64 }, cancellationToken);
        var degrees = new double[2 * places.RowCount];
        var bytes = new byte[degrees.Length * sizeof(double)];
        await places.ReadAsync(0, (int)places.RowCount, bytes, cancellationToken);
        MemoryMarshal.Cast<byte, double>(bytes).CopyTo(degrees);

        var rows = (int)places.RowCount;
        var neighbours = new long[rows * count];
        var distances = new double[rows * count];
        for (var row = 0; row < rows; row++)
        {
            // Without the city itself; where more than count share its very place it may be missing, and the last one goes.
            var others = nearest.AsSpan(row * (count + 1), count + 1).ToArray().Where(n => n != row).Take(count).ToArray();
            for (var k = 0; k < count; k++)
            {
                neighbours[row * count + k] = others[k];
                distances[row * count + k] = GreatCircleKm(degrees.AsSpan(2 * row, 2), degrees.AsSpan(2 * (int)others[k], 2));
            }
        }

        await using var kept = await KeptColumns.OpenAsync(new CloudSpec(cities, "name"), cancellationToken);
        var columns = ResultColumns.For("neighbour", 1, count, ResultKind.Int64)
            .AddRange(ResultColumns.For("km", 1, count, ResultKind.Float64));
        await using var writer = await ResultWriter.CreateAsync(
            path, columns, new ResultOptions { Overwrite = true, Keep = kept }, cancellationToken);
        await writer.AppendGroupsAsync(
            rows,
            [(count, MemoryMarshal.AsBytes<long>(neighbours).ToArray()), (count, MemoryMarshal.AsBytes<double>(distances).ToArray())],
            null,
            cancellationToken);
        await writer.CommitAsync(cancellationToken);
    }

    static double GreatCircleKm(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var (longitudeA, latitudeA) = (double.DegreesToRadians(a[0]), double.DegreesToRadians(a[1]));
        var (longitudeB, latitudeB) = (double.DegreesToRadians(b[0]), double.DegreesToRadians(b[1]));
        var half = Math.Pow(Math.Sin((latitudeA - latitudeB) / 2), 2)
            + Math.Cos(latitudeA) * Math.Cos(latitudeB) * Math.Pow(Math.Sin((longitudeA - longitudeB) / 2), 2);
        return 2 * EarthRadiusKm * Math.Asin(Math.Min(1, Math.Sqrt(half)));
    }
}
