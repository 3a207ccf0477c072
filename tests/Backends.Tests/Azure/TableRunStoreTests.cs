using Azure.Data.Tables;
using Trainyard.Backends.Azure.Runs;
using Trainyard.Backends.Tests.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Tests.Shared;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Backends.Tests.OnAzure;

/// <summary>Records by identity, as on Azure.</summary>
[Collection(AzureIdentityTests.Name)]
public sealed class TableRunStoreByIdentityTests(SecureAzuriteServer server) : RunStoreContract
{
    private TableRunStore _store = null!;

    protected override IRunStore Store => _store;

    public override async Task InitializeAsync() =>
        _store = new TableRunStore(await new TestStorage(server, new TestIdentity()).TableAsync(), TimeProvider.System);
}

[Collection(AzureStorageTests.Name)]
public sealed class TableRunStoreTests(AzuriteServer server) : RunStoreContract
{
    private TableClient _table = null!;
    private TableRunStore _store = null!;

    protected override IRunStore Store => _store;

    public override async Task InitializeAsync()
    {
        _table = await new TestStorage(server).TableAsync();
        _store = new TableRunStore(_table, TimeProvider.System);
    }

    [Fact]
    public async Task A_record_larger_than_a_column_comes_back_whole()
    {
        var command = new string('ä', 150_000);
        var run = SampleRuns.New() with { Manifest = SampleRuns.Manifest with { Command = command } };

        await _store.CreateAsync(run, default);

        Assert.Equal(command, (await _store.GetAsync(run.Id, default))!.Run.Manifest.Command);
    }

    [Fact]
    public async Task A_create_that_was_cut_short_reads_as_nothing_and_can_be_made_again()
    {
        var run = SampleRuns.New();
        await new RunPointers(_table).ClaimAsync(run, before: null, default);
        Assert.Null(await _store.GetAsync(run.Id, default));
        Assert.Empty((await _store.QueryAsync(new RunQuery(), default)).Runs);
        var later = SampleRuns.New(run.SubmittedAt.AddHours(1), id: run.Id);

        Assert.True(await _store.CreateAsync(later, default));

        Assert.Equal(later.SubmittedAt, (await _store.GetAsync(run.Id, default))!.Run.SubmittedAt);
        Assert.Single((await _store.QueryAsync(new RunQuery { Owner = run.Owner }, default)).Runs);
    }

    [Fact]
    public async Task Of_many_creates_of_one_id_at_once_one_is_kept()
    {
        var id = RunId.New();
        var runs = Enumerable.Range(0, 8).Select(i => SampleRuns.New(DateTimeOffset.UnixEpoch.AddSeconds(i), id: id));

        var created = await Task.WhenAll(runs.Select(run => Task.Run(() => _store.CreateAsync(run, default))));

        Assert.Single(created, isNew => isNew);
        Assert.Single((await _store.QueryAsync(new RunQuery { Owner = SampleRuns.New().Owner }, default)).Runs);
        Assert.NotNull(await _store.GetAsync(id, default));
    }

    [Fact]
    public async Task Nothing_is_left_of_a_deleted_run()
    {
        var run = SampleRuns.New();
        await _store.CreateAsync(run, default);
        await _store.ChangeAsync(
            run.Id,
            r => r.MoveTo(RunPhase.Failed, RunReason.CommandFailed(1), r.SubmittedAt.AddHours(1)),
            default
        );

        await _store.DeleteAsync(run.Id, default);

        Assert.Empty(await RowsAsync());
    }

    [Fact]
    public async Task A_run_is_in_one_index_at_a_time()
    {
        var run = SampleRuns.New();
        await _store.CreateAsync(run, default);
        Assert.Single(await RowsAsync(), row => row.PartitionKey == RunKeys.Live);

        await _store.ChangeAsync(
            run.Id,
            r => r.MoveTo(RunPhase.Halted, RunReason.CanceledByOwner, r.SubmittedAt.AddHours(1)),
            default
        );

        Assert.DoesNotContain(await RowsAsync(), row => row.PartitionKey == RunKeys.Live);
        Assert.Single(await RowsAsync(), row => row.PartitionKey == RunKeys.Ended);
    }

    private async Task<List<TableEntity>> RowsAsync()
    {
        var rows = new List<TableEntity>();
        await foreach (var row in _table.QueryAsync<TableEntity>("PartitionKey ge ''"))
        {
            rows.Add(row);
        }
        return rows;
    }
}
