using System.Text;
using Trainyard.Manifests.Archives;
using Trainyard.Manifests.Archives.Problems;

namespace Trainyard.Manifests.Tests.Archives;

/// <summary>Zips that are unusual and harmless: each is what a tool in common use writes.</summary>
public sealed class CommonToolArchiveTests
{
    private const byte Fat = 0;
    private const uint DosFolder = 0x10;

    [Theory]
    [InlineData(Fat)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(14)]
    public Task Backslashes_of_Windows_PowerShell_5_part_folders(byte host) =>
        Accepted(
            new ZipBytes()
                .Add(new ZipBytes.Item("train.py") { Host = host })
                .Add(new ZipBytes.Item("pkg\\a.py") { Host = host })
                .Add(new ZipBytes.Item("pkg\\sub\\") { Host = host, Content = [] }),
            "train.py",
            "pkg/a.py"
        );

    [Theory]
    [InlineData("..\\evil.py")]
    [InlineData("pkg\\..\\..\\evil.py")]
    [InlineData("\\evil.py")]
    [InlineData("C:\\evil.py")]
    [InlineData("c:evil.py")]
    public Task Backslashes_and_drives_of_Windows_lead_nowhere_outside(string name) =>
        Refused(new ZipBytes().Add(new ZipBytes.Item(name) { Host = Fat }), ArchiveCodes.EntryOutside);

    [Fact]
    public async Task A_name_in_the_code_page_of_DOS_is_read_with_a_warning()
    {
        var zip = new ZipBytes().Add(Dos("prüfung.csv", "pr\u0081fung.csv"));

        var inspection = await Accepted(zip, "prüfung.csv");

        var warning = Assert.Single(inspection.Warnings);
        Assert.Equal(ArchiveCodes.EntryNameGuessed, warning.Code);
        Assert.Contains("`prüfung.csv`", warning.Message);
    }

    [Fact]
    public async Task A_name_that_a_field_gives_in_UTF8_is_read_from_it()
    {
        var zip = new ZipBytes().Add(Dos("x", "pr\u0081fung.csv") with { UnicodePath = "Prüfung 試.csv" });

        Assert.Empty((await Accepted(zip, "Prüfung 試.csv")).Warnings);
    }

    [Fact]
    public Task A_name_that_a_field_gives_is_checked_as_any_other() =>
        Refused(
            new ZipBytes().Add(Dos("x", "pr\u0081fung.csv") with { UnicodePath = "../evil.py" }),
            ArchiveCodes.EntryOutside
        );

    [Fact]
    public Task A_dot_in_front_or_between_is_no_folder() =>
        Accepted(new ZipBytes().Add("./", "").Add("./train.py").Add("./pkg/./a.py"), "train.py", "pkg/a.py");

    [Fact]
    public Task A_dot_makes_no_second_file_of_the_same() =>
        Refused(new ZipBytes().Add("./a.py").Add("a.py"), ArchiveCodes.EntryDuplicate);

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")]
    [InlineData("some bytes that another tool has added")]
    [InlineData("PK\u0005\u0006")]
    public Task Bytes_after_the_end_are_passed_over(string trailing) =>
        Accepted(new ZipBytes { Trailing = Encoding.Latin1.GetBytes(trailing) }.Add("train.py"), "train.py");

    [Fact]
    public async Task Bytes_after_the_end_may_be_many()
    {
        await Accepted(new ZipBytes { Trailing = new byte[60_000] }.Add("train.py"), "train.py");
        await Refused(new ZipBytes { Trailing = new byte[70_000] }.Add("train.py"), ArchiveCodes.Damaged);
    }

    [Theory]
    [InlineData("PK\u0005\u0006")]
    [InlineData("PK\u0005\u0006\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")]
    [InlineData("before PK\u0005\u0006 and after, longer than any end of an archive")]
    public Task A_comment_may_hold_the_signature_of_an_end(string comment) =>
        Accepted(new ZipBytes { Comment = comment }.Add("train.py"), "train.py");

    [Fact]
    public async Task A_comment_may_not_hold_another_archive()
    {
        var inner = new ZipBytes().Add("other.py").ToStream().ToArray();
        var comment = Encoding.Latin1.GetString(inner);

        await Refused(new ZipBytes { Comment = comment }.Add("train.py"), ArchiveCodes.Damaged);
    }

    [Theory]
    [InlineData("#!/usr/bin/env python3\n")]
    [InlineData("MZ\u0090 a program for Windows")]
    [InlineData("\u007FELF a program for Linux")]
    public Task A_program_may_stand_before_the_archive(string stub) =>
        Accepted(
            new ZipBytes { Stub = Encoding.Latin1.GetBytes(stub) }
                .Add("__main__.py")
                .Add("b"),
            "__main__.py",
            "b"
        );

    [Fact]
    public async Task A_zipapp_whose_offsets_count_its_first_line_is_read()
    {
        var stub = "#!/usr/bin/env python3\n"u8.ToArray();
        var app = new ZipBytes { Stub = stub, CountsStub = true }
            .Add("__main__.py")
            .Add("b.py")
            .ToStream();

        await Accepted(app, "__main__.py", "b.py");
    }

    [Fact]
    public Task A_stub_may_stand_before_a_large_archive_that_does_not_count_it() =>
        Accepted(new ZipBytes { Stub = "#!/bin/sh\n"u8.ToArray(), Zip64End = true }.Add("a.py"), "a.py");

    [Theory]
    [InlineData("an explanation, then the archive\n")]
    [InlineData("\u001F\u008B")]
    public Task Anything_else_before_the_archive_is_refused(string stub) =>
        Refused(new ZipBytes { Stub = Encoding.Latin1.GetBytes(stub) }.Add("a.py"), ArchiveCodes.NotZip);

    [Fact]
    public Task One_archive_behind_another_is_refused() =>
        Refused(
            new ZipBytes { Stub = new ZipBytes().Add("first.py").ToStream().ToArray() }.Add("second.py"),
            ArchiveCodes.Damaged
        );

    [Fact]
    public Task A_script_without_an_archive_is_named() =>
        Refused(new MemoryStream("#!/bin/sh\necho hello\n"u8.ToArray()), ArchiveCodes.NotZip);

    [Fact]
    public Task A_folder_may_be_there_twice() =>
        Accepted(new ZipBytes().Add("pkg/", "").Add("pkg/a.py").Add("pkg/", ""), "pkg/a.py");

    [Fact]
    public Task A_file_may_not_be_there_as_a_folder_too() =>
        Refused(new ZipBytes().Add("pkg/", "").Add("pkg"), ArchiveCodes.EntryDuplicate);

    [Fact]
    public Task A_folder_may_be_known_by_its_attributes_alone() =>
        Accepted(
            new ZipBytes()
                .Add(
                    new ZipBytes.Item("pkg")
                    {
                        Host = Fat,
                        Attributes = DosFolder,
                        Content = [],
                    }
                )
                .Add(new ZipBytes.Item("lib") { Attributes = 0x41EDu << 16, Content = [] })
                .Add("pkg/a.py")
                .Add("lib/b.py"),
            "pkg/a.py",
            "lib/b.py"
        );

    [Theory]
    [InlineData("a:b.txt")]
    [InlineData("2026-11-27T10:00:00.csv")]
    [InlineData("dir/c:d")]
    public Task A_colon_is_a_character_of_names_on_Unix(string name) => Accepted(new ZipBytes().Add(name), name);

    [Fact]
    public async Task Thirty_megabytes_of_equal_rows_are_accepted()
    {
        var rows = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("0,0,0,0,0,0,0,0\n", 1_900_000)));
        var zip = new ZipBytes()
            .Add(new ZipBytes.Item("rows.csv") { Content = rows })
            .Add(new ZipBytes.Item("zeros.bin") { Content = new byte[30 << 20] });

        await Accepted(zip, "rows.csv", "zeros.bin");
    }

    [Theory]
    [InlineData("Model.py", "model.py")]
    [InlineData("data", "DATA/x")]
    public async Task Names_that_differ_in_case_only_are_two_with_a_warning(string one, string other)
    {
        var inspection = await Accepted(new ZipBytes().Add(one).Add(other), one, other);
        Assert.All(inspection.Warnings, w => Assert.Equal(ArchiveCodes.EntryCaseCollision, w.Code));
        Assert.Equal(other.EndsWith('x') ? 0 : 1, inspection.Warnings.Count);
    }

    [Fact]
    public async Task A_wrong_checksum_is_found_up_to_a_bound()
    {
        var zip = new ZipBytes().Add("first.py", "12345").Add(new ZipBytes.Item("second.py") { Crc = 1 });

        await Refused(zip, ArchiveCodes.Damaged);
        await Refused(zip.ToStream(), ArchiveCodes.Damaged, new() { MaxVerifiedBytes = 14 });
        await Accepted(zip.ToStream(), new ArchiveLimits { MaxVerifiedBytes = 13 }, "first.py", "second.py");
    }

    [Fact]
    public Task A_size_below_the_real_one_is_found() =>
        Refused(new ZipBytes().Add(new ZipBytes.Item("a") { DeclaredBytes = 2 }), ArchiveCodes.Damaged);

    private static ZipBytes.Item Dos(string name, string latin1) =>
        new(name)
        {
            RawName = Encoding.Latin1.GetBytes(latin1),
            Flags = 0,
            Host = Fat,
        };

    private static Task<ArchiveInspection> Accepted(ZipBytes zip, params string[] files) =>
        Accepted(zip.ToStream(), files);

    private static Task<ArchiveInspection> Accepted(Stream zip, params string[] files) =>
        Accepted(zip, new ArchiveLimits(), files);

    private static async Task<ArchiveInspection> Accepted(Stream zip, ArchiveLimits limits, params string[] files)
    {
        var inspection = await ModelArchive.InspectAsync(zip, limits);
        Assert.Empty(inspection.Errors);
        Assert.Equal(files, inspection.FileNames);
        return inspection;
    }

    private static Task Refused(ZipBytes zip, string code) => Refused(zip.ToStream(), code);

    private static async Task Refused(Stream zip, string code, ArchiveLimits? limits = null)
    {
        var inspection = await ModelArchive.InspectAsync(zip, limits);
        Assert.Equal(code, Assert.Single(inspection.Errors.DistinctBy(e => e.Code)).Code);
    }
}
