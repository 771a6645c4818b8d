using System.Diagnostics.Metrics;
using Distributed.Keops.Grains;
using Distributed.Keops.Silo;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Distributed.Keops.Architecture.Tests;

/// <summary>docs/operations.md names every option of a silo, with its default, and every metric.</summary>
public sealed class OperationsPageTests
{
    static readonly string Page = Repository.Read("docs", "operations.md");

    [Fact]
    public void Every_option_stands_in_the_page() => Assert.DoesNotContain(
        typeof(KeopsSiloOptions).GetProperties().Select(p => p.Name),
        name => !Page.Contains($"| `Keops:{name}` |", StringComparison.Ordinal));

    [Theory]
    [InlineData("BlockStoreBytes")]
    [InlineData("HealthAddress")]
    [InlineData("ShutdownTimeout")]
    [InlineData("LaneSilence")]
    [InlineData("TaskTime")]
    [InlineData("MemoryLimit")]
    public void Defaults_are_those_of_the_code(string option)
    {
        var value = typeof(KeopsSiloOptions).GetProperty(option)!.GetValue(new KeopsSiloOptions());
        Assert.Contains($"| `Keops:{option}` | `{value}` |", Page, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_metric_stands_in_the_page()
    {
        var names = new List<string>();
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var factory = services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Scope == factory) names.Add(instrument.Name);
        };
        listener.Start();
        _ = new EngineMetrics(factory);
        Assert.NotEmpty(names);
        Assert.DoesNotContain(names, name => !Page.Contains($"| `{name}` |", StringComparison.Ordinal));
    }
}
