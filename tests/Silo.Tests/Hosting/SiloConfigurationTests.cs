using Distributed.Keops.Kernels;

namespace Distributed.Keops.Silo.Tests.Hosting;

/// <summary>Which layer wins, and what is filled in.</summary>
public sealed class SiloConfigurationTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_settings_it_is_a_development_cluster_on_the_loopback()
    {
        var configuration = SiloConfiguration.Read(null, []);
        Assert.Equal("Development", configuration["Orleans:Clustering:ProviderType"]);
        Assert.Equal("Memory", configuration["Orleans:GrainStorage:keops:ProviderType"]);
        Assert.Equal("Memory", configuration["Orleans:Reminders:ProviderType"]);
        Assert.Equal("127.0.0.1", configuration["Orleans:Endpoints:AdvertisedIPAddress"]);
        Assert.Equal($"{Environment.MachineName}-11111", configuration["Orleans:Name"]);
    }

    [Fact]
    public void Words_win_over_the_file_and_the_file_over_the_defaults()
    {
        File.WriteAllText(_folder["silo.json"], """{ "Orleans": { "ClusterId": "file", "ServiceId": "file" } }""");
        var configuration = SiloConfiguration.Read(_folder["silo.json"], ["--Orleans:ServiceId=word"]);
        Assert.Equal("file", configuration["Orleans:ClusterId"]);
        Assert.Equal("word", configuration["Orleans:ServiceId"]);
        Assert.Equal("11111", configuration["Orleans:Endpoints:SiloPort"]);
    }

    [Fact]
    public void Storage_and_reminders_follow_the_clustering()
    {
        var configuration = SiloConfiguration.Read(
            null, ["--Orleans:Clustering:ProviderType=AdoNet", "--Orleans:Clustering:ConnectionString=Host=db"]);
        foreach (var section in (string[])["Orleans:Clustering", "Orleans:GrainStorage:keops", "Orleans:Reminders"])
        {
            Assert.Equal("AdoNet", configuration[section + ":ProviderType"]);
            Assert.Equal("Npgsql", configuration[section + ":Invariant"]);
            Assert.Equal("Host=db", configuration[section + ":ConnectionString"]);
        }
    }

    [Fact]
    public void Storage_may_be_elsewhere()
    {
        var configuration = SiloConfiguration.Read(null,
        [
            "--Orleans:Clustering:ProviderType=Redis", "--Orleans:Clustering:ConnectionString=redis:6379",
            "--Orleans:GrainStorage:keops:ProviderType=AdoNet", "--Orleans:GrainStorage:keops:ConnectionString=Host=db",
        ]);
        Assert.Equal("Npgsql", configuration["Orleans:GrainStorage:keops:Invariant"]);
        Assert.Equal("Host=db", configuration["Orleans:GrainStorage:keops:ConnectionString"]);
        Assert.Equal("Redis", configuration["Orleans:Reminders:ProviderType"]);
    }

    [Fact]
    public void One_folder_needs_no_number() => Assert.Equal("/data", SiloConfiguration.Read(null, ["--Keops:Lake=/data"])["Keops:Lake:0"]);

    [Fact]
    public void A_file_that_is_named_has_to_be_there_and_to_be_json()
    {
        var missing = Assert.Throws<KeopsException>(() => SiloConfiguration.Read(_folder["none.json"], []));
        Assert.Contains("none.json", missing.Message, StringComparison.Ordinal);
        File.WriteAllText(_folder["bad.json"], "{");
        var error = Assert.Throws<KeopsException>(() => SiloConfiguration.Read(_folder["bad.json"], []));
        Assert.Contains("JSON", error.Message, StringComparison.Ordinal);
    }
}
