using System.Net;
using System.Text;
using Trainyard.Contracts.Runs;
using Trainyard.EndToEnd.Harness;
using Trainyard.Tests.Shared;

namespace Trainyard.EndToEnd;

/// <summary>A service whose disk is full refuses what is new, says so, and goes on when there is room.</summary>
public sealed class FullDiskTests : IAsyncLifetime
{
    private readonly Model _model = new();
    private SmallDisk? _disk;
    private Service _service = null!;

    public async Task InitializeAsync()
    {
        if (SmallDisk.Missing is not null)
        {
            return;
        }
        _service = await Service.Start(home => _disk = SmallDisk.Mount(home, 100));
        _ = _service.Bucket("data");
        _ = _service.Bucket("results");
    }

    public async Task DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }
        _model.Dispose();
    }

    [RequiresSmallDiskFact]
    public async Task Results_that_do_not_fit_wait_with_a_reason_can_be_canceled_and_are_stored_when_there_is_room()
    {
        var manifest = _model.Manifest("""head -c 8500000 /dev/urandom >"$RESULT_DIR/model/w"; echo made""");
        var filler = _disk!.Fill(bytesLeft: 13_000_000);

        var first = await _service.Bx.Train(_model.Folder, manifest);
        var waiting = await _service.WaitForRun(
            first,
            run => run.Entity.Status.Reason?.Code == "staging_waits",
            "waits for room"
        );
        Assert.Contains("The service's disk is full.", waiting.Entity.Status.Reason!.Message);
        await RefusedAsync(manifest);
        using (var health = await _service.Http.GetAsync(new Uri("health", UriKind.Relative)))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
            Assert.Contains("insufficient_storage", await health.Content.ReadAsStringAsync());
        }
        Assert.Contains(_service.Messages, line => line.Contains("less than the reserve"));

        await _service.Bx.Run("ml", "cancel", "training-runs", first);
        Assert.Equal(RunState.Canceled, (await _service.WaitForEnd(first)).Entity.Status.State);
        await Eventually.Be("there is room for a submit", AcceptsAsync, TimeSpan.FromSeconds(30));

        var second = await _service.Bx.Train(_model.Folder, manifest);
        await _service.WaitForRun(second, run => run.Entity.Status.Reason?.Code == "staging_waits", "waits for room");
        File.Delete(filler);

        Assert.Equal(RunState.Completed, (await _service.WaitForEnd(second)).Entity.Status.State);
        Assert.Equal(8_500_000, new FileInfo(Path.Combine(_service.Bucket("results"), second, "model/w")).Length);
    }

    [RequiresSmallDiskFact]
    public async Task The_kept_model_of_a_completed_run_makes_room_and_stays_in_the_bucket()
    {
        var manifest = _model.Manifest("""head -c 15000000 /dev/urandom >"$RESULT_DIR/model/w" """);
        var first = await _service.Bx.Train(_model.Folder, manifest);
        await _service.WaitForEnd(first);
        // Less than the reserve is left, and a third file of this size would not fit either.
        _disk!.Fill(bytesLeft: 3_000_000);
        await RefusedAsync(manifest);

        await _service.Fire("ReleaseKeptModels");

        await _service.WaitForLine($"Deleted the kept model of {first}, 15000000 bytes");
        await Eventually.Be("there is room for a submit", AcceptsAsync, TimeSpan.FromSeconds(30));
        var second = await _service.Bx.Train(_model.Folder, _model.Manifest("true"));
        Assert.Equal(RunState.Completed, (await _service.WaitForEnd(second)).Entity.Status.State);
        var stored = await _service.Bx.Run("ml", "store", "training-runs", first);
        Assert.Equal(7, stored.ExitCode);
        Assert.Contains($"The model is in the results bucket 'results', below {first}/model/.", stored.ToString());
        var shown = await _service.Bx.Run("ml", "show", "training-runs", first);
        Assert.Contains("in the results only: the service's disk ran short", shown.ToString());
        Assert.Equal(15_000_000, new FileInfo(Path.Combine(_service.Bucket("results"), first, "model/w")).Length);
    }

    [RequiresSmallDiskFact]
    public async Task A_write_that_finds_no_room_says_so_and_works_when_there_is_some()
    {
        using var gate = new Gate();
        var id = await _service.Bx.Train(_model.Folder, _model.Manifest($"python3 gate.py {gate.Port} training"));
        using var held = await gate.Arrival();
        using var client = _service.Client();
        var filler = _disk!.Fill(bytesLeft: 0);

        for (var i = 0; i < 20; i++)
        {
            await AssertTakenOrNoRoomAsync(client, HttpMethod.Patch, $"v3/models/{id}", Cancel);
            await AssertTakenOrNoRoomAsync(client, HttpMethod.Post, "v3/keys", """{"owner":"bob"}""");
        }

        // The service frees some room now and then.
        await Eventually.Be(
            "a secret finds no room",
            async () =>
            {
                _disk.Fill(bytesLeft: 0);
                using var secret = await SendAsync(client, HttpMethod.Put, "v3/secrets/lab", """{"password":"x"}""");
                return secret.StatusCode is HttpStatusCode.InsufficientStorage;
            },
            TimeSpan.FromSeconds(60)
        );
        File.Delete(filler);
        using var canceled = await SendAsync(client, HttpMethod.Patch, $"v3/models/{id}", Cancel);
        Assert.True(canceled.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.Conflict, $"{canceled}");
        Assert.Equal(RunState.Canceled, (await _service.WaitForEnd(id)).Entity.Status.State);
    }

    private const string Cancel = """{"op":"replace","path":"/status/state","value":"canceled"}""";

    private static async Task AssertTakenOrNoRoomAsync(HttpClient client, HttpMethod method, string path, string body)
    {
        using var answer = await SendAsync(client, method, path, body);
        var text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode && answer.StatusCode != HttpStatusCode.Conflict)
        {
            Assert.Equal(HttpStatusCode.InsufficientStorage, answer.StatusCode);
            Assert.Contains("\"insufficient_storage\"", text);
            Assert.Contains("The service's disk is full.", text);
        }
    }

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient client,
        HttpMethod method,
        string path,
        string body
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await client.SendAsync(request);
    }

    private async Task RefusedAsync(string manifest)
    {
        var refused = await _service.Bx.Run("ml", "train", _model.Folder, manifest);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("The service's disk is full.", refused.ToString());
    }

    private async Task<bool> AcceptsAsync()
    {
        using var health = await _service.Http.GetAsync(new Uri("health", UriKind.Relative));
        return health.StatusCode == HttpStatusCode.OK;
    }
}
