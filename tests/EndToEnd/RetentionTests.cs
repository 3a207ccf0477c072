using System.Net;
using System.Text;
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

    [Fact]
    public async Task A_purged_run_is_in_no_database_after_a_clean_stop()
    {
        var text = await File.ReadAllTextAsync(_model.Manifest("echo COMMAND-52f3e1"));
        var manifest = _model.File("marked.yaml", $"{text}\nlabels:\n  a: LABEL-7d1c0b\nenv:\n  B: VALUE-90aa4e\n");
        var id = await _service.Bx.Train(_model.Folder, manifest);
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

        await _service.Stop();

        var databases = Directory.GetFiles(_service.Home, "*.db*", SearchOption.AllDirectories);
        Assert.True(databases.Length >= 2, string.Join(", ", databases));
        foreach (var file in databases)
        {
            var content = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file));
            foreach (var trace in new[] { id, "COMMAND-52f3e1", "LABEL-7d1c0b", "VALUE-90aa4e" })
            {
                Assert.False(content.Contains(trace, StringComparison.Ordinal), $"{trace} is in {file}.");
            }
        }
    }

    [Fact]
    public async Task A_run_whose_webhook_does_not_answer_can_be_deleted_while_it_is_tried_again()
    {
        var manifest = await File.ReadAllTextAsync(_model.Manifest("true"));
        var deaf = _model.File("deaf.yaml", $"{manifest}\nnotify:\n  url: http://127.0.0.1:{FreePort.Find()}/\n");
        var id = await _service.Bx.Train(_model.Folder, deaf);
        await _service.WaitForEnd(id);

        using var client = _service.Client();
        using var deleted = await client.DeleteAsync(new Uri($"v3/models/{id}", UriKind.Relative));

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var gone = await client.GetAsync(new Uri($"v3/models/{id}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    private Task FirePurge() => _service.Fire("PurgeExpiredRuns");

    private int Blobs() => FilesInUse.FilesBelow(Path.Combine(_service.Home, "blobs")).Count();
}
