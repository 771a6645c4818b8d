using System.Globalization;

namespace Distributed.Keops.Cluster.Tests.Services;

/// <summary>A PostgreSQL server with a database that <c>deploy/postgres</c> prepared.</summary>
sealed class PostgresServer : IStore
{
    const string Package = "postgresql";

    // Debian keeps them off PATH.
    const string Versions = "/usr/lib/postgresql";

    readonly TempFolder _folder = new();
    readonly int _port = Ports.Free(1)[0];
    readonly string _bin;
    OwnedProcess? _process;

    public PostgresServer()
    {
        string[] versions = Directory.Exists(Versions) ? Directory.GetDirectories(Versions) : [];
        var folders = versions.OrderDescending(StringComparer.Ordinal).Select(v => Path.Combine(v, "bin"));
        _bin = Path.GetDirectoryName(Programs.Require("initdb", Package, folders))!;
        Programs.Require("psql", Package);
    }

    public IEnumerable<string> Settings =>
    [
        "--Orleans:Clustering:ProviderType=AdoNet",
        $"--Orleans:Clustering:ConnectionString=Host=127.0.0.1;Port={_port};Username=keops;Database=postgres",
    ];

    string Data => _folder["data"];

    public async Task StartAsync()
    {
        if (!Directory.Exists(Data)) await InitializeAsync();
        _process?.Dispose();
        var port = _port.ToString(CultureInfo.InvariantCulture);
        var (program, words) = Unprivileged("postgres", "-D", Data, "-p", port, "-k", _folder.Path, "-c", "listen_addresses=127.0.0.1");
        _process = new OwnedProcess("postgres", program, words, _folder.Path);
        await _process.AwaitAsync("answering", IsReadyAsync);
        await Programs.RunAsync(
            Path.Combine(AppContext.BaseDirectory, "postgres", "apply.sh"), [$"host=127.0.0.1 port={port} user=keops dbname=postgres"]);
    }

    public void Kill() => _process!.Kill();

    public void Dispose()
    {
        // In good order, so that it takes its shared memory along.
        if (_process is { HasExited: false } process)
        {
            process.Signal("INT");
            process.EndAsync().GetAwaiter().GetResult();
        }

        _process?.Dispose();
        _folder.Dispose();
    }

    async Task InitializeAsync()
    {
        if (Environment.IsPrivilegedProcess) await Programs.RunAsync("chown", ["postgres", _folder.Path]);
        var (program, words) = Unprivileged("initdb", "-D", Data, "-U", "keops", "--auth=trust", "--no-sync");
        await Programs.RunAsync(program, words, _folder.Path);
    }

    async Task<bool> IsReadyAsync()
    {
        try
        {
            await Programs.RunAsync(
                Path.Combine(_bin, "pg_isready"), ["-h", "127.0.0.1", "-p", _port.ToString(CultureInfo.InvariantCulture)]);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>PostgreSQL does not run as root.</summary>
    (string Program, string[] Words) Unprivileged(string name, params string[] words) => Environment.IsPrivilegedProcess
        ? ("setpriv", ["--reuid=postgres", "--regid=postgres", "--init-groups", Path.Combine(_bin, name), .. words])
        : (Path.Combine(_bin, name), words);
}
