namespace Distributed.Keops.Cluster.Tests.Services;

/// <summary>What silos know each other by.</summary>
interface IStore : IDisposable
{
    /// <summary>The provider and the connection, as settings of a silo.</summary>
    IEnumerable<string> Settings { get; }

    /// <summary>Starts it with what it kept, and waits until it answers.</summary>
    Task StartAsync();

    /// <summary>SIGKILL.</summary>
    void Kill();
}
