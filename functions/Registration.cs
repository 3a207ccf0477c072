using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Trainyard.Core.Arrays;
using Trainyard.Core.Experiments;
using Trainyard.Core.Models;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Scaling;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Functions.Agents;
using Trainyard.Functions.Arrays;
using Trainyard.Functions.Blobs;
using Trainyard.Functions.Experiments;
using Trainyard.Functions.Http;
using Trainyard.Functions.Http.Experiments;
using Trainyard.Functions.Http.Files;
using Trainyard.Functions.Http.Records;
using Trainyard.Functions.Http.Streaming;
using Trainyard.Functions.Http.Wml;
using Trainyard.Functions.Middleware;
using Trainyard.Functions.Monitoring;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Security;
using Trainyard.Functions.Web;
using Trainyard.Manifests.Archives;
using Trainyard.Manifests.Frameworks;
using Trainyard.Manifests.Text;
using Trainyard.Orchestrations.Activities;
using Trainyard.Orchestrations.Arrays;
using Trainyard.Orchestrations.Ending;
using Trainyard.Orchestrations.Experiments;
using Trainyard.Orchestrations.Storing;

namespace Trainyard.Functions;

/// <summary>Registers the services that the functions use.</summary>
internal static class Registration
{
    public static IServiceCollection AddTrainyard(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.Configure<KestrelServerOptions>(Lift);
        services.AddSingleton<IStartupFilter, WebSockets>();
        services.AddSingleton<IStartupFilter, ProblemBodyFilter>();
        services.AddSettings(configuration);
        services.AddSingleton<PageFiles>();
        services.AddSingleton<PoolGauges>();
        services.AddSingleton<ServiceMetrics>();
        services.AddHostedService(provider => provider.GetRequiredService<ServiceMetrics>());
        services.AddSingleton<RunProgress>();
        services.AddSingleton<RunSubmission>();
        services.AddSingleton<RunEraser>();
        services.AddSingleton<UnstartedSubmissions>();
        services.AddSingleton<ApiKeyRing>();
        services.AddSingleton<KeyOwners>();
        services.AddSingleton<NodePolicy>();
        services.AddSingleton<PoolScaling>();
        services.AddSingleton<RunEnding>();
        services.AddSingleton<NotifyOwner>();
        services.AddSingleton<RunEvents>();
        services.AddSingleton<OrphanedRuns>();
        services.AddSingleton<RunPreemption>();
        services.AddSingleton<RunCancellation>();
        services.AddSingleton<RunStarter>();
        services.AddSingleton<RunDeletion>();
        services.AddSingleton<ResultsRestart>();
        services.AddSingleton<NodeTasks>();
        services.AddSingleton<RunCheckpoints>();
        services.AddSingleton<OwnRuns>();
        services.AddSingleton<FailureExplanations>();
        services.AddSingleton<DroppedRuns>();
        services.AddSingleton<ServiceHealth>();
        return services.AddStoring().AddQueue().AddInterfaces().AddExperiments();
    }

    private static IServiceCollection AddStoring(this IServiceCollection services) =>
        services
            .AddSingleton<ModelRepository>()
            .AddSingleton<KeptModelCleanup>()
            .AddSingleton<ModelStoring>()
            .AddSingleton<StoringPlans>()
            .AddSingleton<BucketUploads>()
            .AddSingleton<LargeFiles>()
            .AddSingleton<ResultsManifest>()
            .AddSingleton<UnfinishedUploads>();

    private static IServiceCollection AddQueue(this IServiceCollection services) =>
        services.AddSingleton<SimilarRuns>().AddSingleton<Placement>();

    private static IServiceCollection AddExperiments(this IServiceCollection services) =>
        services
            .AddSingleton<ArrayProgress>()
            .AddSingleton<ElementSubmission>()
            .AddSingleton<IElementRuns, ElementRuns>()
            .AddSingleton<ArrayPages>()
            .AddSingleton<ExperimentCatalog>()
            .AddSingleton<ExperimentStart>()
            .AddSingleton<ExperimentProgress>()
            .AddSingleton<ExperimentEnding>()
            .AddSingleton<TrialSubmission>()
            .AddSingleton<TrialMetrics>()
            .AddSingleton<ITrialRuns, TrialRuns>()
            .AddSingleton<ExperimentOrchestrations>()
            .AddSingleton<TrialFollowing>()
            .AddSingleton<OwnExperiments>();

    private static void AddSettings(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidated<PoolOptions>(configuration, PoolOptions.SectionName);
        services.AddValidated<ScalingOptions>(configuration, ScalingOptions.SectionName);
        services.AddValidated<RetentionOptions>(configuration, RetentionOptions.SectionName);
        services.AddValidated<ManifestLimits>(configuration, ManifestLimits.SectionName);
        services.AddValidated<ArchiveLimits>(configuration, ArchiveLimits.SectionName);
        services.AddValidated<UploadOptions>(configuration, UploadOptions.SectionName);
        services.AddValidated<DownloadOptions>(configuration, DownloadOptions.SectionName);
        services.AddValidated<StreamOptions>(configuration, StreamOptions.SectionName);
        services.AddValidated<FrameworkOptions>(configuration, FrameworkOptions.SectionName);
        services.AddSingleton(provider => provider.GetRequiredService<FrameworkOptions>().Load());
    }

    // Services that the routes for users' clients share.
    private static IServiceCollection AddInterfaces(this IServiceCollection services) =>
        services
            .AddSingleton<LoginTokens>()
            .AddSingleton<LogKeys>()
            .AddSingleton<StoredFiles>()
            .AddSingleton<StoredFileContent>()
            .AddSingleton<DownloadKeys>()
            .AddSingleton<DownloadSlots>()
            .AddSingleton<DefinitionRepository>()
            .AddSingleton<JsonSubmission>()
            .AddSingleton<SubmittedRuns>()
            .AddSingleton<RunRemoval>()
            .AddSingleton<RunSnapshots>()
            .AddSingleton<OutputChunks>()
            .AddSingleton<RunFollower>()
            .AddSingleton<RunRecords>()
            .AddSingleton<RecentMetrics>()
            .AddSingleton<WebSocketFollowing>();

    // Archives and results may be of any size, so each route sets its own body limit. A training program may be silent
    // for hours while its output is followed, so there is no minimum data rate.
    private static void Lift(KestrelServerOptions options)
    {
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
    }

    /// <summary>Binds options, checks their ranges at start, and offers them by their own type.</summary>
    private static void AddValidated<T>(this IServiceCollection services, IConfiguration configuration, string section)
        where T : class
    {
        services
            .AddOptions<T>()
            .Bind(configuration.GetSection(section))
            .Validate(
                options =>
                    Validator.TryValidateObject(
                        options,
                        new ValidationContext(options),
                        null,
                        validateAllProperties: true
                    ),
                $"A setting of the section {section} is out of its range; docs/settings.md lists them."
            )
            .ValidateOnStart();
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<T>>().Value);
    }
}
