using System.Net;
using System.Net.Sockets;
using Distributed.Keops.Kernels;

namespace Distributed.Keops.Silo.Tests.Hosting;

/// <summary>What a silo does not start with, and how it says so.</summary>
public sealed class RefusalTests : IDisposable
{
    readonly TempFolder _lake = new();
    readonly int[] _ports = RunningSilo.FreePorts(3);

    public void Dispose() => _lake.Dispose();

    [Theory]
    [InlineData("Keops:Lake names '/no/such'", "--Keops:Lake:0=/no/such")]
    [InlineData("Keops:Threads is 0: 1 to 1024", "--Keops:Threads=0")]
    [InlineData("'abc' at 'Keops:Threads'", "--Keops:Threads=abc")]
    [InlineData("Keops:BlockStoreBytes is -1", "--Keops:BlockStoreBytes=-1")]
    [InlineData("Keops:HealthPort is 70000", "--Keops:HealthPort=70000")]
    [InlineData("Keops:HealthAddress is 'here'", "--Keops:HealthAddress=here")]
    [InlineData("Keops:ShutdownTimeout is 00:00:00", "--Keops:ShutdownTimeout=00:00:00")]
    [InlineData("Keops:UploadLifetime is 00:09:59", "--Keops:UploadLifetime=00:09:59")]
    [InlineData("Keops:MemoryLimit is 5", "--Keops:MemoryLimit=5")]
    [InlineData("Keops:TaskTime is 00:00:00", "--Keops:TaskTime=00:00:00")]
    [InlineData("Keops:LaneSilence is -", "--Keops:LaneSilence=-00:00:01")]
    [InlineData("Keops:Telemetry is 'collector:4317'", "--Keops:Telemetry=collector:4317")]
    [InlineData("Keops:Thread is no option of a silo. Did you mean 'Threads'?", "--Keops:Thread=2")]
    [InlineData(
        "Orleans:Clustering:ProviderType is 'Rediss': expected Development, Redis or AdoNet", "--Orleans:Clustering:ProviderType=Rediss")]
    [InlineData("Orleans:Clustering:ConnectionString is empty", "--Orleans:Clustering:ProviderType=Redis")]
    [InlineData("Orleans:GrainStorage:keops:ProviderType is 'Disk'", "--Orleans:GrainStorage:keops:ProviderType=Disk")]
    [InlineData("Orleans:Endpoints:SiloPort is 'x': a port", "--Orleans:Endpoints:SiloPort=x")]
    [InlineData("Orleans:Endpoints:AdvertisedIPAddress is 'host': an IP address", "--Orleans:Endpoints:AdvertisedIPAddress=host")]
    public async Task What_can_t_be_is_told_with_its_key(string part, string setting) =>
        Assert.Contains(part, await RefusalAsync(setting), StringComparison.Ordinal);

    [Theory]
    [InlineData("AdvertisedIPAddress is 10.1.2.3", "--Orleans:Endpoints:AdvertisedIPAddress=10.1.2.3")]
    [InlineData("SiloListeningEndpoint is 0.0.0.0", "--Orleans:Endpoints:SiloListeningEndpoint=0.0.0.0:11111")]
    [InlineData("GatewayListeningEndpoint is ::", "--Orleans:Endpoints:GatewayListeningEndpoint=[::]:30000")]
    [InlineData("HealthAddress is 0.0.0.0", "--Keops:HealthAddress=0.0.0.0")]
    public async Task What_others_can_reach_is_refused(string part, string setting)
    {
        var refusal = await RefusalAsync(setting);
        Assert.Contains(part, refusal, StringComparison.Ordinal);
        Assert.Contains("--insecure", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Insecure_lets_others_reach_it()
    {
        await using var silo = await RunningSilo.StartAsync("--Keops:Insecure=true", "--Keops:HealthAddress=0.0.0.0");
        Assert.Equal(HttpStatusCode.OK, (await silo.ProbeAsync("ready")).Code);
    }

    [Theory]
    [InlineData(0, "SiloPort")]
    [InlineData(1, "GatewayPort")]
    public async Task A_port_that_somebody_listens_at_is_refused(int port, string key)
    {
        using var listener = new TcpListener(IPAddress.Loopback, _ports[port]);
        listener.Start();
        Assert.Contains($"Orleans:Endpoints:{key} is {_ports[port]}", await RefusalAsync(), StringComparison.Ordinal);
    }

    async Task<string> RefusalAsync(params string[] settings)
    {
        var error = await Assert.ThrowsAsync<KeopsException>(async () =>
        {
            await using var host = SiloHost.Create(SiloConfiguration.Read(null, [.. RunningSilo.Settings(_lake, _ports), .. settings]));
            await host.StartAsync(TestContext.Current.CancellationToken);
        });
        return error.Message;
    }
}
