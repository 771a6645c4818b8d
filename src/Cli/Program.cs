using System.Runtime.InteropServices;
using Distributed.Keops.Cli;

using var cancellation = new CancellationTokenSource();
// The first signal ends the job and lets it clean up; a later one ends the process as it always does. Wrappers such as timeout send one
// signal twice, to the process and to its group: what comes within two seconds is the same one.
var first = TimeProvider.System.GetTimestamp();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
var isTerminal = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";
return await CliProgram.RunAsync(args, new CommandConsole(Console.Out, Console.Error, isTerminal), cancellation.Token);

void Cancel(PosixSignalContext signal)
{
    if (!cancellation.IsCancellationRequested) first = TimeProvider.System.GetTimestamp();
    signal.Cancel = TimeProvider.System.GetElapsedTime(first) < TimeSpan.FromSeconds(2);
    cancellation.Cancel();
}
