using System.Text;
using Trainyard.Manifests.Archives;
using Trainyard.Manifests.Archives.Problems;

namespace Trainyard.Manifests.Tests.Archives;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ArchiveUnpackingTests : IDisposable
{
    private readonly TempFolder _temp = new();

    private string Target => Path.Combine(_temp.Path, "model");

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Files_and_folders_come_out_as_they_went_in()
    {
        var big = new string('a', 100) + Guid.NewGuid() + new string('b', 300_000);
        var zip = new ZipBytes()
            .Add("train.py", "print(1)")
            .Add("empty/", "")
            .Add(new ZipBytes.Item("deep/er/big.txt") { Content = Encoding.UTF8.GetBytes(big) })
            .Add(new ZipBytes.Item("stored.bin") { Method = 0, Zip64 = true });

        await ModelArchive.ExtractAsync(zip.ToStream(), Target);

        Assert.Equal("print(1)", await File.ReadAllTextAsync(Path.Combine(Target, "train.py")));
        Assert.Equal(big, await File.ReadAllTextAsync(Path.Combine(Target, "deep/er/big.txt")));
        Assert.Equal("hello", await File.ReadAllTextAsync(Path.Combine(Target, "stored.bin")));
        Assert.True(Directory.Exists(Path.Combine(Target, "empty")));
    }

    [Fact]
    public async Task A_program_stays_executable_and_nothing_else_of_the_mode_is_kept()
    {
        var zip = new ZipBytes()
            .Add(new ZipBytes.Item("run.sh") { Attributes = (0x8000u | 0b100_111_111_111u) << 16 })
            .Add(new ZipBytes.Item("data.txt") { Attributes = (0x8000u | 0b110_110_110u) << 16 });

        await ModelArchive.ExtractAsync(zip.ToStream(), Target);

        Assert.Equal(0b111_101_101, (int)File.GetUnixFileMode(Path.Combine(Target, "run.sh")));
        Assert.Equal(0b110_100_100, (int)File.GetUnixFileMode(Path.Combine(Target, "data.txt")));
    }

    [Fact]
    public async Task Nothing_is_written_when_the_archive_has_problems()
    {
        var zip = new ZipBytes().Add("good.py").Add("../evil.py");

        var refusal = await Assert.ThrowsAsync<ArchiveException>(() =>
            ModelArchive.ExtractAsync(zip.ToStream(), Target)
        );

        Assert.Equal(ArchiveCodes.EntryOutside, Assert.Single(refusal.Problems).Code);
        Assert.False(Directory.Exists(Target));
    }

    [Fact]
    public Task An_entry_that_unpacks_to_more_than_it_declares_is_stopped() =>
        Broken(new ZipBytes.Item("bomb") { Content = new byte[500_000], DeclaredBytes = 10 });

    [Fact]
    public Task An_entry_that_unpacks_to_less_than_it_declares_is_noticed() =>
        Broken(new ZipBytes.Item("short") { DeclaredBytes = 10 });

    [Fact]
    public Task A_wrong_checksum_is_noticed() => Broken(new ZipBytes.Item("a") { Crc = 1 });

    [Fact]
    public async Task A_folder_that_is_not_empty_is_left_alone()
    {
        _temp.File("model/other.txt");
        await Assert.ThrowsAsync<IOException>(() =>
            ModelArchive.ExtractAsync(new ZipBytes().Add("a").ToStream(), Target)
        );
    }

    private async Task Broken(ZipBytes.Item item)
    {
        var refusal = await Assert.ThrowsAsync<ArchiveException>(() =>
            ModelArchive.ExtractAsync(new ZipBytes().Add(item).ToStream(), Target)
        );
        Assert.Equal(ArchiveCodes.Damaged, Assert.Single(refusal.Problems).Code);
    }
}
