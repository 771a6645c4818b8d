using System.Runtime.InteropServices;
using Distributed.Keops.Cli;

using var cancellation = new CancellationTokenSource();
// The first signal ends the job and lets it clean up; a second one ends the process as it always does.
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
var isTerminal = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";
return await CliProgram.RunAsync(args, new CommandConsole(Console.Out, Console.Error, isTerminal), cancellation.Token);

void Cancel(PosixSignalContext signal)
{
    signal.Cancel = !cancellation.IsCancellationRequested;
    cancellation.Cancel();
}
