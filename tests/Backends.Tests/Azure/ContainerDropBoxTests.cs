using System.Text;
using Azure.Storage.Blobs;
using Trainyard.Backends.Azure.Drops;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Backends.Tests.OnAzure;

[Collection(AzureStorageTests.Name)]
public sealed class ContainerDropBoxTests(AzuriteServer server)
{
    private const string Jean = "jean";

    [Fact]
    public async Task A_dropped_file_is_found_with_its_time()
    {
        var (box, container) = await OpenAsync();
        var dropped = await container.GetBlobClient("jean/train.yaml").UploadAsync(new BinaryData("name: x"));

        await using var file = await box.OpenAsync(Jean, "train.yaml", default);

        Assert.Equal(dropped.Value.LastModified, file!.ModifiedAt);
        using var text = new StreamReader(file.Content);
        Assert.Equal("name: x", await text.ReadToEndAsync());
        Assert.Null(await box.OpenAsync("other", "train.yaml", default));
    }

    [Fact]
    public async Task A_later_answer_replaces_the_one_before()
    {
        var (box, container) = await OpenAsync();

        await box.AnswerAsync(Jean, "train.run.json", Encoding.UTF8.GetBytes("old"), default);
        await box.AnswerAsync(Jean, "train.run.json", Encoding.UTF8.GetBytes("new"), default);

        var answer = await container.GetBlobClient("jean/train.run.json").DownloadContentAsync();
        Assert.Equal("new", answer.Value.Content.ToString());
    }

    [Fact]
    public async Task Everything_dropped_for_an_owner_is_listed()
    {
        var (box, container) = await OpenAsync();
        foreach (
            var name in new[]
            {
                "jean/a.zip",
                "jean/a.yaml",
                "ann/b.zip",
                "stray.zip",
                "No Owner/c.zip",
                "jean/d/e.zip",
            }
        )
        {
            await container.GetBlobClient(name).UploadAsync(new BinaryData("x"));
        }

        var names = await box.ListAsync(null, default).Select(file => $"{file.Folder}/{file.Name}").ToListAsync();

        Assert.Equal(["No Owner/c.zip", "ann/b.zip", "jean/a.yaml", "jean/a.zip"], names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task One_folder_can_be_listed_and_an_answer_taken_away()
    {
        var (box, _) = await OpenAsync();
        foreach (var folder in new[] { Jean, "jeanne" })
        {
            await box.AnswerAsync(folder, "a.problem.json", Encoding.UTF8.GetBytes("x"), default);
        }

        await box.RemoveAsync("jeanne", "a.problem.json", default);
        await box.RemoveAsync("jeanne", "never-there", default);

        Assert.Equal(["jean"], await box.ListAsync(null, default).Select(f => f.Folder).ToListAsync());
        Assert.Single(await box.ListAsync(Jean, default).ToListAsync());
        Assert.Empty(await box.ListAsync("jea", default).ToListAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("../other/train.yaml")]
    [InlineData("a/b")]
    public async Task What_is_no_file_name_is_refused(string name)
    {
        var (box, _) = await OpenAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => box.OpenAsync(Jean, name, default));
    }

    private async Task<(ContainerDropBox, BlobContainerClient)> OpenAsync()
    {
        var container = await new TestStorage(server).ContainerAsync();
        return (new ContainerDropBox(container), container);
    }
}
