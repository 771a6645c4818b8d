using Distributed.Keops.Kernels;

namespace Distributed.Keops.Conformance;

/// <summary>Answers requests line by line: one JSON request in, one JSON answer out, until the input ends.</summary>
/// <param name="engine">What carries them out.</param>
public sealed class ServeLoop(ICaseEngine engine)
{
    /// <summary>Runs until the input ends; no request, however bad, ends it earlier.</summary>
    public void Run(TextReader input, TextWriter output)
    {
        while (input.ReadLine() is { } line)
        {
            output.WriteLine(Answer(line));
            output.Flush();
        }
    }

    /// <summary>The answer to one request.</summary>
    public string Answer(string line)
    {
        try
        {
            var call = ServeRequest.Read(line);
            return ServeRequest.Answer(CoreLayout.Join(engine.Run(call), call));
        }
        catch (KeopsException refusal)
        {
            return ServeRequest.Refusal(refusal.Message);
        }
        // An engine's own fault is told apart by its type, and the next request gets its chance.
        catch (Exception crash)
        {
            return ServeRequest.Refusal($"Crashed: {crash.GetType().Name}: {crash.Message}");
        }
    }
}
