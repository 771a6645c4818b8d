using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Solvers;

/// <summary>The scalars of one system in a run of conjugate gradients.</summary>
sealed class SystemState
{
    readonly double _size;
    readonly double _target;
    readonly int _patience;
    readonly double _start;
    readonly ImmutableArray<double>.Builder _history = ImmutableArray.CreateBuilder<double>();

    double _residual;
    double _best;
    double _verified;
    double? _final;
    int _sinceBest;
    int _iterations;
    bool _seemsSolved;

    /// <summary>Starts from x = 0.</summary>
    /// <param name="start">‖b‖².</param>
    /// <param name="size">The number of components.</param>
    /// <param name="options">When to stop.</param>
    public SystemState(double start, long size, SolverOptions options)
    {
        (_start, _residual, _best, _verified) = (start, start, start, start);
        (_size, _target, _patience) = (size, size * options.Eps * options.Eps, options.Patience);
        _history.Add(Residual);
        if (!double.IsFinite(start)) End(SolveStatus.NonFinite);
        else if (IsBelowTarget(start)) (Status, _final) = (SolveStatus.Converged, start);
    }

    /// <summary>How it ended; null while it has not.</summary>
    public SolveStatus? Status { get; private set; }

    /// <summary>Whether the next iteration is to change it.</summary>
    public bool IsActive => Status is null && !_seemsSolved;

    /// <summary>Whether the last iteration gave the least residual so far.</summary>
    public bool HasImproved { get; private set; }

    /// <summary>Root mean square of the residual, as the recursion has it.</summary>
    public double Residual => _size == 0 ? 0 : Math.Sqrt(_residual / _size);

    /// <summary>Ends it.</summary>
    public void End(SolveStatus status) => Status = status;

    /// <summary>The length of the step along p; 0 when there is none to be taken.</summary>
    /// <param name="curvature">p·Ap.</param>
    public double StepLength(double curvature)
    {
        if (!IsActive) return 0;
        if (!double.IsFinite(curvature)) End(SolveStatus.NonFinite);
        else if (curvature <= 0) End(SolveStatus.NotPositiveDefinite);
        return Status is null ? _residual / curvature : 0;
    }

    /// <summary>Takes the residual after a step; gives the weight of the old direction in the new one, 0 when there is none.</summary>
    /// <param name="residual">‖r‖².</param>
    public double Advance(double residual)
    {
        HasImproved = false;
        if (!IsActive) return 0;
        _iterations++;
        if (!double.IsFinite(residual))
        {
            End(SolveStatus.NonFinite);
            return 0;
        }

        var weight = residual / _residual;
        _residual = residual;
        _history.Add(Residual);
        HasImproved = residual < _best;
        (_best, _sinceBest) = HasImproved ? (residual, 0) : (_best, _sinceBest + 1);
        if (IsBelowTarget(residual)) _seemsSolved = true;
        else if (_sinceBest >= _patience) End(SolveStatus.Stagnated);
        return IsActive ? weight : 0;
    }

    /// <summary>Takes the residual of the best iterate, computed anew: ends what is solved, lets go on what only seemed so.</summary>
    /// <param name="residual">‖b − Ax‖².</param>
    public void Verify(double residual)
    {
        if (Status is not null)
        {
            _final ??= double.IsFinite(residual) ? residual : null;
            return;
        }

        _seemsSolved = false;
        if (IsBelowTarget(residual)) End(SolveStatus.Converged);
        else if (!double.IsFinite(residual)) End(SolveStatus.NonFinite);
        // A restart that does not halve the residual has reached what rounding leaves.
        else if (residual > _verified / 4) End(SolveStatus.Stagnated);
        if (Status is null) (_residual, _best, _verified, _sinceBest) = (residual, residual, residual, 0);
        else if (double.IsFinite(residual)) _final = residual;
    }

    /// <summary>What became of it.</summary>
    public SystemReport Report()
    {
        var residual = _final ?? _best;
        return new SystemReport(
            Status ?? throw new InvalidOperationException("The system has not ended."),
            _iterations,
            _size == 0 ? 0 : Math.Sqrt(residual / _size),
            residual == 0 ? 0 : Math.Sqrt(residual / _start),
            _history.ToImmutable());
    }

    bool IsBelowTarget(double squaredNorm) => squaredNorm < _target || squaredNorm == 0;
}
