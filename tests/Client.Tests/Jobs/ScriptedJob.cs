using System.Reflection;
using Distributed.Keops.Contracts;

namespace Distributed.Keops.Client.Tests.Jobs;

/// <summary>
/// A coordinator that says what a test wants to be said, call after call: an item, an exception, or nothing until a task has ended.
/// </summary>
sealed class ScriptedJob : IJobGrain
{
    /// <summary>What watchers are told; null says that there is no such job.</summary>
    public Queue<object?> Beats { get; } = [];

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

    public async Task<JobProgress?> Next(long afterSequence)
    {
        Afters.Add(afterSequence);
        await Task.Yield();
        switch (Beats.Dequeue())
        {
            case Exception error: throw error;
            case Task silence: await silence; break;
            case JobProgress beat: return beat;
        }

        return null;
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
