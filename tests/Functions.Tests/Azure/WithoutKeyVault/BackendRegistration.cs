using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Trainyard.Backends;

/// <summary>In the place of the one with Key Vault: the same backends, and keys that end with the process.</summary>
internal static class BackendRegistration
{
    public static IServiceCollection AddBackends(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddAzureBackends(configuration);
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        return services;
    }
}
