using System.Security.Cryptography;
using System.Text;
using Azure.Storage.Blobs;
using Microsoft.AspNetCore.DataProtection;
using Trainyard.Backends.Secrets;
using Trainyard.Backends.Tests.Contracts;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;

namespace Trainyard.Backends.Tests.OnAzure;

[Collection(AzureStorageTests.Name)]
[Trait("Category", "AzureFlavour")]
public sealed class ProtectedSecretStoreTests(AzuriteServer server) : SecretStoreContract
{
    private BlobContainerClient container = null!;
    private ProtectedSecretStore store = null!;

    protected override ISecretStore Store => store;

    public override async Task InitializeAsync()
    {
        container = await new TestStorage(server).ContainerAsync();
        store = new ProtectedSecretStore(container, new EphemeralDataProtectionProvider());
    }

    [Fact]
    public async Task No_secret_is_readable_in_the_storage()
    {
        var id = RunId.New();

        await store.PutAsync(id, Secrets(), default);

        var content = (await container.GetBlobClient(id.ToString()).DownloadContentAsync()).Value.Content;
        Assert.DoesNotContain(SecretKey, Encoding.Latin1.GetString(content.ToArray()));
    }

    [Fact]
    public async Task Another_runs_secrets_do_not_open()
    {
        var (own, other) = (RunId.New(), RunId.New());
        await store.PutAsync(own, Secrets(), default);
        var content = (await container.GetBlobClient(own.ToString()).DownloadContentAsync()).Value.Content;
        await container.GetBlobClient(other.ToString()).UploadAsync(content);

        await Assert.ThrowsAnyAsync<CryptographicException>(() => store.GetAsync(other, default));
    }
}
