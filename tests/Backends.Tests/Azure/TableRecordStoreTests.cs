using Azure.Data.Tables;
using Trainyard.Backends.Azure.Experiments;
using Trainyard.Backends.Tests.Contracts;
using Trainyard.Core.Experiments;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Backends.Tests.OnAzure;

[Collection(AzureStorageTests.Name)]
public sealed class TableRecordStoreTests(AzuriteServer server) : RecordStoreContract
{
    private TableClient _table = null!;

    protected override IRecordStore<ExperimentRun> Store =>
        new TableRecordStore<ExperimentRun>(_table, "experiment-run");

    protected override IRecordStore<Experiment> Others => new TableRecordStore<Experiment>(_table, "experiment");

    public override async Task InitializeAsync() => _table = await new TestStorage(server).TableAsync();
}
