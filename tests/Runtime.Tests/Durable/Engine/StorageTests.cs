using Microsoft.DurableTask;
using Trainyard.Runtime.Engine;
using Trainyard.Runtime.Engine.Storage;
using Trainyard.Storage.Sqlite;

namespace Trainyard.Runtime.Tests.Durable.Engine;

public sealed class StorageTests : EngineTest
{
    [Fact]
    public async Task A_newer_file_is_refused_and_not_touched()
    {
        await StopAsync(await StartAsync(AddNothing));
        var path = Folder.File("Trainyard.db");
        using (var database = SqliteConnection.Open(path, readOnly: false))
        {
            database.Execute($"PRAGMA user_version=999");
        }

        var before = await File.ReadAllBytesAsync(path);
        var refused = await Assert.ThrowsAsync<DurableStorageException>(() => StartAsync(AddNothing));

        Assert.Contains("newer version", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(path));
    }

    [Fact]
    public async Task A_second_engine_on_the_folder_is_told_who_has_it()
    {
        await StartAsync(AddNothing);

        var refused = await Assert.ThrowsAsync<DurableStorageException>(() => StartAsync(AddNothing));

        Assert.Contains("in use by another process", refused.Message, StringComparison.Ordinal);
        Assert.Contains(Environment.ProcessId.ToString(), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_folder_is_free_again_after_a_refusal_and_after_a_stop()
    {
        await StopAsync(await StartAsync(AddNothing));

        var host = await StartAsync(AddNothing);

        Assert.Equal("1", (await RunAsync(host, "One")).SerializedOutput);
    }

    [Fact]
    public async Task A_damaged_file_is_reported_as_such()
    {
        await File.WriteAllTextAsync(Folder.File("Trainyard.db"), new string('?', 8192));

        var refused = await Assert.ThrowsAsync<DurableStorageException>(() => StartAsync(AddNothing));

        Assert.Contains("is damaged", refused.Message, StringComparison.Ordinal);
    }

    private static void AddNothing(DurableTaskRegistry tasks) =>
        tasks.AddOrchestratorFunc("One", (TaskOrchestrationContext _) => 1);
}
