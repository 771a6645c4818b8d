using Distributed.Keops.Kernels.Formulas;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Distributed.Keops.Silo;

/// <summary>
/// A key of the section <c>Keops</c> that means nothing is a typing error: it is told, with the key that was probably meant.
/// </summary>
sealed class UnknownKeys(IConfiguration configuration) : IValidateOptions<KeopsSiloOptions>
{
    static readonly string[] Known = [.. typeof(KeopsSiloOptions).GetProperties().Select(p => p.Name)];

    public ValidateOptionsResult Validate(string? name, KeopsSiloOptions options)
    {
        var errors = configuration.GetSection("Keops").GetChildren().Select(c => c.Key)
            .Where(key => !Known.Contains(key, StringComparer.OrdinalIgnoreCase))
            .Select(key => $"Keops:{key} is no option of a silo.{NearestName.Suggest(key, Known)}")
            .ToArray();
        return errors.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
