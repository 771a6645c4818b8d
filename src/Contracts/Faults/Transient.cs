using Orleans.Runtime;

namespace Distributed.Keops.Contracts;

/// <summary>Which errors of the cluster mean "outcome unknown, ask again", not "failed".</summary>
public static class Transient
{
    /// <summary>Whether a call may succeed when it is made again, perhaps to another silo.</summary>
    public static bool Is(Exception error) => error
        is SiloUnavailableException or OrleansMessageRejectionException or TimeoutException
        or Orleans.Runtime.Messaging.ConnectionFailedException or ClientNotAvailableException or GatewayTooBusyException;
}
