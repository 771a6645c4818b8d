using Distributed.Keops.Client;

var random = new Random(1);
var points = new float[20_000, 3];
foreach (ref var coordinate in System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref points[0, 0], points.Length))
    coordinate = random.NextSingle();

await using var engine = KeopsEngine.CreateLocal();
LazyTensor x = LazyTensor.Vi(points), y = LazyTensor.Vj(points);
var kernel = (-x.SqDist(y) / 0.02).Exp();                        // 20 000 × 20 000, never stored

// Reduce: the density at each point, and its five nearest.
var density = await engine.ReduceAsync(kernel.Sum(Axis.J));
var nearest = await engine.ReduceAsync(x.SqDist(y).ArgKMin(5, Axis.J));
Console.WriteLine($"density of point 0: {density[0].Singles[0]}, its neighbours: {string.Join(", ", nearest[0].Indices[..5].ToArray())}");

// Differentiate: what ½ |density|² gains where a point of x moves.
var slope = await engine.GradientAsync(kernel.Sum(Axis.J), x, cotangent: density[0]);
Console.WriteLine($"gradient at point 0: {string.Join(", ", slope.Singles[..3].ToArray())}");

// Solve: weights a with (I + K) a = b, by conjugate gradients.
var b = Enumerable.Range(0, 20_000).Select(i => MathF.Sin(6 * points[i, 0])).ToArray();
var fit = await engine.SolveAsync(kernel.Solve(b, alpha: 1, eps: 1e-3));
Console.WriteLine($"first weight: {fit.Solution.Singles[0]}. {fit.Report}");

// Leave out pairs that weigh nothing: clusters of points, and only those near each other.
var clusters = Clustering.Grid(points, 0.1);
var near = Ranges.WithinRadius(clusters, clusters, radius: 0.4);
var truncated = await engine.ReduceAsync(kernel.WithRanges(near).Sum(Axis.J));
Console.WriteLine($"density of point 0 from {truncated.Pairs / density.Pairs:P0} of the pairs: {truncated[0].Singles[0]}");
