using Distributed.Keops.Contracts;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Distributed.Keops.Grains;

/// <summary>A grain lives on the silo whose name is its key, or nowhere.</summary>
[GenerateSerializer, Immutable, Alias("keops.NamedSiloPlacement")]
public sealed class NamedSiloPlacement : PlacementStrategy
{
    internal static readonly NamedSiloPlacement Instance = new();
}

/// <summary>Marks grains that live on the silo whose name is their key.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NamedSiloPlacementAttribute() : PlacementAttribute(NamedSiloPlacement.Instance);

/// <summary>Finds the silo by its name.</summary>
/// <param name="membership">Who is there.</param>
sealed class NamedSiloDirector(IClusterMembershipService membership) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var name = target.GrainIdentity.Key.ToString();
        var members = membership.CurrentSnapshot.Members;
        foreach (var silo in context.GetCompatibleSilos(target))
        {
            if (members.TryGetValue(silo, out var member) && member.Name == name) return Task.FromResult(silo);
        }

        throw new SiloUnavailableException($"No active silo is named '{name}'.");
    }
}
