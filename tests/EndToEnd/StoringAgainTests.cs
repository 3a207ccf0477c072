using System.Net;
using System.Text;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.EndToEnd.Harness;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.EndToEnd;

/// <summary>What a run left and its bucket did not take is kept, and stored when its owner asks for it.</summary>
public sealed class StoringAgainTests(SwiftServer swift) : IClassFixture<SwiftServer>, IAsyncLifetime
{
    private readonly Model _model = new();
    private readonly Gate _gate = new();
    private Service _service = null!;

    public async Task InitializeAsync()
    {
        _service = await Service.Start();
        _service.Bucket("data");
        _service.Bucket("results");
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        _gate.Dispose();
        _model.Dispose();
    }

    [Fact]
    public async Task Results_that_a_bucket_refused_are_stored_when_it_takes_them()
    {
        var id = await _service.Bx.Train(_model.Folder, Manifest());
        using var held = await _gate.Arrival();
        var early = await StoreAsync(id);
        // A bucket that is only missing is made.
        var bucket = _service.Bucket("results");
        Directory.Delete(bucket, recursive: true);
        await File.WriteAllTextAsync(bucket, "");
        await held.LetGo();
        var failed = await _service.WaitForEnd(id);

        Assert.Equal(RunState.Error, failed.Entity.Status.State);
        Assert.Equal("store_invalid", failed.Entity.Status.Reason!.Code);
        Assert.Contains("In the place of the bucket 'results'", failed.Entity.Status.Reason.Message);
        Assert.True(failed.Entity.Status.CanStoreResults);
        Assert.Equal(7, early.ExitCode);
        var shown = await _service.Bx.Run("ml", "show", "training-runs", id);
        Assert.Contains($"none stored; 'bx ml store results {id}' tries again", shown.ToString());

        Assert.Equal(0, (await StoreAsync(id)).ExitCode);
        var refused = await _service.WaitForEnd(id);
        File.Delete(bucket);
        _service.Bucket("results");
        var again = await StoreAsync(id);
        var completed = await _service.WaitForEnd(id);
        var late = await StoreAsync(id);

        Assert.Equal(failed.Entity.Status.Reason!.Code, refused.Entity.Status.Reason!.Code);
        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.Equal(RunState.Completed, completed.Entity.Status.State);
        Assert.Equal("forty-two\n", await File.ReadAllTextAsync(Path.Combine(bucket, id, "model/answer.txt")));
        Assert.Contains("begun", await File.ReadAllTextAsync(Path.Combine(bucket, id, "learner-1/training-log.txt")));
        Assert.Equal(7, late.ExitCode);
        Assert.Contains("The results are in 'results' already", late.ToString());
    }

    [RequiresSwiftFact]
    public async Task Other_credentials_than_the_manifest_s_store_them_and_wrong_ones_do_not()
    {
        using var client = await SwiftClient.Login(swift);
        await client.PutContainer("again");
        var id = await _service.Bx.Train(_model.Folder, S3Manifest());
        using var held = await _gate.Arrival();
        await client.Delete("again");
        await held.LetGo();
        var failed = await _service.WaitForEnd(id);
        await client.PutContainer("again");

        Assert.Equal("results_bucket_not_found", failed.Entity.Status.Reason!.Code);
        Assert.Equal(HttpStatusCode.BadRequest, await PutAsync(id, "{}"));
        Assert.Equal(HttpStatusCode.BadRequest, await PutAsync(id, """{"access_key":"x"}"""));
        Assert.Equal(HttpStatusCode.NotFound, await PutAsync(id, """{"secret":"lab"}"""));
        Assert.Equal(HttpStatusCode.Accepted, await PutAsync(id, Credentials("wrong")));
        var refused = await _service.WaitForEnd(id);
        Assert.Equal("store_denied", refused.Entity.Status.Reason!.Code);

        await KeepSecretAsync();
        Assert.Equal(HttpStatusCode.Accepted, await PutAsync(id, """{"secret":"lab"}"""));
        var completed = await _service.WaitForEnd(id);

        Assert.Equal(RunState.Completed, completed.Entity.Status.State);
        Assert.Equal("forty-two\n", await client.Get("again", $"{id}/model/answer.txt"));
    }

    private Task<BxResult> StoreAsync(string id) => _service.Bx.Run("ml", "store", "results", id);

    private async Task<HttpStatusCode> PutAsync(string id, string body)
    {
        using var http = _service.Client();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await http.PutAsync(new Uri($"v3/models/{id}/results", UriKind.Relative), content);
        return answer.StatusCode;
    }

    private async Task KeepSecretAsync()
    {
        using var http = _service.Client();
        using var content = new StringContent(Credentials(swift.Owner.SecretKey), Encoding.UTF8, "application/json");
        using var answer = await http.PutAsync(new Uri("v3/secrets/lab", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    private string Credentials(string secret) =>
        $$"""{"access_key_id":"{{swift.Owner.AccessKey}}","secret_access_key":"{{secret}}"}""";

    private string Manifest() =>
        _model.Manifest(
            $"""
            echo begun
            mkdir -p "$RESULT_DIR/model"
            echo forty-two >"$RESULT_DIR/model/answer.txt"
            python3 gate.py {_gate.Port} training
            """
        );

    private string S3Manifest()
    {
        var connection = $"""
              connection:
                endpoint_url: {swift.Endpoint}
                access_key_id: {swift.Owner.AccessKey}
                secret_access_key: {swift.Owner.SecretKey}
            """;
        var text = File.ReadAllText(Manifest());
        var results = text.IndexOf("training_results", StringComparison.Ordinal);
        return _model.File(
            "s3.yaml",
            text[..results]
                + text[results..]
                    .Replace("  type: file", $"  type: s3\n{connection}")
                    .Replace("bucket: results", "bucket: again")
        );
    }
}
