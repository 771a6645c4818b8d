namespace Distributed.Keops.Kernels;

/// <summary>The base of every error this library raises on purpose.</summary>
public class KeopsException : Exception
{
    /// <summary>Creates the error with a text that says what was found, what was expected and what to change.</summary>
    public KeopsException(string message) : base(message) { }

    /// <summary>Creates the error with its cause.</summary>
    public KeopsException(string message, Exception? innerException) : base(message, innerException) { }

    /// <summary>Whether the same call may succeed when it is tried again unchanged; decides retries.</summary>
    public virtual bool IsTransient => false;
}
