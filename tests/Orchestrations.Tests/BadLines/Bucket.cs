using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;
using Trainyard.Tests.Shared;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Orchestrations.Tests.BadLines;

/// <summary>A bucket behind a line: how the service reaches it, and what its user finds left in it, past the line.</summary>
internal sealed record Bucket(
    DataStoreReference Reference,
    StoreCredentials Credentials,
    Func<Task<IReadOnlyList<string>>> LeftOversAsync
)
{
    public static async Task<Bucket> OnS3Async(SwiftServer server, int port, string name)
    {
        using var swift = await SwiftClient.Login(server);
        await swift.PutContainer(name);
        await swift.PutContainer($"{name}+segments");
        return new Bucket(
            new DataStoreReference
            {
                Type = DataStoreType.S3,
                Bucket = name,
                Endpoint = At(server.Endpoint, port),
                Region = server.Region,
            },
            SampleCredentials.ForAccessKey(server.Owner.AccessKey, server.Owner.SecretKey),
            () => SegmentsOfNothingAsync(server, name, $"{name}+segments")
        );
    }

    public static async Task<Bucket> OnSwiftAsync(SwiftServer server, int port, string name)
    {
        using var swift = await SwiftClient.Login(server);
        await swift.PutContainer(name);
        // With a key for addresses, so that nodes put segments there, too.
        await swift.PutContainer($"{name}_segments", ("X-Container-Meta-Temp-URL-Key", name));
        var login = At(server.SwiftAuthUrl, port);
        var user = $"{server.Owner.Account}:{server.Owner.User}";
        return new Bucket(
            new DataStoreReference
            {
                Type = DataStoreType.Swift,
                Bucket = name,
                Endpoint = login,
            },
            SampleCredentials.ForSwift(login.ToString(), user, server.Owner.Key),
            () => SegmentsOfNothingAsync(server, name, $"{name}_segments")
        );
    }

    public static async Task<Bucket> OnAzureAsync(AzuriteServer server, int port, string name)
    {
        var container = new BlobContainerClient(server.ConnectionString, name);
        await container.CreateAsync();
        return new Bucket(
            new DataStoreReference
            {
                Type = DataStoreType.AzureBlob,
                Bucket = name,
                Endpoint = At(server.BlobEndpoint, port),
            },
            StoreCredentials.Of([
                new(CredentialField.AccountName, new Secret(AzuriteServer.Account)),
                new(CredentialField.AccountKey, new Secret(AzuriteServer.Key)),
            ]),
            () => UncommittedAsync(container)
        );
    }

    private static Uri At(Uri address, int port) => new UriBuilder(address) { Port = port }.Uri;

    private static async Task<IReadOnlyList<string>> SegmentsOfNothingAsync(
        SwiftServer server,
        string bucket,
        string segments
    )
    {
        using var swift = await SwiftClient.Login(server);
        var used = new HashSet<string>();
        foreach (var name in await swift.ListAll(bucket, ""))
        {
            used.UnionWith(await swift.Segments(bucket, name));
        }
        var all = await swift.ListAll(segments, "");
        return [.. all.Where(segment => !used.Contains($"/{segments}/{segment}"))];
    }

    private static async Task<IReadOnlyList<string>> UncommittedAsync(BlobContainerClient container)
    {
        // Those with blocks and nothing else are listed only when they are asked for.
        var (all, committed) = (new HashSet<string>(), new HashSet<string>());
        await foreach (var blob in container.GetBlobsAsync(new GetBlobsOptions { States = BlobStates.Uncommitted }))
        {
            all.Add(blob.Name);
        }
        await foreach (var blob in container.GetBlobsAsync())
        {
            committed.Add(blob.Name);
        }
        return [.. all.Except(committed)];
    }
}
