using Trainyard.Backends.Tests.Contracts;
using Trainyard.Core.Runs;

namespace Trainyard.Backends.Tests.Embedded;

public sealed class SqliteRunStoreTests : RunStoreContract
{
    private readonly EmbeddedHome home = new();

    protected override IRunStore Store => home.Runs;

    public override Task DisposeAsync()
    {
        home.Dispose();
        return Task.CompletedTask;
    }
}
