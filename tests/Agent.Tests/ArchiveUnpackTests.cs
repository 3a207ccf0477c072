using System.IO.Compression;
using Trainyard.Agent.Jobs;
using Trainyard.Agent.Verbs;
using Trainyard.Manifests.Archives;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

public sealed class ArchiveUnpackTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    [Fact]
    public async Task An_archive_that_only_a_generous_operator_accepts_is_unpacked()
    {
        var files = ArchiveLimits.Default.MaxEntries + 1;
        var folders = new AttemptFolders(_temporary.File("attempt"), new JobNames("data", "results"));
        await using (var zip = await ZipFile.OpenAsync(folders.Archive, ZipArchiveMode.Create))
        {
            for (var file = 0; file < files; file++)
            {
                zip.CreateEntry($"part-{file}", CompressionLevel.NoCompression);
            }
        }

        await ArchiveUnpack.RunAsync(folders, CancellationToken.None);

        Assert.Equal(files, Directory.GetFiles(folders.Model).Length);
        Assert.False(File.Exists(folders.Archive));
    }

    public void Dispose() => _temporary.Dispose();
}
