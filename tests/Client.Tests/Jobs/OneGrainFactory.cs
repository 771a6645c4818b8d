using System.Reflection;

namespace Distributed.Keops.Client.Tests.Jobs;

/// <summary>A factory that has one grain, whoever asks for what.</summary>
public class OneGrainFactory : DispatchProxy
{
    /// <summary>The grain.</summary>
    public object? Grain { get; set; }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Grain;
}
