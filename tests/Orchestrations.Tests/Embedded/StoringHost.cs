using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Trainyard.Backends;
using Trainyard.Backends.ObjectStores;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;
using Trainyard.Orchestrations.Activities;
using Trainyard.Orchestrations.Ending;
using Trainyard.Orchestrations.Storing;
using Trainyard.Tests.Shared;

namespace Trainyard.Orchestrations.Tests;

/// <summary>The storing activities on the real stores of one machine, with a run whose first attempt has ended.</summary>
internal sealed class StoringHost : IAsyncDisposable
{
    /// <summary>The least that a part may have.</summary>
    public const int PartBytes = 5 << 20;

    private readonly TemporaryFolder _home = new();
    private readonly TrainingRun _run;
    private readonly RunSecrets _secrets;
    private readonly IHost _host;

    private StoringHost(DataStoreReference? results, StoreCredentials credentials)
    {
        var sample = SampleRuns.New();
        _run = sample with
        {
            Manifest = sample.Manifest with { TrainingResults = results ?? sample.Manifest.TrainingResults },
        };
        _secrets = new RunSecrets { Data = StoreCredentials.None, Results = credentials };
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                [StateFolder.ConfigurationKey] = _home.Path,
                ["Pool:StartAgent"] = "false",
                ["Stores:PartBytes"] = $"{PartBytes}",
            }
        );
        builder.Services.Configure<PoolOptions>(builder.Configuration.GetSection(PoolOptions.SectionName));
        builder.Services.AddEmbeddedBackends(builder.Configuration).AddObjectStores(builder.Configuration);
        builder.Services.AddSingleton<RunProgress>().AddSingleton<StoringPlans>().AddSingleton<UnfinishedUploads>();
        builder.Services.AddSingleton<BucketUploads>().AddSingleton<LargeFiles>().AddSingleton<ResultsManifest>();
        builder.Services.AddSingleton<RunEnding>().AddSingleton<StoredFiles>();
        _host = builder.Build();
    }

    public IBlobStore Blobs => Get<IBlobStore>();

    public IObjectStoreFactory Stores => Get<IObjectStoreFactory>();

    public RunId Run => _run.Id;

    /// <summary>What is in the bucket, by its path in the run's folder.</summary>
    public IReadOnlyList<string> Stored => Below(Path.Combine(Bucket, $"{Run}"));

    /// <summary>The uploads under way.</summary>
    public IReadOnlyList<string> UnderWay => Below(Path.Combine(Bucket, ".trainyard-uploads"));

    private string Bucket =>
        Path.Combine(_home.Path, "buckets", ".owners", $"{_run.Owner}", _run.Manifest.TrainingResults.Bucket);

    /// <param name="results">Where results go; a bucket of the host's own file store by default.</param>
    /// <param name="credentials">For that.</param>
    public static async Task<StoringHost> StartAsync(
        DataStoreReference? results = null,
        StoreCredentials? credentials = null
    )
    {
        var started = new StoringHost(results, credentials ?? StoreCredentials.None);
        await started._host.StartAsync();
        await started.Get<IRunStore>().CreateAsync(started._run, default);
        await started.Get<ISecretStore>().PutAsync(started._run.Submission, started._secrets, default);
        return started;
    }

    /// <summary>What the service knows of the stored files.</summary>
    public async Task<IReadOnlyList<StoredFile>> FilesAsync() =>
        (await Get<StoredFiles>().ReadAsync(Run, offset: 0, limit: 100, default))!.Files;

    public Task StageAsync(string path, byte[] content, int attempt = 1) =>
        Blobs.PutAsync(Staged(path, attempt), new MemoryStream(content), expectedSha256: null, default);

    public Task UnstageAsync(string path) => Blobs.DeleteAsync(Staged(path).ToString(), default);

    public async Task<int> PlanAsync(int attempt = 1, CancellationToken cancellationToken = default)
    {
        var plan = await Make<PlanStoring>().RunAsync(new() { RunId = Run, Attempt = attempt }, cancellationToken);
        Assert.Null(plan.Refusal);
        return plan.Units;
    }

    /// <summary>What followers got, of all attempts.</summary>
    public Task FollowedAsync(string metrics, int learner = 1) =>
        Blobs.AppendAsync(RunBlobs.Metrics(Run, learner), 0, Encoding.UTF8.GetBytes(metrics), default);

    public Task PrintedAsync(string log, int learner = 1) =>
        Blobs.AppendAsync(RunBlobs.Log(Run, learner), 0, Encoding.UTF8.GetBytes(log), default);

    public Task HaveLearnersAsync(int learners) =>
        Get<IRunStore>().ChangeAsync(Run, r => r with { Learners = learners }, default);

    /// <summary>Says that attempts go on where others ended.</summary>
    public Task AskForCheckpointsAsync() =>
        Get<IRunStore>()
            .ChangeAsync(
                Run,
                r =>
                    r with
                    {
                        Manifest = r.Manifest with
                        {
                            Checkpoint = new() { Path = "c", Interval = TimeSpan.FromMinutes(1) },
                        },
                    },
                default
            );

    public async Task<RunReason?> StoreAsync(int unit, CancellationToken cancellationToken = default) =>
        (await Make<StoreUnit>().RunAsync(new() { RunId = Run, Unit = unit }, cancellationToken)).Refusal;

    public async Task<RunReason?> CompleteAsync(CancellationToken cancellationToken = default) =>
        (await Make<CompleteStoring>().RunAsync(new() { RunId = Run }, cancellationToken)).Refusal;

    /// <summary>The bucket, opened as the service does.</summary>
    public IObjectStore OpenResults() =>
        Get<IObjectStoreFactory>().Open(_run.Manifest.TrainingResults, _secrets.Results, _run.Owner);

    /// <summary>The run as it is, and what nodes upload for it.</summary>
    public TrainingRun Record => _run;

    public BucketUploads BucketUploads => Get<BucketUploads>();

    /// <summary>As at the run's start, its data in the bucket of its results.</summary>
    /// <param name="mode">How the run wants its data.</param>
    /// <param name="mode">What the run wants of its data.</param>
    /// <param name="stores">Opens the buckets; the host's own by default.</param>
    /// <param name="time">The clock.</param>
    public async Task<RunReason?> ValidateAsync(
        DataMode mode = DataMode.Copy,
        IObjectStoreFactory? stores = null,
        TimeProvider? time = null
    )
    {
        Directory.CreateDirectory(Bucket);
        var archive = new MemoryStream(new byte[_run.Archive.Bytes]);
        await Blobs.PutAsync(RunBlobs.Archive(_run.Submission), archive, expectedSha256: null, default);
        await Get<IRunStore>()
            .ChangeAsync(
                Run,
                r =>
                    r with
                    {
                        Manifest = r.Manifest with { TrainingData = r.Manifest.TrainingResults with { Mode = mode } },
                    },
                default
            );
        var validate = new ValidateRun(
            Get<IRunStore>(),
            Get<ISecretStore>(),
            stores ?? Stores,
            Blobs,
            time ?? TimeProvider.System
        );
        return (await validate.RunAsync(new() { RunId = Run }, default)).Refusal;
    }

    public void PutResult(string path, string text)
    {
        var file = Path.Combine(Bucket, $"{Run}", path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    public Task FailAsync(bool unstored = false)
    {
        var reason = RunReason.System("store_unavailable", "The bucket was away for too long.");
        var left = new UnstoredResults
        {
            Attempt = 1,
            Phase = RunPhase.Completed,
            Reason = RunReason.Succeeded,
        };
        var verdict = new RunVerdict
        {
            Phase = RunPhase.Failed,
            Reason = reason,
            Unstored = unstored ? left : null,
        };
        return Make<FinishRun>().RunAsync(new() { RunId = Run, Verdict = verdict }, default);
    }

    /// <summary>The end of a run whose results are stored.</summary>
    public async Task EndAsync(RunPhase phase)
    {
        var reason = phase == RunPhase.Completed ? RunReason.Succeeded : RunReason.CommandFailed(3);
        var verdict = new RunVerdict
        {
            Phase = phase,
            Reason = reason,
            StoredAttempt = 1,
        };
        await Make<FinishRun>().RunAsync(new() { RunId = Run, Verdict = verdict }, default);
    }

    public async Task<IReadOnlyList<string>> StagedAsync()
    {
        var names = new List<string>();
        await foreach (var blob in Blobs.ListAsync(RunBlobs.StagingPrefix(Run, 1), default))
        {
            names.Add($"{blob.Name}"[RunBlobs.StagingPrefix(Run, 1).Length..]);
        }
        return names;
    }

    public byte[] Read(string path) => File.ReadAllBytes(Path.Combine(Bucket, $"{Run}", path));

    /// <summary>The submitted code's size and hash.</summary>
    public (long Bytes, string Sha256) Archive => (_run.Archive.Bytes, _run.Archive.Sha256);

    public async Task<StoredResults?> ResultsAsync() => (await Get<IRunStore>().GetAsync(Run, default))!.Run.Results;

    /// <summary>As whoever asks for another storing does.</summary>
    public async Task ReopenAsync()
    {
        await Get<IRunStore>()
            .ChangeAsync(
                Run,
                r => r.ReopenForStoring(r.Manifest.TrainingResults, TimeProvider.System.GetUtcNow()),
                default
            );
        await KeepCredentialsAsync();
        await Make<ResetStoring>().RunAsync(new() { RunId = Run }, default);
    }

    /// <summary>As long as the run, whose end destroys them.</summary>
    public Task KeepCredentialsAsync() => Get<ISecretStore>().PutAsync(_run.Submission, _secrets, default);

    /// <summary>As if the plan had been cut short when it had begun its uploads.</summary>
    public async Task ForgetUploadIdsAsync()
    {
        var name = RunBlobs.LargePage(Run, "000000");
        await using var content = await Blobs.OpenReadAsync(name, 0, null, default);
        var page = (await JsonNode.ParseAsync(content!))!;
        foreach (var file in page["files"]!.AsArray())
        {
            file!["first_unit"] = LargeFile.Intended;
            file["upload"]!.AsObject().Remove("upload_id");
        }
        await Blobs.PutAsync(name, new MemoryStream(Encoding.UTF8.GetBytes($"{page}")), expectedSha256: null, default);
    }

    public void LoseBucket() => Directory.Delete(Bucket, recursive: true);

    public void LoseUploads() => Directory.Delete(Path.Combine(Bucket, ".trainyard-uploads"), recursive: true);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        _home.Dispose();
    }

    private static string[] Below(string folder) =>
        Directory.Exists(folder)
            ?
            [
                .. Directory
                    .GetFiles(folder, "*", SearchOption.AllDirectories)
                    .Select(f => Path.GetRelativePath(folder, f))
                    .Order(),
            ]
            : [];

    private BlobName Staged(string path, int attempt = 1) =>
        RunBlobs.TryStaged(Run, attempt, path, out var name)
            ? name
            : throw new ArgumentOutOfRangeException(nameof(path), path, null);

    private T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    private T Make<T>() => ActivatorUtilities.CreateInstance<T>(_host.Services);
}
