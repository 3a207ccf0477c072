using System.Globalization;
using System.Security.Cryptography;
using Azure.Storage.Blobs;
using Trainyard.Contracts.Runs;
using Trainyard.EndToEnd.Harness;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.EndToEnd;

/// <summary>Large results of a real run: from the node into a Swift and an Azure bucket, past the service.</summary>
public sealed class StraightResultsTests(SwiftServer swift, AzuriteServer azurite)
    : IClassFixture<SwiftServer>,
        IClassFixture<AzuriteServer>
{
    private const string Results = "straight-results";
    private const string Command =
        "head -c 12000000 /dev/urandom >$RESULT_DIR/large.bin; sha256sum <$RESULT_DIR/large.bin >$RESULT_DIR/sum";

    [RequiresSwiftFact]
    public async Task They_are_whole_in_the_bucket_and_the_service_wrote_none_of_them()
    {
        using var swiftClient = await SwiftClient.Login(swift);
        await swiftClient.PutContainer(Results);
        // With a key for addresses: without one, nodes could not write there.
        await swiftClient.PutContainer($"{Results}_segments", ("X-Container-Meta-Temp-URL-Key", "key-of-the-test"));
        var container = new BlobContainerClient(azurite.ConnectionString, Results);
        await container.CreateAsync();
        using var model = new Model();
        await using var service = await Service.Start(("Stores__PartBytes", "5242880"));
        _ = service.Bucket("data");

        var onSwift = await service.Bx.Train(model.Folder, Manifest(model, "bluemix", OnSwift));
        var onAzure = await service.Bx.Train(model.Folder, Manifest(model, "azure", OnAzure));

        Assert.Equal(RunState.Completed, (await service.WaitForEnd(onSwift)).Entity.Status.State);
        await using (var large = await swiftClient.Open(Results, $"{onSwift}/large.bin"))
        {
            Assert.StartsWith(await HashAsync(large), await swiftClient.Get(Results, $"{onSwift}/sum"));
        }
        Assert.Equal(3, (await swiftClient.ListAll($"{Results}_segments", "")).Count);
        Assert.Equal(RunState.Completed, (await service.WaitForEnd(onAzure)).Entity.Status.State);
        await using (var large = await container.GetBlobClient($"{onAzure}/large.bin").OpenReadAsync())
        {
            var sum = await container.GetBlobClient($"{onAzure}/sum").DownloadContentAsync();
            Assert.StartsWith(await HashAsync(large), sum.Value.Content.ToString());
        }
        // The logs, the sums, the code and the lists.
        using var client = service.Client();
        var metrics = await client.GetStringAsync(new Uri("metrics", UriKind.Relative));
        Assert.True(Written(metrics, "swift") is > 0 and < 1_000_000, metrics);
        Assert.True(Written(metrics, "azure_blob") is > 0 and < 1_000_000, metrics);
    }

    private string OnSwift =>
        $"""
              type: swift
              connection:
                auth_url: {swift.SwiftAuthUrl}
                user_name: "{swift.Owner.Account}:{swift.Owner.User}"
                password: {swift.Owner.Key}
            """;

    private string OnAzure =>
        $"""
              type: azure_blob
              connection:
                endpoint_url: {azurite.BlobEndpoint}
                account_name: {AzuriteServer.Account}
                account_key: {AzuriteServer.Key}
            """;

    private static string Manifest(Model model, string name, string results)
    {
        var text = File.ReadAllText(model.Manifest(Command, name));
        var at = text.IndexOf("training_results_reference:", StringComparison.Ordinal);
        return model.File(
            $"{name}.yaml",
            $"{text[..at]}training_results_reference:\n{results}\n  target:\n    bucket: {Results}\n"
        );
    }

    private static async Task<string> HashAsync(Stream content) =>
        Convert.ToHexStringLower(await SHA256.HashDataAsync(content));

    /// <summary>The bytes that the service itself wrote into stores of a type.</summary>
    private static double Written(string metrics, string type)
    {
        var counter = $"trainyard_store_bytes_total{{type=\"{type}\",direction=\"written\"}} ";
        return metrics
            .Split('\n')
            .Where(line => line.StartsWith(counter, StringComparison.Ordinal))
            .Sum(line => double.Parse(line[counter.Length..].Split(' ')[0], CultureInfo.InvariantCulture));
    }
}
