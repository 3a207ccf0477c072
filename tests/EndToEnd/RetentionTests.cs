using System.Net;
using Trainyard.EndToEnd.Harness;
using Trainyard.Tests.Shared;

namespace Trainyard.EndToEnd;

/// <summary>What ended long ago is purged with everything that belongs to it; the user's bucket is not the service's.</summary>
public sealed class RetentionTests : IAsyncLifetime
{
    private readonly Model _model = new();
    private Service _service = null!;

    public async Task InitializeAsync()
    {
        _service = await Service.Start(("Retention__Period", "00:00:01"));
        _service.Bucket("data");
        _service.Bucket("results");
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        _model.Dispose();
    }

    [Fact]
    public async Task The_purge_takes_a_run_that_ended_before_the_period_and_leaves_its_bucket()
    {
        var before = Blobs();
        var id = await _service.Bx.Train(_model.Folder, _model.Manifest("echo kept > \"$RESULT_DIR/kept.txt\""));
        await _service.WaitForEnd(id);

        using var client = _service.Client();
        await Eventually.Be(
            "the run is purged",
            async () =>
            {
                await FirePurge();
                using var answer = await client.GetAsync(new Uri($"v3/models/{id}", UriKind.Relative));
                return answer.StatusCode == HttpStatusCode.NotFound;
            },
            TimeSpan.FromSeconds(30)
        );

        await Eventually.Be("its blobs are gone", () => Blobs() == before, TimeSpan.FromSeconds(30));
        Assert.True(File.Exists(Path.Combine(_service.Bucket("results"), id, "kept.txt")), "The bucket was touched.");
    }

    private async Task FirePurge()
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri("admin/functions/PurgeExpiredRuns", UriKind.Relative)
        )
        {
            Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Add(
            "x-functions-key",
            (await File.ReadAllTextAsync(Path.Combine(_service.Home, "host.key"))).Trim()
        );
        using var answer = await _service.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    private int Blobs() =>
        Directory.GetFiles(Path.Combine(_service.Home, "blobs"), "*", SearchOption.AllDirectories).Length;
}
