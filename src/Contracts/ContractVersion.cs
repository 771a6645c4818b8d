namespace Distributed.Keops.Contracts;

/// <summary>The version of everything in this assembly: silos and clients work together when they agree on it.</summary>
public static class ContractVersion
{
    /// <summary>Raised with every change that older silos would misread.</summary>
    public const int Current = 4;
}
