using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Functions.Agents;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Tests;

/// <summary>A run of one GPU may be run by a node that has none: it has used no GPU then.</summary>
public sealed class GpuTimeTests : IAsyncLifetime
{
    private RunsHost _host = null!;

    public async Task InitializeAsync() => _host = await RunsHost.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 60)]
    // No attempt holds more than its run asked for.
    [InlineData(99, 60)]
    [InlineData(-1, 0)]
    // An older agent does not say.
    [InlineData(null, 60)]
    public async Task It_counts_the_GPUs_that_the_attempt_held(int? held, double seconds)
    {
        var run = await _host.QueuedAsync();
        Assert.Equal(1, run.Manifest.Compute.Gpus);
        var began = _host.Time.GetUtcNow();
        _host.Time.Advance(TimeSpan.FromMinutes(1));
        var lease = await _host.LeaseAsync();
        var report = new CompletionReport
        {
            Outcome = AttemptOutcome.Succeeded,
            Gpus = held,
            LeasedAt = began,
            FinishedAt = _host.Time.GetUtcNow(),
            StagedFiles = 0,
            StagedBytes = 0,
        };
        var caller = new LeaseCaller(lease, await _host.Queue.RenewAsync(lease, extend: null, default));
        var request = RunsHost.Request(caller, JsonSerializer.Serialize(report, WireJson.Options));

        await _host.Make<AttemptReports>().CompletionAsync(request, _host.Client, default);

        Assert.Equal(seconds, (await _host.RecordAsync(run.Id)).Usage.GpuSeconds);
    }
}
