using Azure.Core;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Trainyard.Backends.Hosting;

namespace Trainyard.Backends;

/// <summary>What stands behind the seams of core where the service runs on Azure.</summary>
public static class BackendRegistration
{
    /// <summary>
    /// Registers the seams (<see cref="AzureRegistration.AddAzureBackends"/> says by which settings), and keeps the keys that
    /// encrypt secrets in a blob, wrapped by a key of the vault.
    /// </summary>
    public static IServiceCollection AddBackends(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddAzureBackends(configuration);
        var protection = services
            .AddDataProtection()
            .PersistKeysToAzureBlobStorage(provider => provider.GetRequiredService<StorageAccount>().ProtectionKeys);
        // The emulator has no vault; the validator demands the key wherever there is one.
        var vault = configuration.GetSection($"{AzureOptions.SectionName}:KeyVault").Get<KeyVaultOptions>();
        if (vault?.FindKey() is { } key)
            protection.ProtectKeysWithAzureKeyVault(
                key.AbsoluteUri,
                provider => provider.GetRequiredService<TokenCredential>()
            );
        return services;
    }
}
