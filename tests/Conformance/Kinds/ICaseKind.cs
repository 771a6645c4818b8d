namespace Distributed.Keops.Conformance;

/// <summary>What one kind of golden case asks for and how it is judged.</summary>
public interface ICaseKind
{
    /// <summary>The kind's name in the files.</summary>
    string Name { get; }

    /// <summary>
    /// Computes the case's outputs. A kind that needs more of an engine than Genred calls asks the engine for a further interface,
    /// and throws <see cref="NotSupportedException"/> when it has none.
    /// </summary>
    /// <exception cref="Kernels.KeopsException">The engine refuses, which is right when the case expects an error.</exception>
    CaseResult Compute(GoldenCase golden, ICaseEngine engine);
}
