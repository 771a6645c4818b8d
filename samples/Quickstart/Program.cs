using Distributed.Keops.Client;

var random = new Random(1);
var points = new float[100_000, 3];
foreach (ref var coordinate in System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref points[0, 0], points.Length))
    coordinate = random.NextSingle();

await using var engine = KeopsEngine.CreateLocal();
LazyTensor x = LazyTensor.Vi(points), y = LazyTensor.Vj(points);
var kernel = (-x.SqDist(y) / 0.02).Exp();               // 100 000 × 100 000, never stored

var density = await engine.ReduceAsync(kernel.Sum(axis: 1));
var nearest = await engine.ReduceAsync(x.SqDist(y).ArgKMin(5, axis: 1));
Console.WriteLine($"density of point 0: {density[0].Singles[0]}, its neighbours: {string.Join(", ", nearest[0].Indices[..5].ToArray())}");
Console.WriteLine($"{density.Pairs / density.Elapsed.TotalSeconds:E1} pairs a second");
