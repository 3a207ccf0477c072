using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Trainyard.Backends.Agents;
using Trainyard.Backends.Blobs;
using Trainyard.Backends.Dispatch;
using Trainyard.Backends.Drops;
using Trainyard.Backends.Experiments;
using Trainyard.Backends.Hosting;
using Trainyard.Backends.Runs;
using Trainyard.Backends.Secrets;
using Trainyard.Backends.Sqlite;
using Trainyard.Contracts;
using Trainyard.Core.Experiments;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Scaling;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;
using Trainyard.Storage;

namespace Trainyard.Backends;

/// <summary>Registers the embedded implementations of core's interfaces: SQLite and files on this machine.</summary>
public static class EmbeddedRegistration
{
    /// <summary>
    /// Registers the interfaces, the keys and the background services. The state folder is the configuration's
    /// <c>Trainyard:Home</c>, else <c>TRAINYARD_HOME</c>, else <c>trainyard</c> in the user's data folder.
    /// </summary>
    public static IServiceCollection AddEmbeddedBackends(this IServiceCollection services, IConfiguration configuration)
    {
        var home = StateFolder.Find(configuration[StateFolder.ConfigurationKey] ?? configuration[StateFolder.Variable]);
        services.AddSingleton(home);
        services.TryAddSingleton(TimeProvider.System);
        services
            .AddOptions<BlobOptions>()
            .Bind(configuration.GetSection(BlobOptions.SectionName))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        AddStores(services);
        AddSecurity(services);
        services.AddHostedService<FirstStart>();
        services.AddHostedService<BlobSweep>();
        AddAgent(services, configuration);
        return services;
    }

    private static void AddStores(IServiceCollection services)
    {
        // Only one process uses the files: the host locks the state folder before anything here is created.
        services.AddSingleton(provider => new SqliteDatabase(provider.GetRequiredService<StateFolder>().Database));
        services.AddSingleton(provider => new DiskReserve(
            provider.GetRequiredService<StateFolder>().Blobs,
            provider.GetRequiredService<IOptions<BlobOptions>>().Value,
            provider.GetRequiredService<ILogger<DiskReserve>>()
        ));
        services.AddSingleton<IBlobSpace>(provider => provider.GetRequiredService<DiskReserve>());
        services.AddSingleton(provider => new BlobFiles(
            provider.GetRequiredService<StateFolder>().Blobs,
            provider.GetRequiredService<DiskReserve>()
        ));
        services.AddSingleton<IRunStore, SqliteRunStore>();
        services.AddSingleton<IRecordStore<Experiment>>(provider => new SqliteRecordStore<Experiment>(
            provider.GetRequiredService<SqliteDatabase>(),
            "experiment"
        ));
        services.AddSingleton<IRecordStore<ExperimentRun>>(provider => new SqliteRecordStore<ExperimentRun>(
            provider.GetRequiredService<SqliteDatabase>(),
            "experiment-run"
        ));
        services.AddSingleton<SqlitePool>();
        services.AddSingleton<IDispatchQueue, SqliteDispatchQueue>();
        services.AddSingleton<IPoolLoad, SqlitePoolLoad>();
        services.AddSingleton<INodeRegistry, SqliteNodeRegistry>();
        services.AddSingleton<IPoolScaler, NoPoolScaler>();
        services.AddSingleton<IBlobStore, FileBlobStore>();
        services.AddSingleton<IDirectBlobs, NoDirectBlobs>();
        services.AddSingleton<IDropBox>(provider => new FolderDropBox(
            provider.GetRequiredService<StateFolder>().Drops
        ));
    }

    private static void AddSecurity(IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("Trainyard");
        services
            .AddOptions<KeyManagementOptions>()
            .Configure<StateFolder, ILoggerFactory>(
                (options, home, loggers) =>
                {
                    DurableFiles.CreatePrivateFolder(home.Secrets);
                    options.XmlRepository = new FileSystemXmlRepository(new DirectoryInfo(home.Secrets), loggers);
                }
            );
        // Silences the warning that the keys are unencrypted: they are, in a folder that only the service's user can
        // enter.
        services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error));
        services.AddSingleton<ISecretStore, FileSecretStore>();
        services.AddSingleton(provider => PoolKeyFile.ReadOrCreate(provider.GetRequiredService<StateFolder>()));
        services.TryAddSingleton<ApiKeyRing>();
    }

    private static void AddAgent(IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddOptions<AgentProgramOptions>()
            .Bind(configuration.GetSection(AgentProgramOptions.SectionName))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<AgentProcess>();
        services.AddHostedService<AgentLauncher>();
    }
}
