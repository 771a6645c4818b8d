using System.Collections.Immutable;
using System.Reflection;
using Distributed.Keops.Contracts;
using Microsoft.Extensions.Time.Testing;
using Orleans.Runtime;

namespace Distributed.Keops.Grains.Tests.Jobs;

/// <summary>Whom a job works with, when silos are slow to answer, are stopping or run something else.</summary>
public sealed class WorkerPoolTests
{
    static readonly JobOpening Opening = new(
        "job", new ReductionRequest { Reduction = "Sum_Reduction(Var(0,1,1),0)", Type = "float32", Variables = [] }, [], "identity");

    readonly FakeTimeProvider _time = new();
    readonly Dictionary<string, Worker> _workers = new(StringComparer.Ordinal);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_engine_of_most_threads_is_chosen_without_those_that_are_stopping()
    {
        var pool = Pool(new("a", "x", 2), new("b", "y", 3), new("c", "x", 2), new("d", "y", 9) { IsStopping = true });
        Assert.True(await pool.ChooseEngineAsync(ContractVersion.Current).WaitAsync(Token));
        Assert.Equal("x", pool.EngineId);
    }

    [Fact]
    public async Task One_that_does_not_answer_is_waited_for_only_for_a_moment_when_another_has_answered()
    {
        var pool = Pool(new("a", "x", 1), new("dead", "y", 9) { Answers = false });
        var chosen = pool.ChooseEngineAsync(ContractVersion.Current);
        _time.Advance(TimeSpan.FromSeconds(0.4));
        Assert.False(chosen.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(await chosen.WaitAsync(Token));
        Assert.Equal("x", pool.EngineId);
    }

    [Fact]
    public async Task Where_nobody_answers_there_is_no_engine()
    {
        var pool = Pool(new Worker("dead", "y", 9) { Answers = false });
        var chosen = pool.ChooseEngineAsync(ContractVersion.Current);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(await chosen.WaitAsync(Token));
    }

    [Fact]
    public async Task One_that_is_stopping_is_told_of_no_job_until_it_has_come_back()
    {
        var pool = Pool(new("a", "x", 1), new("b", "x", 1) { IsStopping = true });
        pool.EngineId = "x";
        Assert.Equal(["a"], await JoinedAsync(pool));
        Assert.Empty(await JoinedAsync(pool));
        Assert.Equal(0, _workers["b"].Opened);
        _workers["b"].IsStopping = false;
        Assert.Empty(await JoinedAsync(pool));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["b"], await JoinedAsync(pool));
        Assert.Equal(1, _workers["b"].Opened);
    }

    async Task<IEnumerable<string>> JoinedAsync(WorkerPool pool)
    {
        // Asks, and takes the answers in.
        await pool.RefreshAsync(Opening, Token);
        return (await pool.RefreshAsync(Opening, Token)).Joined.Select(w => w.Info.Silo).Order(StringComparer.Ordinal);
    }

    WorkerPool Pool(params Worker[] workers)
    {
        foreach (var worker in workers) _workers.Add(worker.Silo, worker);
        var members = workers
            .Select((w, n) => new ClusterMember(SiloAddress.New(System.Net.IPAddress.Loopback, 1 + n, 0), SiloStatus.Active, w.Silo))
            .ToImmutableDictionary(m => m.SiloAddress);
        var snapshot = new ClusterMembershipSnapshot(members, new MembershipVersion(1));
        return new WorkerPool(
            Proxy.Of<IGrainFactory>((_, args) => Proxy.Of<IWorkerGrain>(_workers[(string)args[0]!].Answer)),
            Proxy.Of<IClusterMembershipService>((_, _) => snapshot),
            _time);
    }

    /// <summary>A worker's answers.</summary>
    sealed record Worker(string Silo, string EngineId, int Threads)
    {
        readonly Guid _incarnation = Guid.NewGuid();

        public bool Answers { get; init; } = true;

        public bool IsStopping { get; set; }

        public int Opened { get; private set; }

        public object Answer(string method, object?[] args)
        {
            if (method == nameof(IWorkerGrain.Hello)) return HelloAsync();
            Assert.Equal(nameof(IWorkerGrain.Open), method);
            Opened++;
            return Task.FromResult(new JobShape(1, 1, 1, 1, 1, 1, 4, false, false, false, null));
        }

        async Task<WorkerInfo> HelloAsync()
        {
            if (!Answers) await Task.Delay(Timeout.Infinite);
            return new WorkerInfo(Silo, _incarnation, EngineId, ContractVersion.Current, 1, Threads, 1e9, 1 << 20)
            {
                IsStopping = IsStopping,
            };
        }
    }
}

/// <summary>An interface whose every call goes to one function.</summary>
public class Proxy : DispatchProxy
{
    Func<string, object?[], object> _answer = null!;

    public static T Of<T>(Func<string, object?[], object> answer)
        where T : class
    {
        var proxy = Create<T, Proxy>();
        ((Proxy)(object)proxy)._answer = answer;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _answer(targetMethod!.Name, args ?? []);
}
