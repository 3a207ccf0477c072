using System.Text.Json;
using Trainyard.Contracts.Runs;
using Trainyard.EndToEnd.Harness;
using Trainyard.Tests.Shared;

namespace Trainyard.EndToEnd;

/// <summary>A machine without bubblewrap: the operator is told where they look, and owners are not thrown together unasked.</summary>
public sealed class NoSandboxTests : IDisposable
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

    private string PathWithoutBubblewrap()
    {
        var program = _programs.Write("bwrap", "#!/bin/sh\necho no namespaces here >&2\nexit 1\n");
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
