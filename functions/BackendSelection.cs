using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Trainyard.Backends;
using Trainyard.Backends.Azure;
using Trainyard.Runtime.Triggers.Settings;

namespace Trainyard.Functions;

/// <summary>The storage backends that implement the interfaces of core.</summary>
internal enum BackendKind
{
    /// <summary>SQLite and files on this machine.</summary>
    Embedded,

    /// <summary>Azure Tables and Blobs.</summary>
    Azure,
}

/// <summary>Registers the backends that the configuration names.</summary>
internal static class BackendSelection
{
    /// <summary>The setting: <c>embedded</c> or <c>azure</c>.</summary>
    public const string Setting = "Backends";

    /// <exception cref="HostStartException">The setting is neither embedded nor azure.</exception>
    public static IServiceCollection AddBackends(
        this IServiceCollection services,
        IConfiguration configuration,
        BackendKind usual
    ) =>
        Select(configuration[Setting], usual) == BackendKind.Azure
            ? services.AddAzureBackends(configuration)
            : services.AddEmbeddedBackends(configuration);

    internal static BackendKind Select(string? text, BackendKind usual)
    {
        if (string.IsNullOrEmpty(text))
        {
            return usual;
        }
        return text.ToUpperInvariant() switch
        {
            "EMBEDDED" => BackendKind.Embedded,
            "AZURE" => BackendKind.Azure,
            _ => throw new HostStartException(
                $"The setting {Setting} is '{text}'; it takes 'embedded' (SQLite and files) or 'azure' (Tables and Blobs)."
            ),
        };
    }
}
