using Orleans.CodeGeneration;
using Orleans.Runtime;

namespace Distributed.Keops.Contracts;

/// <summary>
/// A client's calls of the method go through all its gateways in turn, in no order that means anything. Otherwise all calls to one grain go
/// through one gateway for as long as its connection stands: where that silo hangs, a call that is made again would be made to nobody
/// again.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
[InvokableCustomInitializer(nameof(IRequest.AddInvokeMethodOptions), InvokeMethodOptions.Unordered)]
public sealed class AnyGatewayAttribute : Attribute;
