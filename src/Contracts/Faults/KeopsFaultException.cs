using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Contracts;

/// <summary>An error as it crosses the wire: its text, and what kind it was.</summary>
[GenerateSerializer, Alias("keops.Fault")]
public sealed class KeopsFaultException : Exception
{
    /// <summary>Creates the fault.</summary>
    public KeopsFaultException(FaultKind kind, string message) : base(message) => Kind = kind;

    /// <summary>What kind of error it was.</summary>
    [Id(0)]
    public FaultKind Kind { get; }

    /// <summary>The process or file that is gone, with the lost block and all others it held.</summary>
    [Id(1)]
    public string? LostHolder { get; private init; }

    /// <summary>The fault of a block that is gone.</summary>
    public static KeopsFaultException Lost(BlockReference block, string why) =>
        new(FaultKind.LostBlock, $"The block {block.Ticket.Name} of {block.Ticket.Silo} is gone: {why}") { LostHolder = block.Holder };

    /// <summary>Wraps an error for the wire.</summary>
    public static KeopsFaultException From(Exception error) => error switch
    {
        KeopsFaultException fault => fault,
        KeopsException { IsTransient: true } => new KeopsFaultException(FaultKind.Transient, error.Message),
        FormulaException => new KeopsFaultException(FaultKind.Formula, error.Message),
        // Data's exceptions are not known here; they are told by the room they come from.
        KeopsException when error.GetType() != typeof(KeopsException) => new KeopsFaultException(FaultKind.Data, error.Message),
        KeopsException => new KeopsFaultException(FaultKind.Call, error.Message),
        _ => new KeopsFaultException(FaultKind.Internal, $"{error.GetType().Name}: {error.Message}"),
    };
}
