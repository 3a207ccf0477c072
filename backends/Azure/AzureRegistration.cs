using Azure.Core;
using Azure.Identity;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Trainyard.Backends.Azure.Blobs;
using Trainyard.Backends.Azure.Dispatch;
using Trainyard.Backends.Azure.Drops;
using Trainyard.Backends.Azure.Experiments;
using Trainyard.Backends.Azure.Hosting;
using Trainyard.Backends.Azure.Monitoring;
using Trainyard.Backends.Azure.Runs;
using Trainyard.Backends.Azure.Scaling;
using Trainyard.Backends.Azure.Secrets;
using Trainyard.Core.Experiments;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Scaling;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.Azure;

/// <summary>Registers the Azure implementations of core's interfaces: Azure Tables and Blobs.</summary>
public static class AzureRegistration
{
    private const string PoolKeySetting = "Pool:Key";
    private const int ShortestPoolKey = 20;

    /// <summary>
    /// Registers the interfaces and the keys. Settings: the section <c>Azure</c> (<see cref="AzureOptions"/>);
    /// <see cref="PoolOptions"/>, which the caller binds; <c>Pool:Key</c>, the secret by which nodes lease runs, at
    /// least 20 characters; and <c>Auth:OperatorKey</c>, the first operator's API key, at least 20 characters, which
    /// belongs to <c>admin</c>. Storage and vault are reached by <see cref="DefaultAzureCredential"/>;
    /// <c>AZURE_CLIENT_ID</c> selects the identity, where there are several. The keys that encrypt secrets lie in a
    /// blob, wrapped by a key of the vault.
    /// </summary>
    public static IServiceCollection AddAzureBackends(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<AzureOptions>().Bind(configuration.GetSection(AzureOptions.SectionName)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AzureOptions>, AzureOptionsValidator>();
        services.TryAddSingleton<TokenCredential>(_ => new DefaultAzureCredential());
        services.AddSingleton<StorageAccount>();
        AddStores(services);
        AddScaling(services);
        AddSecurity(services, configuration);
        services.AddTraceExport(configuration);
        services.AddHostedService<Preparation>();
        return services;
    }

    private static void AddStores(IServiceCollection services)
    {
        services.AddSingleton<IRunStore>(provider => new TableRunStore(
            Storage(provider).Runs,
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton<IRecordStore<Experiment>>(provider => new TableRecordStore<Experiment>(
            Storage(provider).Experiments,
            "experiment"
        ));
        services.AddSingleton<IRecordStore<ExperimentRun>>(provider => new TableRecordStore<ExperimentRun>(
            Storage(provider).Experiments,
            "experiment-run"
        ));
        services.AddSingleton(provider => new TablePool(
            Storage(provider).Dispatch,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IOptions<PoolOptions>>().Value
        ));
        services.AddSingleton<IDispatchQueue>(provider => new TableDispatchQueue(
            provider.GetRequiredService<TablePool>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IOptions<PoolOptions>>()
        ));
        services.AddSingleton<IBlobStore>(provider => new BlobBlobStore(Storage(provider).Blobs));
        services.AddSingleton<IBlobSpace, UnlimitedBlobSpace>();
        services.AddSingleton<IDirectBlobs>(provider => new SasBlobs(
            Storage(provider).Blobs,
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton<IDropBox>(provider => new ContainerDropBox(Storage(provider).Drops));
    }

    private static void AddScaling(IServiceCollection services)
    {
        services.AddSingleton<IPoolLoad>(provider => new TablePoolLoad(
            Storage(provider).Dispatch,
            provider.GetRequiredService<TablePool>(),
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton<INodeRegistry>(provider => new TableNodeRegistry(
            provider.GetRequiredService<TablePool>(),
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton<IPoolScaler>(provider =>
            provider.GetRequiredService<IOptions<AzureOptions>>().Value.ScaleSet.FindId() is { } scaleSet
                ? new ScaleSetScaler(
                    new ResourceManager(provider.GetRequiredService<TokenCredential>(), new ResourceManagerOptions()),
                    scaleSet,
                    provider.GetRequiredService<TimeProvider>(),
                    provider.GetRequiredService<ILogger<ScaleSetScaler>>()
                )
                : new NoPoolScaler()
        );
    }

    private static void AddSecurity(IServiceCollection services, IConfiguration configuration)
    {
        AddKeys(services, configuration);
        services.AddSingleton<ISecretStore>(provider => new BlobSecretStore(
            Storage(provider).Secrets,
            provider.GetRequiredService<IDataProtectionProvider>()
        ));
        services.AddSingleton(_ => ReadPoolKey(configuration));
        services.TryAddSingleton<ApiKeyRing>();
    }

    private static void AddKeys(IServiceCollection services, IConfiguration configuration)
    {
        var protection = services.AddDataProtection().SetApplicationName("Trainyard");
        services
            .AddOptions<KeyManagementOptions>()
            .Configure<StorageAccount>(
                (options, storage) => options.XmlRepository = new BlobKeyRepository(storage.ProtectionKeys)
            );
        // The emulator has no vault; the validator requires the key wherever there is a vault.
        var vault = configuration.GetSection($"{AzureOptions.SectionName}:KeyVault").Get<KeyVaultOptions>();
        if (vault?.FindKey() is { } key)
        {
            KeyWrapping.Load().AddTo(protection, key);
        }
    }

    private static PoolKey ReadPoolKey(IConfiguration configuration) =>
        configuration[PoolKeySetting] is { Length: >= ShortestPoolKey } text
            ? new PoolKey(text)
            : throw new InvalidOperationException(
                $"The setting {PoolKeySetting} is missing or has less than {ShortestPoolKey} characters."
            );

    private static StorageAccount Storage(IServiceProvider provider) => provider.GetRequiredService<StorageAccount>();
}
