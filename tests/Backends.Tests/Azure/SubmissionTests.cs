using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using Trainyard.Backends.Azure.Blobs;
using Trainyard.Backends.Azure.Dispatch;
using Trainyard.Backends.Azure.Runs;
using Trainyard.Backends.Azure.Secrets;
using Trainyard.Backends.Tests.Contracts;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Backends.Tests.OnAzure;

[Collection(AzureStorageTests.Name)]
public sealed class SubmissionTests(AzuriteServer server) : SubmissionContract
{
    private BlobContainerClient kept = null!;
    private TableRunStore runs = null!;
    private BlobBlobStore blobs = null!;
    private ProtectedSecretStore secrets = null!;
    private TableDispatchQueue queue = null!;

    protected override IRunStore Runs => runs;

    protected override IBlobStore Blobs => blobs;

    protected override ISecretStore Secrets => secrets;

    protected override IDispatchQueue Queue => queue;

    public override async Task InitializeAsync()
    {
        kept = await new TestStorage(server).ContainerAsync();
        secrets = new ProtectedSecretStore(kept, new EphemeralDataProtectionProvider());
        blobs = new BlobBlobStore(await new TestStorage(server).ContainerAsync());
        runs = new TableRunStore(await new TestStorage(server).TableAsync(), TimeProvider.System);
        queue = new TableDispatchQueue(
            await new TestStorage(server).TableAsync(),
            TimeProvider.System,
            Options.Create(new PoolOptions())
        );
    }

    public override Task DisposeAsync()
    {
        queue.Dispose();
        return Task.CompletedTask;
    }

    protected override async Task<int> CountSecretsAsync()
    {
        var count = 0;
        await foreach (var _ in kept.GetBlobsAsync(BlobTraits.None, BlobStates.None, "runs/", default))
            count++;
        return count;
    }
}
