using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging.Abstractions;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Experiments;
using Trainyard.Core.Models;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;
using Trainyard.Functions.Http;
using Trainyard.Functions.Http.Ffdl;
using Trainyard.Functions.Timers;
using Trainyard.Functions.Web;
using Trainyard.Orchestrations;
using Trainyard.Tests.Shared;

namespace Trainyard.Functions.Tests;

/// <summary>Models that are kept of completed runs, on a disk of 200 bytes of which 50 are reserved.</summary>
public sealed class KeptModelsTests : IAsyncLifetime
{
    private RunsHost _host = null!;
    private IRunStore _runs = null!;
    private IBlobStore _blobs = null!;
    private ModelRepository _repository = null!;

    public async Task InitializeAsync()
    {
        _host = await RunsHost.StartAsync();
        _runs = _host.Get<IRunStore>();
        _blobs = _host.Get<IBlobStore>();
        _repository = _host.Get<ModelRepository>();
    }

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task Those_of_the_runs_that_ended_longest_ago_go_until_twice_the_reserve_is_free()
    {
        var newest = await CompletedAsync(hoursAgo: 1, bytes: 40);
        var oldest = await CompletedAsync(hoursAgo: 3, bytes: 40);
        var middle = await CompletedAsync(hoursAgo: 2, bytes: 40);

        await ReleaseAsync();

        Assert.Equal((0, 40, 40), (await BytesAsync(oldest), await BytesAsync(middle), await BytesAsync(newest)));
        Assert.Equal(_host.Time.GetUtcNow(), (await _host.RecordAsync(oldest.Id)).ModelReleasedAt);
        Assert.Null((await _host.RecordAsync(middle.Id)).ModelReleasedAt);
    }

    [Fact]
    public async Task None_goes_while_twice_the_reserve_is_free()
    {
        var run = await CompletedAsync(hoursAgo: 100, bytes: 100);

        await ReleaseAsync();

        Assert.Equal(100, await BytesAsync(run));
        Assert.Null((await _host.RecordAsync(run.Id)).ModelReleasedAt);
    }

    [Fact]
    public async Task One_that_is_in_the_repository_goes_first_and_stays_there()
    {
        var older = await CompletedAsync(hoursAgo: 2, bytes: 60);
        var stored = await CompletedAsync(hoursAgo: 1, bytes: 60);
        var model = await _repository.BeginAsync(stored, "digits", default);
        await _repository.CompleteAsync(stored, await CopyAsync(stored), default);

        await ReleaseAsync();

        Assert.Equal((60, 0), (await BytesAsync(older), await BytesAsync(stored)));
        Assert.Equal(model!.Id, (await _repository.BeginAsync(stored, null, default))!.Id);
    }

    [Fact]
    public async Task One_that_is_being_stored_stays_until_it_is_stored()
    {
        var run = await CompletedAsync(hoursAgo: 2, bytes: 120);
        var model = await _repository.BeginAsync(run, "digits", default);

        await ReleaseAsync();
        Assert.Equal(120, await BytesAsync(run));
        Assert.Null((await _host.RecordAsync(run.Id)).ModelReleasedAt);

        await _repository.CompleteAsync(run, await CopyAsync(run), default);
        await ReleaseAsync();

        Assert.Equal(0, await BytesAsync(run));
        Assert.Equal(120, (await _repository.FindAsync(run.Owner, model!.Id, default))!.Bytes);
    }

    [Fact]
    public async Task That_of_an_experiment_stays_until_the_experiment_has_stored_its_best()
    {
        var experiments = _host.Get<IRecordStore<ExperimentRun>>();
        var experiment = SampleExperiments.New(_host.Time.GetUtcNow());
        await experiments.CreateAsync(experiment, default);
        await StartOrchestrationAsync(experiment.InstanceId);
        var run = await CompletedAsync(hoursAgo: 2, bytes: 120, experiment);

        await ReleaseAsync();
        Assert.Equal(120, await BytesAsync(run));

        await experiments.ChangeAsync(
            experiment.Owner,
            experiment.Id,
            read => read with { EndedAt = _host.Time.GetUtcNow() },
            default
        );
        await ReleaseAsync();
        Assert.Equal(120, await BytesAsync(run));

        await _host.Client.TerminateInstanceAsync(experiment.InstanceId, "ended");
        await _host.Client.WaitForInstanceCompletionAsync(experiment.InstanceId);
        await ReleaseAsync();
        Assert.Equal(0, await BytesAsync(run));
    }

    [Fact]
    public async Task A_deletion_that_was_cut_short_is_finished_and_keeps_its_time()
    {
        var run = await CompletedAsync(hoursAgo: 2, bytes: 120);
        var cut = _host.Time.GetUtcNow() - TimeSpan.FromMinutes(5);
        await _runs.ChangeAsync(run.Id, read => read with { ModelReleasedAt = cut }, default);

        await ReleaseAsync();

        Assert.Equal(0, await BytesAsync(run));
        Assert.Equal(cut, (await _host.RecordAsync(run.Id)).ModelReleasedAt);
    }

    [Fact]
    public async Task Who_asks_for_one_that_went_is_told_when_it_went_and_where_it_is()
    {
        var run = await CompletedAsync(hoursAgo: 2, bytes: 120);
        await ReleaseAsync();

        var stored = await AskToStoreAsync(run);
        var downloaded = await AskForZipAsync(run);

        var words =
            $"The service's disk ran short, so it deleted its copy of this run's model at {_host.Time.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ}. "
            + $"The model is in the results bucket 'digits-results', below {run.Id}/model/.";
        Assert.Equal(
            (409, true, true),
            (stored.Status, stored.Body.Contains("\"model_released\""), Says(stored, words))
        );
        Assert.Equal(404, downloaded.Status);
        Assert.True(Says(downloaded, words), downloaded.Body);
    }

    [Fact]
    public async Task A_run_that_wrote_no_model_is_not_told_of_a_disk()
    {
        var run = await CompletedAsync(hoursAgo: 2, bytes: 0);
        await CompletedAsync(hoursAgo: 1, bytes: 120);
        await ReleaseAsync();

        var (status, body) = await AskToStoreAsync(run);

        Assert.Equal((409, true), (status, body.Contains("\"model_missing\"", StringComparison.Ordinal)));
        Assert.Null((await _host.RecordAsync(run.Id)).ModelReleasedAt);
    }

    private static bool Says((int Status, string Body) answer, string words) =>
        answer.Body.Replace("\\u0027", "'", StringComparison.Ordinal).Contains(words, StringComparison.Ordinal);

    private async Task ReleaseAsync()
    {
        var models = new KeptModelCleanup(_runs, _blobs, new Disk(_blobs), _repository);
        var timer = new ReleaseKeptModels(
            models,
            _host.Get<IRecordStore<ExperimentRun>>(),
            NullLogger<ReleaseKeptModels>.Instance
        );
        await timer.RunAsync(null!, _host.Client, default);
    }

    private async Task<(int Status, string Body)> AskToStoreAsync(TrainingRun run)
    {
        var request = RunsHost.Request(
            new UserCaller(run.Owner, IsOperator: false, new string('0', 64), HasToken: false)
        );
        var answer = await _host
            .Make<StoreModel>()
            .StoreAsync(request, run.Id.ToString(), _host.Client, CancellationToken.None);
        return await ReadAsync(request.HttpContext, () => answer.ExecuteAsync(request.HttpContext));
    }

    private async Task<(int Status, string Body)> AskForZipAsync(TrainingRun run)
    {
        var request = RunsHost.Request(
            new UserCaller(run.Owner, IsOperator: false, new string('0', 64), HasToken: false)
        );
        var downloads = _host.Make<FfdlDownloads>();
        return await ReadAsync(
            request.HttpContext,
            () => downloads.TrainedModelAsync(request, run.Id.ToString(), CancellationToken.None)
        );
    }

    private async Task<(int Status, string Body)> ReadAsync(HttpContext http, Func<Task> answer)
    {
        using var body = new MemoryStream();
        http.RequestServices = _host.Services;
        http.Response.Body = body;
        await answer();
        return (http.Response.StatusCode, Encoding.UTF8.GetString(body.ToArray()));
    }

    private async Task StartOrchestrationAsync(string instance)
    {
        await _host.Client.ScheduleNewOrchestrationInstanceAsync(
            nameof(TrainingRunOrchestrator),
            input: null,
            new StartOrchestrationOptions(instance)
        );
        await _host.Client.WaitForInstanceStartAsync(instance);
    }

    private async Task<TrainingRun> CompletedAsync(int hoursAgo, int bytes, ExperimentRun? experiment = null)
    {
        var end = _host.Time.GetUtcNow() - TimeSpan.FromHours(hoursAgo);
        var queued = SampleRuns.New(end - TimeSpan.FromMinutes(1));
        var run = queued with
        {
            Attempt = 1,
            History = [.. queued.History, new PhaseEntry { Phase = RunPhase.Completed, At = end }],
            Trial = experiment is null
                ? null
                : new RunTrial
                {
                    ExperimentId = experiment.ExperimentId,
                    ExperimentRunId = experiment.Id,
                    Reference = "model",
                    Number = 1,
                },
        };
        Assert.True(await _runs.CreateAsync(run, default));
        if (bytes > 0)
        {
            using var content = new MemoryStream(new byte[bytes]);
            await _blobs.PutAsync(
                BlobName.Parse(RunBlobs.ModelPrefix(run.Id, run.Attempt) + "weights"),
                content,
                null,
                default
            );
        }
        return run;
    }

    private Task<ModelCopy> CopyAsync(TrainingRun run) =>
        _repository.CopyAsync(run, new ModelCopy(), TimeSpan.MaxValue, default);

    private async Task<long> BytesAsync(TrainingRun run) =>
        (await _blobs.ListAsync(RunBlobs.Prefix(run.Id), default).ToListAsync()).Sum(blob => blob.Bytes);

    private sealed class Disk(IBlobStore blobs) : IBlobSpace
    {
        public BlobSpace Read() =>
            new(200 - blobs.ListAsync("runs/", default).ToBlockingEnumerable().Sum(blob => blob.Bytes), 50);
    }
}
