using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Trainyard.Backends.ObjectStores.Files;
using Trainyard.Backends.ObjectStores.Network;
using Trainyard.Backends.ObjectStores.Webhooks;
using Trainyard.Contracts;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores;

/// <summary>Registers access to the users' buckets, for every host.</summary>
public static class ObjectStoreRegistration
{
    /// <summary>Registers <see cref="IObjectStoreFactory"/> and its settings.</summary>
    public static IServiceCollection AddObjectStores(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<FileStoreOptions>().Bind(configuration.GetSection(FileStoreOptions.SectionName));
        services
            .AddOptions<StoreOptions>()
            .Bind(configuration.GetSection(StoreOptions.SectionName))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<StoreNetwork>();
        services.AddSingleton<IWebhook, HttpWebhook>();
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<FileStoreOptions>>();
            var root = options.Value.Root;
            return new FileRoots(string.IsNullOrEmpty(root) ? MakeDefaultRoot(provider) : root, options);
        });
        services.AddSingleton<IObjectStoreFactory, ObjectStoreFactory>();
        return services;
    }

    // On Azure the service has no state folder of its own.
    private static string MakeDefaultRoot(IServiceProvider provider)
    {
        var home = provider.GetService<StateFolder>() ?? StateFolder.Find(configured: null);
        return Directory.CreateDirectory(home.Buckets).FullName;
    }
}
