using System.Security.Cryptography;
using System.Text;
using Azure.Storage.Blobs;
using Microsoft.AspNetCore.DataProtection;
using Trainyard.Backends.Azure.Secrets;
using Trainyard.Backends.Tests.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Security;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Backends.Tests.OnAzure;

[Collection(AzureStorageTests.Name)]
public sealed class BlobSecretStoreTests(AzuriteServer server) : SecretStoreContract
{
    private BlobContainerClient _container = null!;
    private BlobSecretStore _store = null!;

    protected override ISecretStore Store => _store;

    public override async Task InitializeAsync()
    {
        _container = await new TestStorage(server).ContainerAsync();
        _store = new BlobSecretStore(_container, new EphemeralDataProtectionProvider());
    }

    [Fact]
    public async Task No_secret_is_readable_in_the_storage()
    {
        await _store.PutAsync(SubmissionKey.New(RunId.New()), Secrets(), default);
        await _store.PutAsync(Alice, Lab, Named(), default);

        await foreach (var blob in _container.GetBlobsAsync())
        {
            Assert.DoesNotContain(SecretKey, Encoding.Latin1.GetString((await ReadAsync(blob.Name)).ToArray()));
        }
    }

    [Fact]
    public async Task One_runs_blob_does_not_open_as_anothers()
    {
        var (own, other) = (SubmissionKey.New(RunId.New()), SubmissionKey.New(RunId.New()));
        await _store.PutAsync(own, Secrets(), default);
        await _container.GetBlobClient($"runs/{other}").UploadAsync(await ReadAsync($"runs/{own}"));

        await Assert.ThrowsAnyAsync<CryptographicException>(() => _store.GetAsync(other, default));
    }

    [Fact]
    public async Task A_named_secrets_blob_does_not_open_for_another_owner()
    {
        await _store.PutAsync(Alice, Lab, Named(), default);
        await _container.GetBlobClient($"named/{Bob}/{Lab}").UploadAsync(await ReadAsync($"named/{Alice}/{Lab}"));

        await Assert.ThrowsAnyAsync<CryptographicException>(() => _store.GetAsync(Bob, Lab, default));
    }

    private async Task<BinaryData> ReadAsync(string name) =>
        (await _container.GetBlobClient(name).DownloadContentAsync()).Value.Content;
}
