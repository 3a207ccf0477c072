using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Trainyard.Runtime.Engine.Instances;
using Trainyard.Runtime.Engine.Storage;
using Trainyard.Storage.Sqlite;
using Trainyard.Tests.Shared;

namespace Trainyard.Runtime.Tests.Durable.Engine;

/// <summary>An instance that cannot be taken up again is told, tried again, and at last ended; the others go on.</summary>
public sealed class StuckInstanceTests : EngineTest
{
    private readonly ManualTime _time = new();
    private readonly MemoryLog _log = new();

    [Fact]
    public async Task One_whose_history_is_damaged_ends_as_failed_and_its_neighbour_goes_on()
    {
        var (stuck, sound) = await DamagedAsync();
        var host = await StartAsync();
        var client = ClientOf(host);

        await client.RaiseEventAsync(sound, "Go", "on", Patience);
        await client.RaiseEventAsync(stuck, "Go", "on", Patience);
        Assert.Equal("on", (await client.WaitForInstanceCompletionAsync(sound, true, Patience)).ReadOutputAs<string>());
        for (var tries = 1; tries < InstanceFailures.MostTries; tries++)
        {
            await FailuresAsync(tries);
            _time.Advance(InstanceFailures.PauseAfter(tries));
        }

        var ended = await client.WaitForInstanceCompletionAsync(stuck, true, Patience);
        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.NotEmpty(ended.FailureDetails!.ErrorMessage);
        Assert.Contains(Lines, line => line.Contains($"{stuck} keeps failing and is ended", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_whose_history_is_mended_in_time_goes_on()
    {
        var (stuck, _) = await DamagedAsync();
        var host = await StartAsync();
        await ClientOf(host).RaiseEventAsync(stuck, "Go", "on", Patience);
        await FailuresAsync(1);

        Execute("UPDATE history SET data = (SELECT data FROM kept WHERE kept.seq = history.seq)");
        _time.Advance(InstanceFailures.PauseAfter(1));

        var ended = await ClientOf(host).WaitForInstanceCompletionAsync(stuck, true, Patience);
        Assert.Equal("on", ended.ReadOutputAs<string>());
    }

    private IEnumerable<string> Lines => _log.LinesOf("Trainyard.Durable");

    private async Task<(string Stuck, string Sound)> DamagedAsync()
    {
        var first = await StartAsync();
        var stuck = await StartedAsync(first, "Waits");
        var sound = await StartedAsync(first, "Waits");
        await StopAsync(first);
        Execute("CREATE TABLE kept AS SELECT * FROM history");
        Execute($"UPDATE history SET data = x'ff' WHERE seq = (SELECT seq FROM instances WHERE id = '{stuck}')");
        return (stuck, sound);
    }

    private void Execute(string sql)
    {
        using var database = SqliteConnection.Open(Folder.File("Trainyard.db"), readOnly: false);
        database.Execute(sql);
    }

    private Task FailuresAsync(int count) =>
        Eventually.Be(
            $"the instance has failed {count} times",
            () => Lines.Any(line => line.Contains($"failed, {count} times now", StringComparison.Ordinal)),
            TimeSpan.FromSeconds(60),
            () => string.Join('\n', Lines)
        );

    private Task<IHost> StartAsync() =>
        StartAsync(
            tasks => tasks.AddOrchestratorFunc("Waits", context => context.WaitForExternalEvent<string>("Go")),
            services: services => services.AddSingleton<TimeProvider>(_time).AddSingleton<ILoggerProvider>(_log)
        );
}
