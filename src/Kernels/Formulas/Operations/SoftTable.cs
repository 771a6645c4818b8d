using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>
/// R[i,j] = (x_i − y_j)² + softmin(R[i−1,j−1], R[i−1,j], R[i,j−1]), row and column 0 being plain sums, where
/// softmin(a) = −γ·ln Σ exp(−a/γ). Each cell keeps the weights of its predecessors, which the gradient goes back along.
/// </summary>
sealed class SoftTable
{
    static readonly (int Up, int Left)[] Steps = [(1, 1), (1, 0), (0, 1)];

    readonly ProgramBuilder _b;
    readonly Value[,] _differences, _costs;
    readonly Value[,][] _weights;

    public SoftTable(ProgramBuilder builder, Value x, Value y, Value gamma)
    {
        _b = builder;
        (_differences, _costs) = (new Value[x.Length, y.Length], new Value[x.Length, y.Length]);
        _weights = new Value[x.Length, y.Length][];
        for (var i = 0; i < x.Length; i++)
        {
            for (var j = 0; j < y.Length; j++)
            {
                _differences[i, j] = _b.Subtract(_b.Extract(x, i, 1), _b.Extract(y, j, 1));
                var distance = _b.Square(_differences[i, j]);
                var before = Steps.Where(s => i >= s.Up && j >= s.Left).Select(s => _costs[i - s.Up, j - s.Left]).ToArray();
                if (before.Length == 3)
                {
                    (var soft, _weights[i, j]) = SoftMin(before, gamma);
                    _costs[i, j] = _b.Add(distance, soft);
                }
                else
                {
                    _weights[i, j] = [_b.Constant(1)];
                    _costs[i, j] = before.Length == 0 ? distance : _b.Add(distance, before[0]);
                }
            }
        }
    }

    public Value Cost => _costs[_costs.GetLength(0) - 1, _costs.GetLength(1) - 1];

    /// <summary>
    /// The derivative by x (0) or y (1): every cell adds twice its difference times how much of it reaches the last cell.
    /// </summary>
    public Value Gradient(int argument)
    {
        var (n, m) = (_costs.GetLength(0), _costs.GetLength(1));
        var reach = new Value[n, m];
        var sums = new Value?[argument == 0 ? n : m];
        for (var i = n - 1; i >= 0; i--)
        {
            for (var j = m - 1; j >= 0; j--)
            {
                Value? total = i == n - 1 && j == m - 1 ? _b.Constant(1) : null;
                for (var s = 0; s < Steps.Length; s++)
                {
                    var (k, l) = (i + Steps[s].Up, j + Steps[s].Left);
                    if (k >= n || l >= m) continue;
                    // A cell of row or column 0 has one predecessor, beside it.
                    if (_weights[k, l].Length == 1 && s != (k == 0 ? 2 : 1)) continue;
                    var part = _b.Multiply(_weights[k, l].Length == 1 ? _weights[k, l][0] : _weights[k, l][s], reach[k, l]);
                    total = total is null ? part : _b.Add(total, part);
                }

                reach[i, j] = total!;
                var term = _b.Multiply(_b.Constant(argument == 0 ? 2 : -2), _b.Multiply(reach[i, j], _differences[i, j]));
                ref var sum = ref sums[argument == 0 ? i : j];
                sum = sum is null ? term : _b.Add(sum, term);
            }
        }

        return _b.Concat(sums!);
    }

    /// <summary>
    /// The soft minimum and the weight of each value in it, from differences to the smallest so that no exponential overflows.
    /// </summary>
    (Value SoftMin, Value[] Weights) SoftMin(Value[] values, Value gamma)
    {
        var least = values.Aggregate((a, v) => _b.Min(v, a));
        var parts = values.Select(v => _b.Exp(_b.Divide(_b.Subtract(least, v), gamma))).ToArray();
        var total = parts.Aggregate((a, v) => _b.Add(a, v));
        return (_b.Subtract(least, _b.Multiply(gamma, _b.Log(total))), [.. parts.Select(p => _b.Divide(p, total))]);
    }
}
