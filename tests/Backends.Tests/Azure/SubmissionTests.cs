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
    private BlobContainerClient _kept = null!;
    private TableRunStore _runs = null!;
    private BlobBlobStore _blobs = null!;
    private BlobSecretStore _secrets = null!;
    private TableDispatchQueue _queue = null!;

    protected override IRunStore Runs => _runs;

    protected override IBlobStore Blobs => _blobs;

    protected override ISecretStore Secrets => _secrets;

    protected override IDispatchQueue Queue => _queue;

    public override async Task InitializeAsync()
    {
        _kept = await new TestStorage(server).ContainerAsync();
        _secrets = new BlobSecretStore(_kept, new EphemeralDataProtectionProvider());
        _blobs = new BlobBlobStore(await new TestStorage(server).ContainerAsync());
        _runs = new TableRunStore(await new TestStorage(server).TableAsync(), TimeProvider.System);
        _queue = new TableDispatchQueue(
            new TablePool(await new TestStorage(server).TableAsync(), TimeProvider.System, new PoolOptions()),
            TimeProvider.System,
            Options.Create(new PoolOptions())
        );
    }

    protected override async Task<int> CountSecretsAsync()
    {
        var count = 0;
        await foreach (var _ in _kept.GetBlobsAsync(BlobTraits.None, BlobStates.None, "runs/", default))
        {
            count++;
        }
        return count;
    }
}
