using Orleans.Metadata;
using Orleans.Runtime;

namespace Distributed.Keops.Grains;

/// <summary>
/// A client's calls to the grain go through all its gateways in turn, in no order that means anything. Otherwise they would all go through
/// one for as long as its connection stands: where that silo hangs, a call that is made again would be made to nobody again.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
sealed class AnyGatewayAttribute : Attribute, IGrainPropertiesProviderAttribute
{
    public void Populate(IServiceProvider services, Type grainClass, GrainType grainType, Dictionary<string, string> properties) =>
        properties[WellKnownGrainTypeProperties.Unordered] = "true";
}
