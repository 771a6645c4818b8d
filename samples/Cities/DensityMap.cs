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
    const int West = -180;
    const int East = 180;
    const int South = -60;
    const int North = 80;

    // Below so many people all dots have one colour: the few lonely places would take half of the scale.
    const double Fewest = 1000;

    // The darkest fifth of the colours would not stand out from the background.
    const double Darkest = 0.2;

    static readonly ScottPlot.Colormaps.Inferno Inferno = new();
    static readonly Color Night = Color.FromHex("#0b0f14");
    static readonly Color Ink = Color.FromHex("#b6c2ce");

    /// <summary>Draws a density file.</summary>
    public static async Task DrawAsync(string density, string image, double bandwidthKm, CancellationToken cancellationToken)
    {
        await using var cloud = await PointCloud.OpenAsync(
            new CloudSpec(density, "longitude", "latitude", "sum"), new CloudOptions { Type = ElementType.Float64 }, cancellationToken);
        var bytes = new byte[cloud.RowCount * 3 * sizeof(double)];
        await cloud.ReadAsync(0, (int)cloud.RowCount, bytes, cancellationToken);

        var plot = new Plot();
        plot.FigureBackground.Color = Night;
        plot.DataBackground.Color = Night;
        plot.Axes.Color(Ink);
        plot.Grid.MajorLineColor = Color.FromHex("#18202a");
        plot.Title(string.Create(CultureInfo.InvariantCulture,
            $"{cloud.RowCount:N0} cities and the people around them, weighted by a Gaussian of {bandwidthKm:G4} km"), size: 22);

        var map = plot.Add.Heatmap(Cells(MemoryMarshal.Cast<byte, double>(bytes)));
        map.Position = new CoordinateRect(West, East, South, North);
        map.Colormap = new ScottPlot.Colormaps.CustomInterpolated(
            [.. Enumerable.Range(0, 256).Select(n => Inferno.GetColor(Darkest + (1 - Darkest) * n / 255))]);
        map.NaNCellColor = Colors.Transparent;
        map.ManualRange = new ScottPlot.Range(Math.Log10(Fewest), Math.Max(Math.Log10(Fewest) + 1, map.GetRange().Max));
        map.Smooth = false;
        AddColorBar(plot, map);

        var source = plot.Add.Annotation("Places and populations: GeoNames, CC BY 4.0", Alignment.LowerLeft);
        source.LabelStyle.ForeColor = Ink.WithAlpha(0.7);
        source.LabelStyle.BackgroundColor = Colors.Transparent;
        source.LabelStyle.BorderWidth = 0;
        source.LabelStyle.ShadowColor = Colors.Transparent;
        source.LabelStyle.FontSize = 14;

        plot.Axes.Bottom.TickGenerator = Degrees(30, "W", "E");
        plot.Axes.Left.TickGenerator = Degrees(20, "S", "N");
        plot.Axes.SetLimits(West, East, South, North);
        plot.SavePng(image, 1800, 820);
    }

    static void AddColorBar(Plot plot, IHasColorAxis map)
    {
        var bar = plot.Add.ColorBar(map);
        bar.Label = "people";
        bar.LabelStyle.ForeColor = Ink;
        bar.Axis.TickLabelStyle.ForeColor = Ink;
        bar.Axis.MajorTickStyle.Color = Ink;
        bar.Axis.FrameLineStyle.Color = Ink;
        var ticks = new NumericManual();
        (int Power, string Label)[] decades =
            [(3, "≤ 1 k"), (4, "10 k"), (5, "100 k"), (6, "1 M"), (7, "10 M"), (8, "100 M"), (9, "1 G")];
        foreach (var (power, label) in decades)
            ticks.AddMajor(power, label);
        bar.Axis.TickGenerator = ticks;
    }

    static NumericFixedInterval Degrees(int step, string below, string above) => new(step)
    {
        LabelFormatter = degrees => degrees == 0
            ? "0°" : string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(degrees)}° {(degrees < 0 ? below : above)}"),
    };

    /// <summary>The decimal logarithm of the density in the cells that a city's dot covers, the largest where dots overlap.</summary>
    static double[,] Cells(ReadOnlySpan<double> cities)
    {
        var (height, width) = ((North - South) * CellsPerDegree, (East - West) * CellsPerDegree);
        var cells = new double[height, width];
        MemoryMarshal.CreateSpan(ref cells[0, 0], cells.Length).Fill(double.NaN);
        for (var c = 0; c < cities.Length; c += 3)
        {
            var column = (int)((cities[c] - West) * CellsPerDegree);
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
