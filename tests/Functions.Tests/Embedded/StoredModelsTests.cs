using System.Text;
using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Core.Models;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Functions.Tests;

/// <summary>Stored models: copied in steps, listed by their records.</summary>
public sealed class StoredModelsTests : IAsyncLifetime
{
    // With no time left, each step copies one batch.
    private static readonly TimeSpan Least = TimeSpan.FromTicks(-1);

    private RunsHost _host = null!;
    private ModelRepository _repository = null!;
    private IBlobStore _blobs = null!;

    public async Task InitializeAsync()
    {
        _host = await RunsHost.StartAsync();
        _repository = _host.Get<ModelRepository>();
        _blobs = _host.Get<IBlobStore>();
    }

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task A_model_is_copied_in_steps_and_can_be_used_after_the_last()
    {
        var run = await RunWithModelAsync(files: 9);
        var model = await _repository.BeginAsync(run, "digits", default);
        Assert.True(model!.IsBeingStored);
        Assert.Equal(model, await _repository.BeginAsync(run, "another", default));

        var copy = new ModelCopy();
        var steps = 0;
        for (; !copy.IsWhole; steps++)
        {
            copy = await _repository.CopyAsync(run, copy, Least, default);
        }
        await _repository.CompleteAsync(run, copy, default);

        Assert.Equal(4, steps);
        var stored = await _repository.FindAsync(run.Owner, model.Id, default);
        Assert.Equal((false, 9, 18L), (stored!.IsBeingStored, stored.Files, stored.Bytes));
        Assert.Equal(Enumerable.Range(0, 9).Select(i => $"w{i}"), await TextsAsync(ModelRepository.FilesOf(stored)));
    }

    [Fact]
    public async Task A_step_that_is_done_twice_changes_nothing()
    {
        var run = await RunWithModelAsync(files: 5);
        await _repository.BeginAsync(run, null, default);

        var once = await _repository.CopyAsync(run, new ModelCopy(), Least, default);
        var twice = await _repository.CopyAsync(run, new ModelCopy(), Least, default);

        Assert.Equal(once, twice);
        Assert.Equal((4, 8L), (once.Files, once.Bytes));
    }

    [Fact]
    public async Task One_that_is_deleted_while_it_is_copied_stays_deleted()
    {
        var run = await RunWithModelAsync(files: 1);
        var model = await _repository.BeginAsync(run, null, default);
        var copy = await _repository.CopyAsync(run, new ModelCopy(), TimeSpan.MaxValue, default);

        await _repository.DeleteAsync(model!, default);
        await _repository.CompleteAsync(run, copy, default);

        Assert.Null(await _repository.FindAsync(run.Owner, model!.Id, default));
        Assert.Empty(await TextsAsync(ModelRepository.FilesOf(model)));
    }

    [Fact]
    public async Task A_run_without_a_model_has_nothing_to_store() =>
        Assert.Null(await _repository.BeginAsync(await RunWithModelAsync(files: 0), null, default));

    [Fact]
    public async Task What_an_earlier_version_stored_is_found_listed_and_deleted()
    {
        var run = await RunWithModelAsync(files: 0);
        var old = new
        {
            Id = Guid.Parse("19db0ae7-3a9d-44e7-8e9d-fce3f4f8e0eb"),
            run.Owner,
            RunId = run.Id,
            Name = "old",
            Type = "python-3",
            StoredAt = _host.Time.GetUtcNow(),
            Files = 1,
            Bytes = 2,
        };
        var folder = $"repository/{run.Owner}/{old.Id}/";
        await PutAsync(folder + "model.json", JsonSerializer.Serialize(old, WireJson.Options));
        // A model file with the same name as a record.
        await PutAsync(folder + "files/model.json", "{}");

        var found = await _repository.FindAsync(run.Owner, old.Id, default);
        Assert.Equal(("old", false), (found!.Name, found.IsBeingStored));
        Assert.Equal([found], await _repository.ListAsync(run.Owner, default));
        await _repository.DeleteAsync(found, default);

        Assert.Null(await _repository.FindAsync(run.Owner, old.Id, default));
        Assert.Empty(await _repository.ListAsync(run.Owner, default));
        Assert.Empty(await TextsAsync(folder));
    }

    private async Task<TrainingRun> RunWithModelAsync(int files)
    {
        var run = await _host.RecordAsync((await _host.QueuedAsync()).Id);
        for (var i = 0; i < files; i++)
        {
            await PutAsync($"{RunBlobs.ModelPrefix(run.Id, run.Attempt)}part-{i}", $"w{i}");
        }
        return run;
    }

    private async Task PutAsync(string name, string text)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(text));
        await _blobs.PutAsync(BlobName.Parse(name), content, null, default);
    }

    private async Task<List<string>> TextsAsync(string prefix)
    {
        var texts = new List<string>();
        await foreach (var blob in _blobs.ListAsync(prefix, default))
        {
            using var reader = new StreamReader((await _blobs.OpenReadAsync(blob.Name, 0, null, default))!);
            texts.Add(await reader.ReadToEndAsync());
        }
        return texts;
    }
}
