using Distributed.Keops.Cities;
using Distributed.Keops.Kernels;

// Exit codes as those of the keops command: 0 done, 1 failed, 2 bad usage, 130 cancelled.
var parsed = CitiesOptions.CreateCommand(RunAsync).Parse(args);
foreach (var error in parsed.Errors) Console.Error.WriteLine($"error: {error.Message}");
return parsed.Errors.Count > 0 ? 2 : await parsed.InvokeAsync();

static async Task<int> RunAsync(CitiesOptions options, CancellationToken cancellationToken)
{
    try
    {
        await new CitiesJob(options).RunAsync(cancellationToken);
        return 0;
    }
    catch (Exception e) when (e is KeopsException or IOException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine($"error: {e.Message}");
        return 1;
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine("cancelled");
        return 130;
    }
}
