using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.EndToEnd.Harness;

namespace Trainyard.EndToEnd;

/// <summary>Two owners on one service: to each, the other's runs do not exist.</summary>
public sealed class OwnersTests : IAsyncLifetime
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
    public async Task Neither_can_see_read_cancel_or_delete_the_other_s_runs()
    {
        var id = await _service.Bx.Train(_model.Folder, _model.Manifest($"python3 gate.py {_gate.Port} training"));
        using var held = await _gate.Arrival();
        var other = await _service.KeyFor("somebody-else");

        using var client = _service.Client(other);
        foreach (var request in Everything(id))
        {
            using var answer = await client.SendAsync(request);
            Assert.True(
                answer.StatusCode == HttpStatusCode.NotFound,
                $"{request.Method} {request.RequestUri}: {answer.StatusCode}"
            );
        }

        var list = await client.GetFromJsonAsync<RunListResource>(
            new Uri("v3/models", UriKind.Relative),
            WireJson.Options
        );
        Assert.Empty(list!.Resources);
        var shown = await _service.Bx.As(other).Run("ml", "show", "training-runs", id);
        Assert.NotEqual(0, shown.ExitCode);

        await held.LetGo();
        Assert.NotNull((await _service.WaitForEnd(id)).Entity.Status.FinishedAt);
    }

    [Fact]
    public async Task The_other_s_runs_are_as_unknown_as_ones_that_never_were()
    {
        var id = await _service.Bx.Train(_model.Folder, _model.Manifest("true"));
        using var client = _service.Client(await _service.KeyFor("somebody-else"));

        var theirs = await client.GetAsync(new Uri($"v3/models/{id}", UriKind.Relative));
        var nobodys = await client.GetAsync(new Uri("v3/models/training-aaaaaaaaa", UriKind.Relative));

        Assert.Equal(await Said(nobodys, "training-aaaaaaaaa"), await Said(theirs, id));
        await _service.WaitForEnd(id);
    }

    [Theory]
    [InlineData("key")]
    [InlineData("host.key")]
    [InlineData("agent/pool.key")]
    public void Keys_on_disk_are_readable_by_their_owner_only(string file)
    {
        var mode = File.GetUnixFileMode(Path.Combine(_service.Home, file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, mode);
    }

    private static IEnumerable<HttpRequestMessage> Everything(string id)
    {
        var run = $"v3/models/{id}";
        foreach (
            var path in new[]
            {
                run,
                $"{run}/definition",
                $"{run}/logs",
                $"{run}/logs?follow=true",
                $"{run}/metrics",
                $"{run}/files",
                $"{run}/files/address?path=_manifest.json",
            }
        )
        {
            yield return new(HttpMethod.Get, path);
        }

        yield return new(HttpMethod.Patch, run)
        {
            Content = new StringContent(
                """[{"op":"replace","path":"/status/state","value":"canceled"}]""",
                System.Text.Encoding.UTF8,
                "application/json-patch+json"
            ),
        };
        yield return new(HttpMethod.Put, $"{run}/ml_asset") { Content = JsonContent.Create(new { name = "mine" }) };
        yield return new(HttpMethod.Delete, run);
    }

    private static async Task<string> Said(HttpResponseMessage answer, string id)
    {
        var problem = JsonSerializer.Deserialize<Problem>(await answer.Content.ReadAsStringAsync(), WireJson.Options)!;
        return $"{(int)answer.StatusCode} {problem with { TraceId = null }}".Replace(id, "ID");
    }
}
