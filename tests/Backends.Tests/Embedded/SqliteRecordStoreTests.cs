using Trainyard.Backends.Experiments;
using Trainyard.Backends.Tests.Contracts;
using Trainyard.Core.Experiments;

namespace Trainyard.Backends.Tests.Embedded;

public sealed class SqliteRecordStoreTests : RecordStoreContract
{
    private readonly EmbeddedHome _home = new();

    protected override IRecordStore<ExperimentRun> Store =>
        new SqliteRecordStore<ExperimentRun>(_home.Database, "experiment-run");

    protected override IRecordStore<Experiment> Others =>
        new SqliteRecordStore<Experiment>(_home.Database, "experiment");

    public override Task DisposeAsync()
    {
        _home.Dispose();
        return Task.CompletedTask;
    }
}
