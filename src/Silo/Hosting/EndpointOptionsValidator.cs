using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Distributed.Keops.Silo;

/// <summary>
/// A silo stays on the loopback unless it is told that its network is to be trusted. Values that can't be read are told too: the framework
/// would pass over them.
/// </summary>
sealed class EndpointOptionsValidator(IConfiguration configuration, IOptions<KeopsSiloOptions> keops) : IValidateOptions<EndpointOptions>
{
    public ValidateOptionsResult Validate(string? name, EndpointOptions options)
    {
        var section = configuration.GetSection("Orleans:Endpoints");
        var errors = new List<string>();
        Read(nameof(options.AdvertisedIPAddress), "an IP address", v => IPAddress.TryParse(v, out _));
        foreach (var key in (string[])[nameof(options.SiloPort), nameof(options.GatewayPort)])
            Read(key, "a port", v => ushort.TryParse(v, out _));
        foreach (var key in (string[])[nameof(options.SiloListeningEndpoint), nameof(options.GatewayListeningEndpoint)])
            Read(key, "ADDRESS:PORT", v => IPEndPoint.TryParse(v, out _));
        if (!keops.Value.Insecure)
        {
            Keep(nameof(options.AdvertisedIPAddress), options.AdvertisedIPAddress);
            Keep(nameof(options.SiloListeningEndpoint), options.SiloListeningEndpoint?.Address);
            Keep(nameof(options.GatewayListeningEndpoint), options.GatewayListeningEndpoint?.Address);
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Read(string key, string expected, Func<string, bool> isRight)
        {
            if (section[key] is { } value && !isRight(value)) errors.Add($"Orleans:Endpoints:{key} is '{value}': {expected} was expected.");
        }

        void Keep(string key, IPAddress? address)
        {
            if (address is not null && !IPAddress.IsLoopback(address))
                errors.Add(Exposure.Refusal($"Orleans:Endpoints:{key} is {address}"));
        }
    }
}
