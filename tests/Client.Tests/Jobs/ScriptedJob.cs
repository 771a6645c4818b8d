using System.Reflection;
using System.Runtime.CompilerServices;
using Distributed.Keops.Contracts;

namespace Distributed.Keops.Client.Tests.Jobs;

/// <summary>
/// A coordinator that says what a test wants to be said, call after call: items, an exception that ends the stream, or a task that is
/// waited for.
/// </summary>
sealed class ScriptedJob : IJobGrain
{
    public Queue<object[]> Streams { get; } = [];

    public Queue<object> Statuses { get; } = [];

    /// <summary>What watchers said they had seen already.</summary>
    public List<long> Afters { get; } = [];

    /// <summary>An engine on a cluster whose jobs are all this one.</summary>
    public ClusterEngine Engine
    {
        get
        {
            var grains = DispatchProxy.Create<IGrainFactory, OneGrainFactory>();
            ((OneGrainFactory)grains).Grain = this;
            return KeopsEngine.CreateOver(grains);
        }
    }

    public async IAsyncEnumerable<JobProgress> Watch(long afterSequence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Afters.Add(afterSequence);
        await Task.Yield();
        foreach (var item in Streams.Dequeue())
        {
            if (item is Exception error) throw error;
            if (item is Task silence) await silence.WaitAsync(cancellationToken);
            if (item is JobProgress beat) yield return beat;
        }
    }

    public Task<JobStatus> Status() =>
        Statuses.Dequeue() is var next && next is Exception error ? Task.FromException<JobStatus>(error) : Task.FromResult((JobStatus)next);

    public Task<JobStatus> Submit(ReductionRequest request) => Status();

    public Task<JobStatus> Cancel() => Status();

    public Task<JobReport?> Report() => Task.FromResult<JobReport?>(null);

    public Task<JobReport> Commit(int attempt) => Task.FromException<JobReport>(new NotSupportedException());

    public Task<ResultPage> Results(int first) => Task.FromResult(new ResultPage([], 0));

    public Task Release() => Task.CompletedTask;
}
