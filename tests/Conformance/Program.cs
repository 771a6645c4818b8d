using Distributed.Keops.Conformance;
using Distributed.Keops.Kernels;

// Exit codes: 0 all passed, 1 some failed, 2 the call itself was wrong.
if (args.Contains("--help") || args.Contains("-h"))
{
    Console.WriteLine(CommandLine.Usage);
    return 0;
}
try
{
    var command = CommandLine.Parse(args);
    var engine = CaseEngines.Create(command.Engine);
    using var held = engine as IDisposable;
    if (command.Folder is null)
    {
        new ServeLoop(engine).Run(Console.In, Console.Out);
        return 0;
    }
    var groups = GoldenSuite.Read(command.Folder, command.Group).ToList();
    if (groups.Count == 0)
        throw new ArgumentException($"{command.Folder} has no golden cases{(command.Group is { } name ? $" of group '{name}'" : "")}.");
    var run = new ConformanceRun(engine, Console.Out);
    run.Run(groups);
    return run.Failed == 0 ? 0 : 1;
}
catch (Exception error) when (error
    is ArgumentException or IOException or InvalidDataException or UnauthorizedAccessException or KeopsException)
{
    Console.Error.WriteLine(error.Message);
    Console.Error.WriteLine(CommandLine.Usage);
    return 2;
}
