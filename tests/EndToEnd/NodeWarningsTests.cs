using System.Text.Json;
using Trainyard.Contracts.Runs;
using Trainyard.EndToEnd.Harness;
using Trainyard.Tests.Shared;

namespace Trainyard.EndToEnd;

/// <summary>
/// What an operator is told where they look: nodes without a sandbox, where owners are not thrown together unasked, and nodes
/// that are out of order.
/// </summary>
public sealed class NodeWarningsTests : IDisposable
{
    private readonly Model _model = new();
    private readonly TemporaryFolder _programs = new();

    public void Dispose()
    {
        _model.Dispose();
        _programs.Dispose();
    }

    [Fact]
    public async Task It_is_on_the_console_and_in_an_operator_s_health_and_several_owners_wait()
    {
        await using var service = await Service.Start(("PATH", PathWithoutBubblewrap()));
        service.Bucket("data");
        service.Bucket("results");

        var first = await service.Bx.Train(_model.Folder, _model.Manifest("true"));
        Assert.Equal(RunState.Completed, (await service.WaitForEnd(first)).Entity.Status.State);
        Assert.Contains(service.Messages, line => line.Contains("runs commands without a sandbox"));
        Assert.Contains("runs commands without a sandbox", Assert.Single(await WarningsAsync(service)));
        Assert.Equal("{\"status\":\"ok\"}", await service.Http.GetStringAsync(new Uri("health", UriKind.Relative)));

        // What was found about owners holds for half a minute: a restart asks anew.
        await service.KeyFor("somebody-else");
        await service.KillEverything();
        await service.Start();
        var second = await service.Bx.Train(_model.Folder, _model.Manifest("true"));
        await Eventually.Be(
            "the operator is told",
            async () => (await WarningsAsync(service)).Any(w => w.Contains("gets no runs: it has no sandbox")),
            TimeSpan.FromSeconds(60)
        );

        Assert.Equal(RunState.Pending, (await service.Run(second)).Entity.Status.State);
        Assert.Contains(service.Messages, line => line.Contains("set Agent__Sandbox=none"));
    }

    [Fact]
    public async Task Chosen_by_name_it_takes_the_runs_of_all_owners()
    {
        await using var service = await Service.Start(("Agent__Sandbox", "none"));
        service.Bucket("data");
        service.Bucket("results");
        await service.KeyFor("somebody-else");

        var id = await service.Bx.Train(_model.Folder, _model.Manifest("true"));

        Assert.Equal(RunState.Completed, (await service.WaitForEnd(id)).Entity.Status.State);
        Assert.Contains("runs commands without a sandbox", Assert.Single(await WarningsAsync(service)));
    }

    [Fact]
    public async Task A_node_whose_GPUs_are_out_of_order_is_an_operator_s_concern_too()
    {
        await using var service = await Service.Start(
            ("PATH", PathWith("nvidia-smi", "echo the driver is ill >&2; exit 9"))
        );
        service.Bucket("data");
        service.Bucket("results");

        var run = await service.Bx.Train(_model.Folder, _model.Manifest("true"));
        const string expected = "is out of order and takes no runs: nvidia-smi ended with 9: the driver is ill";
        await Eventually.Be(
            "the operator is told",
            async () => (await WarningsAsync(service)).Any(w => w.EndsWith(expected, StringComparison.Ordinal)),
            TimeSpan.FromSeconds(60)
        );

        Assert.Equal(RunState.Pending, (await service.Run(run)).Entity.Status.State);
        Assert.Contains(service.Messages, line => line.Contains(expected));
    }

    private string PathWithoutBubblewrap() => PathWith("bwrap", "echo no namespaces here >&2; exit 1");

    private string PathWith(string name, string script)
    {
        var program = _programs.Write(name, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(program, File.GetUnixFileMode(program) | UnixFileMode.UserExecute);
        return $"{_programs.Path}:{Environment.GetEnvironmentVariable("PATH")}";
    }

    private static async Task<IReadOnlyList<string>> WarningsAsync(Service service)
    {
        using var client = service.Client();
        var health = JsonDocument.Parse(await client.GetStringAsync(new Uri("health", UriKind.Relative)));
        return health.RootElement.TryGetProperty("warnings", out var warnings)
            ? [.. warnings.EnumerateArray().Select(w => w.GetString()!)]
            : [];
    }
}
