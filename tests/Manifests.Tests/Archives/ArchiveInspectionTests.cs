using System.IO.Compression;
using System.Text;
using Trainyard.Manifests.Archives;
using Trainyard.Manifests.Archives.Problems;

namespace Trainyard.Manifests.Tests.Archives;

public sealed class ArchiveInspectionTests
{
    private const uint Symlink = 0xA1FFu << 16;
    private const uint CharacterDevice = 0x2180u << 16;
    private const uint RegularFile = 0x81A4u << 16;

    [Fact]
    public async Task An_ordinary_zip_with_folders_is_accepted_and_described()
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Write(zip, "train.py", "print(1)");
            zip.CreateEntry("data/");
            Write(zip, "data/größe.txt", "x");
        }

        var inspection = await ModelArchive.InspectAsync(stream);

        Assert.Empty(inspection.Errors);
        Assert.Equal(["train.py", "data/größe.txt"], inspection.FileNames);
    }

    [Theory]
    [InlineData("../evil.py")]
    [InlineData("a/../../evil.py")]
    [InlineData("/etc/passwd")]
    [InlineData("C:/evil.py")]
    [InlineData("C:\\evil.py")]
    [InlineData("..\\evil.py")]
    [InlineData("./../evil.py")]
    [InlineData("..")]
    public Task A_path_that_leads_outside_is_refused(string name) =>
        Refused(new ZipBytes().Add(name), ArchiveCodes.EntryOutside);

    [Theory]
    [InlineData("a\\b.py")]
    [InlineData("a//b.py")]
    [InlineData("a\nb.py")]
    [InlineData("a\0b.py")]
    [InlineData("")]
    public Task A_name_that_file_systems_read_differently_is_refused(string name) =>
        Refused(new ZipBytes().Add(name), ArchiveCodes.EntryName);

    [Fact]
    public Task A_name_that_is_too_long_is_refused() =>
        Refused(new ZipBytes().Add(new string('x', 256)), ArchiveCodes.EntryName);

    [Fact]
    public Task Folders_nested_too_deeply_are_refused() =>
        Refused(new ZipBytes().Add(string.Join('/', Enumerable.Repeat("d", 40))), ArchiveCodes.EntryName);

    [Fact]
    public Task A_name_that_is_not_utf8_is_refused() =>
        Refused(
            new ZipBytes().Add(new ZipBytes.Item("x") { RawName = [0x66, 0xFC, 0x72], Flags = 0 }),
            ArchiveCodes.EntryNameEncoding
        );

    [Fact]
    public Task A_symbolic_link_is_refused() =>
        Refused(new ZipBytes().Add(new ZipBytes.Item("link") { Attributes = Symlink }), ArchiveCodes.EntrySymlink);

    [Fact]
    public Task A_device_is_refused() =>
        Refused(
            new ZipBytes().Add(new ZipBytes.Item("null") { Attributes = CharacterDevice }),
            ArchiveCodes.EntryDevice
        );

    [Theory]
    [InlineData(1)]
    [InlineData(1 | 1 << 6)]
    [InlineData(1 << 13)]
    public Task An_encrypted_entry_is_refused(ushort flags) =>
        Refused(new ZipBytes().Add(new ZipBytes.Item("a.py") { Flags = flags }), ArchiveCodes.EntryEncrypted);

    [Fact]
    public Task An_unknown_packing_is_refused() =>
        Refused(new ZipBytes().Add(new ZipBytes.Item("a.py") { Method = 12 }), ArchiveCodes.EntryMethod);

    [Fact]
    public Task The_same_name_twice_is_refused() =>
        Refused(new ZipBytes().Add("a.py").Add("a.py"), ArchiveCodes.EntryDuplicate);

    [Fact]
    public Task A_file_that_is_also_a_folder_is_refused() =>
        Refused(new ZipBytes().Add("a").Add("a/b.py"), ArchiveCodes.EntryFileAndFolder);

    [Fact]
    public Task A_directory_entry_that_points_at_another_files_data_is_refused() =>
        Refused(
            new ZipBytes()
                .Add("a.py")
                .Add(new ZipBytes.Item("a.py2") { HeaderOffset = 0, LocalName = "a.py2"u8.ToArray() }),
            ArchiveCodes.EntryMismatch
        );

    [Fact]
    public Task Two_directory_entries_for_the_same_data_are_refused() =>
        Refused(
            new ZipBytes().Add("a.py").Add(new ZipBytes.Item("a.py") { HeaderOffset = 0 }),
            ArchiveCodes.EntriesOverlap
        );

    [Fact]
    public Task Headers_that_disagree_are_refused() =>
        Refused(
            new ZipBytes().Add(new ZipBytes.Item("good.py") { LocalName = "evil.py"u8.ToArray() }),
            ArchiveCodes.EntryMismatch
        );

    [Fact]
    public Task An_entry_above_the_limit_is_refused() =>
        Refused(
            new ZipBytes().Add(new ZipBytes.Item("a.bin") { DeclaredBytes = 3_000_000_000 }),
            ArchiveCodes.EntryTooLarge
        );

    [Fact]
    public Task A_total_above_the_limit_is_refused() =>
        Refused(
            new ZipBytes().Add("a", "12345").Add("b", "12345"),
            ArchiveCodes.TotalTooLarge,
            new ArchiveLimits { MaxTotalBytes = 9 }
        );

    [Fact]
    public Task Too_many_entries_are_refused() =>
        Refused(
            new ZipBytes().Add("a").Add("b").Add("c"),
            ArchiveCodes.TooManyEntries,
            new ArchiveLimits { MaxEntries = 2 }
        );

    [Fact]
    public Task A_size_that_no_packing_reaches_is_refused() =>
        Refused(
            new ZipBytes().Add(new ZipBytes.Item("zeros") { Content = new byte[3 << 10], DeclaredBytes = 3 << 20 }),
            ArchiveCodes.EntryRatio
        );

    [Fact]
    public Task An_archive_above_the_limit_is_refused() =>
        Refused(new ZipBytes().Add("a.py"), ArchiveCodes.TooLarge, new ArchiveLimits { MaxArchiveBytes = 10 });

    [Fact]
    public Task A_zip_without_files_is_refused() => Refused(new ZipBytes().Add("folder/", ""), ArchiveCodes.Empty);

    [Fact]
    public Task A_zip_without_entries_is_refused() => Refused(new ZipBytes(), ArchiveCodes.Empty);

    [Fact]
    public async Task An_empty_file_is_refused()
    {
        var inspection = await ModelArchive.InspectAsync(new MemoryStream());
        Assert.Equal(ArchiveCodes.Empty, Assert.Single(inspection.Errors).Code);
    }

    [Theory]
    [InlineData("1F8B0800000000000003", "gzip")]
    [InlineData("425A6839", "bzip2")]
    [InlineData("FD377A585A00", "xz")]
    [InlineData("377ABCAF271C0004", "7z")]
    [InlineData("526172211A0700", "RAR")]
    [InlineData("28B52FFD", "Zstandard")]
    [InlineData("7F454C46", "Linux program")]
    [InlineData("25504446", "PDF")]
    [InlineData("6D6F64656C", "text")]
    public async Task Another_format_is_named_in_the_refusal(string hex, string name)
    {
        var inspection = await ModelArchive.InspectAsync(new MemoryStream(Convert.FromHexString(hex)));
        var problem = Assert.Single(inspection.Errors);
        Assert.Equal(ArchiveCodes.NotZip, problem.Code);
        Assert.Contains(name, problem.Message);
    }

    [Fact]
    public async Task A_tar_is_named_in_the_refusal()
    {
        var tar = new byte[1024];
        Encoding.ASCII.GetBytes("train.py").CopyTo(tar, 0);
        "ustar"u8.CopyTo(tar.AsSpan(257));

        var inspection = await ModelArchive.InspectAsync(new MemoryStream(tar));

        Assert.Contains("tar archive", Assert.Single(inspection.Errors).Message);
    }

    [Fact]
    public async Task Every_cut_of_a_zip_is_refused_without_an_exception()
    {
        var whole = new ZipBytes().Add("a.py").Add("b/c.py").ToStream().ToArray();
        for (var length = 0; length < whole.Length; length++)
        {
            var inspection = await ModelArchive.InspectAsync(new MemoryStream(whole[..length]));
            Assert.NotEmpty(inspection.Errors);
        }
    }

    [Fact]
    public async Task Every_flipped_byte_ends_in_an_answer()
    {
        var whole = new ZipBytes { Zip64End = true }
            .Add("a.py")
            .Add("b/c.py")
            .ToStream()
            .ToArray();
        for (var at = 0; at < whole.Length; at++)
        {
            foreach (var mask in (byte[])[0x01, 0x80, 0xFF])
            {
                var flipped = (byte[])whole.Clone();
                flipped[at] ^= mask;
                await ModelArchive.InspectAsync(new MemoryStream(flipped));
            }
        }
    }

    [Fact]
    public Task A_count_that_is_too_small_is_refused() =>
        Refused(
            new ZipBytes { DeclaredEntries = 1 }
                .Add("a.py")
                .Add("b.py"),
            ArchiveCodes.Damaged
        );

    [Fact]
    public async Task A_zip64_archive_is_read()
    {
        var zip = new ZipBytes { Zip64End = true, Comment = "made by hand" }
            .Add(new ZipBytes.Item("a.py") { Zip64 = true, Attributes = RegularFile })
            .Add("b.py");

        var inspection = await ModelArchive.InspectAsync(zip.ToStream());

        Assert.Empty(inspection.Errors);
        Assert.Equal(["a.py", "b.py"], inspection.FileNames);
    }

    [Fact]
    public async Task All_problems_are_reported_together()
    {
        var zip = new ZipBytes().Add("../a").Add(new ZipBytes.Item("b") { Attributes = Symlink }).Add("c").Add("c");

        var inspection = await ModelArchive.InspectAsync(zip.ToStream());

        Assert.Equal(
            [ArchiveCodes.EntryOutside, ArchiveCodes.EntrySymlink, ArchiveCodes.EntryDuplicate],
            inspection.Errors.Select(e => e.Code)
        );
    }

    [Fact]
    public async Task The_list_of_problems_is_bounded()
    {
        var zip = new ZipBytes();
        for (var i = 0; i < 200; i++)
        {
            zip.Add($"../{i}");
        }

        var inspection = await ModelArchive.InspectAsync(zip.ToStream());

        Assert.Equal(51, inspection.Errors.Count);
        Assert.Equal(ArchiveCodes.MoreProblems, inspection.Errors[^1].Code);
    }

    private static async Task Refused(ZipBytes zip, string code, ArchiveLimits? limits = null)
    {
        var inspection = await ModelArchive.InspectAsync(zip.ToStream(), limits);
        Assert.Contains(code, inspection.Errors.Select(e => e.Code));
        Assert.All(inspection.Errors, e => Assert.EndsWith(".", e.Message));
    }

    private static void Write(ZipArchive zip, string name, string content)
    {
        using var writer = new StreamWriter(zip.CreateEntry(name).Open());
        writer.Write(content);
    }
}
