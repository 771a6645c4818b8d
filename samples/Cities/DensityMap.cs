using System.Globalization;
using System.Runtime.InteropServices;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace Distributed.Keops.Cities;

/// <summary>The density as a map of the world: one dot a city, the densest on top.</summary>
static class DensityMap
{
    const int CellsPerDegree = 4;
    const int South = -60;
    const int North = 80;

    // Below so many people all dots have one colour: the few lonely places would take half of the scale.
    const double Fewest = 1000;

    static readonly Color Ink = Color.FromHex("#b6c2ce");

    /// <summary>Draws a density file.</summary>
    public static async Task DrawAsync(string density, string image, double bandwidthKm, CancellationToken cancellationToken)
    {
        await using var cloud = await PointCloud.OpenAsync(
            new CloudSpec(density, "longitude", "latitude", "sum"), new CloudOptions { Type = ElementType.Float64 }, cancellationToken);
        var bytes = new byte[cloud.RowCount * 3 * sizeof(double)];
        await cloud.ReadAsync(0, (int)cloud.RowCount, bytes, cancellationToken);

        var plot = new Plot();
        plot.FigureBackground.Color = Color.FromHex("#0b0f14");
        plot.DataBackground.Color = Color.FromHex("#0b0f14");
        plot.Axes.Color(Ink);
        plot.Grid.MajorLineColor = Color.FromHex("#18202a");
        plot.Title(string.Create(CultureInfo.InvariantCulture, $"{cloud.RowCount:N0} cities: people around, Gaussian of {bandwidthKm:G4} km"), size: 22);
        plot.XLabel("longitude");
        plot.YLabel("latitude");

        var map = plot.Add.Heatmap(Cells(MemoryMarshal.Cast<byte, double>(bytes)));
        map.Position = new CoordinateRect(-180, 180, South, North);
        map.Colormap = new ScottPlot.Colormaps.Inferno();
        map.NaNCellColor = Colors.Transparent;
        map.ManualRange = new ScottPlot.Range(Math.Log10(Fewest), map.GetRange().Max);
        map.Smooth = false;
        var bar = plot.Add.ColorBar(map);
        bar.Label = "people, weighted by distance";
        bar.LabelStyle.ForeColor = Ink;
        bar.Axis.TickLabelStyle.ForeColor = Ink;
        bar.Axis.MajorTickStyle.Color = Ink;
        bar.Axis.MinorTickStyle.Color = Ink;
        bar.Axis.FrameLineStyle.Color = Ink;
        bar.Axis.TickGenerator = new NumericAutomatic
        {
            IntegerTicksOnly = true,
            LabelFormatter = power => "10^" + power.ToString("F0", CultureInfo.InvariantCulture),
        };
        plot.Axes.Bottom.TickGenerator = new NumericFixedInterval(30);
        plot.Axes.Left.TickGenerator = new NumericFixedInterval(20);
        plot.Axes.SetLimits(-180, 180, South, North);
        plot.SavePng(image, 1800, 820);
    }

    /// <summary>The decimal logarithm of the density in the cells that a city's dot covers, the largest where dots overlap.</summary>
    static double[,] Cells(ReadOnlySpan<double> cities)
    {
        var (height, width) = ((North - South) * CellsPerDegree, 360 * CellsPerDegree);
        var cells = new double[height, width];
        MemoryMarshal.CreateSpan(ref cells[0, 0], cells.Length).Fill(double.NaN);
        for (var c = 0; c < cities.Length; c += 3)
        {
            var column = (int)((cities[c] + 180) * CellsPerDegree);
            var row = (int)((North - cities[c + 1]) * CellsPerDegree);
            var value = Math.Log10(Math.Max(Fewest, cities[c + 2]));
            Paint(row, column);
            Paint(row + 1, column);
            Paint(row, column + 1);
            Paint(row + 1, column + 1);

            void Paint(int y, int x)
            {
                if (y >= 0 && y < height && x >= 0 && x < width && !(cells[y, x] >= value)) cells[y, x] = value;
            }
        }

        return cells;
    }
}
