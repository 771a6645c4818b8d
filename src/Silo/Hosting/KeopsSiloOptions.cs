namespace Distributed.Keops.Silo;

/// <summary>What a silo may use. Bound to the section <c>Keops</c> of the configuration; checked when the silo starts.</summary>
public sealed class KeopsSiloOptions
{
    /// <summary>
    /// Folders that clouds and outputs lie in, the same on all silos; arrays of clients are stored in the first. Default: none, it must be
    /// set.
    /// </summary>
    public IList<string> Lake { get; } = [];

    /// <summary>Whether clouds and outputs may also lie outside the lake. Default: no.</summary>
    public bool AnyPath { get; set; }

    /// <summary>Compute threads. Default: all processors but one, which keeps the silo itself responsive.</summary>
    public int Threads { get; set; } = Math.Max(1, Environment.ProcessorCount - 1);

    /// <summary>Memory for states and results that are waited for; what is more goes to the local disk. Default: 1 GiB.</summary>
    public long BlockStoreBytes { get; set; } = 1L << 30;

    /// <summary>
    /// Memory for data in bytes: row groups that were decoded, rows in work, states of tasks. Clouds may be larger: they stream
    /// through. Default: 1 GiB.
    /// </summary>
    public long MemoryLimit { get; set; } = 1L << 30;

    /// <summary>How long a task of a job that this silo coordinates should take the worker that gets it. Default: 2 seconds.</summary>
    public TimeSpan TaskTime { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long an array that a client has uploaded stays in the lake when no job uses it and nobody sends it again; the same on all silos.
    /// Default: 1 day.
    /// </summary>
    public TimeSpan UploadLifetime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Whether the silo may be reached from other machines although nothing is encrypted and nobody is asked who they are. Default: no.
    /// </summary>
    public bool Insecure { get; set; }

    /// <summary>The port of the health endpoints; 0 for none. Default: 0.</summary>
    public int HealthPort { get; set; }

    /// <summary>The address of the health endpoints. Default: 127.0.0.1.</summary>
    public string HealthAddress { get; set; } = "127.0.0.1";

    /// <summary>How long a stop may take; three quarters of it are for the tasks that run. Default: 60 seconds.</summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// A lane that had work for so long without getting a unit of it done makes the silo not ready; for five times as long, not live.
    /// Default: 2 minutes.
    /// </summary>
    public TimeSpan LaneSilence { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Whether logs are written as JSON, one document a line. Default: no.</summary>
    public bool JsonLogs { get; set; }

    /// <summary>Where traces and metrics are sent by OTLP; OTEL_EXPORTER_OTLP_ENDPOINT does the same. Default: nowhere.</summary>
    public string? Telemetry { get; set; }
}
