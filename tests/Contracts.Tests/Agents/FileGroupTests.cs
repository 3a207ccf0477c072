using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Trainyard.Contracts.Agents;

namespace Trainyard.Contracts.Tests.Agents;

public sealed class FileGroupTests
{
    private const string Sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    [Fact]
    public async Task The_list_comes_back_and_the_contents_follow()
    {
        GroupedFile[] files = [File("a/ä \"+%\u0001", 3), File("empty", 0)];
        using var body = new MemoryStream([.. FileGroup.Head(files), .. "abc"u8]);

        Assert.Equal(files, await FileGroup.ReadAsync(body, default));

        Assert.Equal("abc"u8, body.ToArray().AsSpan((int)body.Position));
    }

    [Fact]
    public async Task The_largest_group_of_the_longest_names_fits()
    {
        var name = new string('"', 1024);
        var files = Enumerable.Repeat(File(name, FileGroup.MostBytes / FileGroup.MostFiles), FileGroup.MostFiles);

        Assert.Equal(FileGroup.MostFiles, (await ReadAsync(FileGroup.Head([.. files]))).Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    [InlineData(FileGroup.MostListBytes + 1)]
    public Task A_list_of_an_impossible_length_is_refused_before_it_is_read(int length)
    {
        var head = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(head, length);
        return RefusedAsync(head);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("[null]")]
    [InlineData("{}")]
    [InlineData("[{\"path\": null, \"bytes\": 1, \"sha256\": \"\"}]")]
    [InlineData("[{\"path\": \"a\", \"bytes\": 1, \"sha256\": null}]")]
    [InlineData("[{\"path\": \"a\", \"bytes\": -1, \"sha256\": \"\"}]")]
    [InlineData("[{\"path\": \"a\", \"bytes\": 1048577, \"sha256\": \"\"}]")]
    [InlineData("[{\"path\": \"a\", \"bytes\": 9223372036854775807, \"sha256\": \"\"}]")]
    [InlineData(
        "[{\"path\": \"a\", \"bytes\": 600000, \"sha256\": \"\"}, {\"path\": \"b\", \"bytes\": 600000, \"sha256\": \"\"}]"
    )]
    [InlineData("[{\"path\": \"a\", \"sha256\": \"\"}]")]
    [InlineData("nothing of the kind")]
    public Task What_is_no_group_is_refused(string list)
    {
        var text = Encoding.UTF8.GetBytes(list);
        var head = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(head, text.Length);
        return RefusedAsync([.. head, .. text]);
    }

    [Fact]
    public Task More_files_than_a_group_has_are_refused() =>
        RefusedAsync(FileGroup.Head([.. Enumerable.Repeat(File("a", 0), FileGroup.MostFiles + 1)]));

    [Fact]
    public async Task A_list_that_is_cut_anywhere_is_refused()
    {
        var head = FileGroup.Head([File("a", 1)]);
        for (var length = 0; length < head.Length; length++)
        {
            await RefusedAsync(head[..length]);
        }
    }

    private static Task RefusedAsync(byte[] body) => Assert.ThrowsAsync<JsonException>(() => ReadAsync(body));

    private static async Task<IReadOnlyList<GroupedFile>> ReadAsync(byte[] body)
    {
        using var stream = new MemoryStream(body);
        return await FileGroup.ReadAsync(stream, default);
    }

    private static GroupedFile File(string path, long bytes) =>
        new()
        {
            Path = path,
            Bytes = bytes,
            Sha256 = Sha256,
        };
}
