namespace Distributed.Keops.Contracts;

/// <summary>What went wrong on the other side, and so what can be done about it.</summary>
public enum FaultKind
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The call does not fit together.</summary>
    Call = 1,

    /// <summary>The formula can't be read or has no meaning.</summary>
    Formula = 2,

    /// <summary>Data can't be read or written.</summary>
    Data = 3,

    /// <summary>A fault that may pass, such as a file system that did not answer: try again.</summary>
    Transient = 4,

    /// <summary>The worker does not know the job; it is told again.</summary>
    UnknownJob = 5,

    /// <summary>A block is gone with the process that held it: what made it is run again.</summary>
    LostBlock = 6,

    /// <summary>The silo is stopping: another one takes over.</summary>
    Stopping = 7,

    /// <summary>The same task gave different bits on equal engines.</summary>
    Nondeterministic = 8,

    /// <summary>Anything that nobody foresaw.</summary>
    Internal = 9,
}
