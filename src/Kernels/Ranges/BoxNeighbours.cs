namespace Distributed.Keops.Kernels.Ranges;

/// <summary>The clusters of one set that are near those of another, found by sweeping along the first dimension.</summary>
public sealed class BoxNeighbours
{
    readonly ClusterBoxes _boxes;
    readonly int[] _byLow;
    readonly double[] _lows;
    readonly double _widest;

    /// <summary>Prepares the clusters that are looked for.</summary>
    public BoxNeighbours(ClusterBoxes boxes)
    {
        _boxes = boxes;
        _byLow = [.. Enumerable.Range(0, boxes.Count).OrderBy(c => boxes.Low[c * boxes.Dim])];
        _lows = [.. _byLow.Select(c => boxes.Low[c * boxes.Dim])];
        _widest = Enumerable.Range(0, boxes.Count).Select(c => boxes.High[c * boxes.Dim] - boxes.Low[c * boxes.Dim])
            .DefaultIfEmpty(0).Max();
    }

    /// <summary>The clusters whose boxes come within a distance of a box, in ascending order.</summary>
    public List<int> Within(double distance, ClusterBoxes boxes, int cluster)
    {
        var found = new List<int>();
        var at = Array.BinarySearch(_lows, boxes.Low[cluster * boxes.Dim] - distance - _widest);
        if (at < 0) at = ~at;
        while (at > 0 && _lows[at - 1] == _lows[at]) at--;
        for (; at < _lows.Length && _lows[at] <= boxes.High[cluster * boxes.Dim] + distance; at++)
        {
            if (boxes.SquaredDistance(cluster, _boxes, _byLow[at]) <= distance * distance) found.Add(_byLow[at]);
        }

        found.Sort();
        return found;
    }
}
