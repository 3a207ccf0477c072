using System.Security.Cryptography;
using System.Text;
using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.Tests.Contracts;

/// <summary>What every blob store does.</summary>
public abstract class BlobStoreContract : IAsyncLifetime
{
    protected abstract IBlobStore Store { get; }

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    public async Task What_is_put_comes_back_with_its_size_and_hash(string text)
    {
        var content = Encoding.UTF8.GetBytes(text);

        var put = await PutAsync("runs/a/archive.zip", text);

        Assert.Equal(content.Length, put.Bytes);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), put.Sha256);
        Assert.Equal(put, await Store.FindAsync(Name("runs/a/archive.zip"), default));
        Assert.Equal(text, await ReadAsync("runs/a/archive.zip"));
    }

    [Fact]
    public async Task A_large_blob_from_a_slow_stream_arrives_whole()
    {
        var content = RandomNumberGenerator.GetBytes(1_000_003);

        var put = await Store.PutAsync(Name("large"), new ReadOnceStream(content), null, default);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), put.Sha256);
        await using var read = (await Store.OpenReadAsync(Name("large"), 999_999, null, default))!;
        Assert.Equal(4, await read.ReadAtLeastAsync(new byte[100], 100, throwOnEndOfStream: false));
    }

    [Fact]
    public async Task What_is_not_there_is_null()
    {
        Assert.Null(await Store.FindAsync(Name("none"), default));
        Assert.Null(await Store.OpenReadAsync(Name("none"), 0, null, default));
    }

    [Fact]
    public async Task A_later_put_replaces_the_one_before()
    {
        await PutAsync("a", "old and long");
        await PutAsync("a", "new");

        Assert.Equal("new", await ReadAsync("a"));
        Assert.Equal(3, Assert.Single(await ListAsync("")).Bytes);
    }

    [Fact]
    public async Task One_content_put_many_times_at_once_is_there_once_and_whole()
    {
        var puts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => PutAsync("a", "the same"))));

        Assert.Single(puts.Select(put => put.Sha256).Distinct());
        Assert.Equal("the same", await ReadAsync("a"));
    }

    [Fact]
    public async Task A_wrong_checksum_keeps_nothing_and_leaves_what_was_there()
    {
        await PutAsync("a", "old");
        var wrong = Convert.ToHexStringLower(SHA256.HashData("other"u8));

        await Assert.ThrowsAsync<BlobChecksumException>(() => PutAsync("a", "new", wrong));
        await Assert.ThrowsAsync<BlobChecksumException>(() => PutAsync("b", "new", wrong));

        Assert.Equal("old", await ReadAsync("a"));
        Assert.Equal(["a"], (await ListAsync("")).Select(b => b.Name.ToString()));
    }

    [Fact]
    public async Task Several_are_put_at_once_and_replace_those_of_their_names()
    {
        await PutAsync("b", "old");
        string[] texts = ["first", "second", "", "fourth"];

        await PutAllAsync(["a", "b", "c", "d/e"], texts, string.Concat(texts));

        Assert.Equal(texts, await ReadAllAsync("a", "b", "c", "d/e"));
        var found = (await Store.FindAsync(Name("b"), default))!;
        Assert.Equal((6, Sha256Of("second")), (found.Bytes, found.Sha256));
        Assert.Equal(4, (await ListAsync("")).Count);
    }

    [Fact]
    public async Task Of_several_that_were_put_at_once_each_is_a_blob_of_its_own()
    {
        await PutAllAsync(["a", "b", "c", "d"], ["one", "", "two", "three"], "onetwothree");

        Assert.Equal(new AppendResult(true, 6), await AppendAsync("c", 3, "+ x"));
        await Store.DeleteAsync("a", default);
        await PutAsync("b", "another");

        Assert.Equal(["another", "two+ x", "three"], await ReadAllAsync("b", "c", "d"));
        Assert.Equal("re", await ReadAsync("d", 2, 2));
        Assert.Equal("ee", await ReadAsync("d", 3, 99));
        Assert.Equal(["b", "c", "d"], (await ListAsync("")).Select(b => b.Name.ToString()));
    }

    [Theory]
    [InlineData("firstother_")]
    [InlineData("firstsec")]
    [InlineData("first")]
    public async Task Of_several_that_are_put_at_once_none_is_kept_with_another_content(string contents)
    {
        await PutAsync("b", "old");

        var thrown = await Record.ExceptionAsync(() => PutAllAsync(["a", "b"], ["first", "second"], contents));

        Assert.IsType<BlobChecksumException>(thrown);
        Assert.Equal("old", await ReadAsync("b"));
        Assert.True(await ReadAsync("a") is null or "first");
    }

    [Fact]
    public async Task A_right_checksum_is_fine() =>
        await PutAsync("a", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

    [Fact]
    public async Task A_stream_that_breaks_keeps_nothing()
    {
        await PutAsync("a", "old");

        await Assert.ThrowsAsync<IOException>(() => Store.PutAsync(Name("a"), new BreakingStream(), null, default));

        Assert.Equal("old", await ReadAsync("a"));
    }

    [Theory]
    [InlineData(0L, 3L, "abc")]
    [InlineData(2L, 3L, "cde")]
    [InlineData(2L, null, "cdefghij")]
    [InlineData(8L, 100L, "ij")]
    [InlineData(10L, null, "")]
    [InlineData(99L, 5L, "")]
    [InlineData(3L, 0L, "")]
    public async Task A_range_is_cut_at_the_end(long offset, long? length, string expected)
    {
        await PutAsync("letters", "abcdefghij");

        Assert.Equal(expected, await ReadAsync("letters", offset, length));
    }

    [Fact]
    public async Task Appends_make_a_blob_and_grow_it()
    {
        Assert.Equal(new AppendResult(true, 3), await AppendAsync("log", 0, "one"));
        Assert.Equal(new AppendResult(true, 6), await AppendAsync("log", 3, "two"));

        Assert.Equal("onetwo", await ReadAsync("log"));
        var found = (await Store.FindAsync(Name("log"), default))!;
        Assert.Equal(6, found.Bytes);
        Assert.Null(found.Sha256);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task An_append_at_another_place_writes_nothing_and_tells_the_place(long offset)
    {
        await AppendAsync("log", 0, "one");

        Assert.Equal(new AppendResult(false, 3), await AppendAsync("log", offset, "two"));

        Assert.Equal("one", await ReadAsync("log"));
    }

    [Fact]
    public async Task An_append_behind_the_end_of_nothing_makes_nothing()
    {
        Assert.Equal(new AppendResult(false, 0), await AppendAsync("log", 5, "x"));

        Assert.Null(await Store.FindAsync(Name("log"), default));
    }

    [Fact]
    public async Task An_append_of_nothing_makes_an_empty_blob()
    {
        Assert.Equal(new AppendResult(true, 0), await AppendAsync("log", 0, ""));

        Assert.Equal(0, (await Store.FindAsync(Name("log"), default))!.Bytes);
    }

    [Fact]
    public async Task Of_many_appends_at_one_place_one_is_written()
    {
        var results = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => Task.Run(() => AppendAsync("log", 0, $"writer-{i:D2}")))
        );

        Assert.Single(results, r => r.Written);
        Assert.All(results, r => Assert.Equal(9, r.Length));
        Assert.Equal(9, (await ReadAsync("log"))!.Length);
    }

    [Fact]
    public async Task What_was_put_can_be_appended_to()
    {
        await PutAsync("log", "put+");

        Assert.Equal(new AppendResult(true, 12), await AppendAsync("log", 4, "appended"));

        Assert.Equal("put+appended", await ReadAsync("log"));
        Assert.Null((await Store.FindAsync(Name("log"), default))!.Sha256);
    }

    [Fact]
    public async Task A_reader_keeps_what_it_opened_while_the_blob_is_replaced_and_deleted()
    {
        await PutAsync("a", "first");
        await using var reader = (await Store.OpenReadAsync(Name("a"), 0, null, default))!;

        await PutAsync("a", "second");
        await Store.DeleteAsync("a", default);

        using var text = new StreamReader(reader);
        Assert.Equal("first", await text.ReadToEndAsync());
    }

    [Fact]
    public async Task A_blob_and_a_folder_of_its_name_live_side_by_side()
    {
        await PutAsync("a", "blob");
        await PutAsync("a/b", "in the folder");
        await PutAsync("A", "another one");

        Assert.Equal("blob", await ReadAsync("a"));
        Assert.Equal("in the folder", await ReadAsync("a/b"));
        Assert.Equal("another one", await ReadAsync("A"));
    }

    [Fact]
    public async Task Any_allowed_name_is_a_name_of_its_own()
    {
        string[] names =
        [
            new string('x', 240),
            new string('ä', 120),
            string.Join('/', Enumerable.Repeat("deep", 200)),
            "con",
            "a:b*?\"<>|",
            "%2F",
            "日本語/🚂",
            "é",
            "e\u0301",
            " leading and trailing ",
            "...",
            "~",
            ".hidden",
        ];
        foreach (var name in names)
        {
            await PutAsync(name, name);
        }

        foreach (var name in names)
        {
            Assert.Equal(name, await ReadAsync(name));
        }
    }

    [Fact]
    public async Task A_list_has_what_starts_with_the_prefix_in_order_of_the_utf8()
    {
        string[] names = ["p/a", "p/a/b", "p/a-b", "p/\uE000", "p/🚂", "p/B", "q", "p", "p-"];
        foreach (var name in names)
        {
            await PutAsync(name, name);
        }

        Assert.Equal(
            ["p/B", "p/a", "p/a-b", "p/a/b", "p/\uE000", "p/🚂"],
            (await ListAsync("p/")).Select(b => b.Name.ToString())
        );
        Assert.Equal(names.Length, (await ListAsync("")).Count);
        Assert.Empty(await ListAsync("none"));
    }

    [Fact]
    public async Task A_list_longer_than_a_page_has_everything_once()
    {
        for (var i = 0; i < 503; i++)
        {
            await AppendAsync($"many/{i:D5}", 0, "x");
        }

        var names = (await ListAsync("many/")).Select(b => b.Name.ToString()).ToList();

        Assert.Equal(Enumerable.Range(0, 503).Select(i => $"many/{i:D5}"), names);
    }

    [Fact]
    public async Task Delete_takes_everything_below_the_prefix_and_nothing_else()
    {
        foreach (var name in new[] { "runs/1/a", "runs/1/b/c", "runs/10/a", "runs/1" })
        {
            await PutAsync(name, name);
        }

        await Store.DeleteAsync("runs/1/", default);
        await Store.DeleteAsync("runs/1/", default);

        Assert.Equal(["runs/1", "runs/10/a"], (await ListAsync("")).Select(b => b.Name.ToString()));
        Assert.Null(await ReadAsync("runs/1/a"));
    }

    [Fact]
    public async Task An_append_after_a_delete_starts_anew()
    {
        await AppendAsync("log", 0, "old");
        await Store.DeleteAsync("log", default);

        Assert.Equal(new AppendResult(false, 0), await AppendAsync("log", 3, "x"));
        Assert.Equal(new AppendResult(true, 3), await AppendAsync("log", 0, "new"));
        Assert.Equal("new", await ReadAsync("log"));
    }

    protected static BlobName Name(string text) => BlobName.Parse(text);

    protected Task<BlobInfo> PutAsync(string name, string text, string? sha256 = null) =>
        Store.PutAsync(Name(name), new MemoryStream(Encoding.UTF8.GetBytes(text)), sha256, default);

    protected Task PutAllAsync(string[] names, string[] texts, string contents)
    {
        var blobs = names.Zip(
            texts,
            (n, text) => new NewBlob(Name(n), Encoding.UTF8.GetByteCount(text), Sha256Of(text))
        );
        return Store.PutAllAsync([.. blobs], new ReadOnceStream(Encoding.UTF8.GetBytes(contents)), default);
    }

    private async Task<string[]> ReadAllAsync(params string[] names)
    {
        var texts = new List<string>();
        foreach (var name in names)
        {
            texts.Add(await ReadAsync(name) ?? throw new InvalidOperationException($"'{name}' is not there."));
        }
        return [.. texts];
    }

    private static string Sha256Of(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    protected Task<AppendResult> AppendAsync(string name, long offset, string text) =>
        Store.AppendAsync(Name(name), offset, Encoding.UTF8.GetBytes(text), default);

    protected async Task<string?> ReadAsync(string name, long offset = 0, long? length = null)
    {
        await using var content = await Store.OpenReadAsync(Name(name), offset, length, default);
        if (content is null)
        {
            return null;
        }
        using var reader = new StreamReader(content);
        return await reader.ReadToEndAsync();
    }

    protected async Task<List<BlobInfo>> ListAsync(string prefix)
    {
        var blobs = new List<BlobInfo>();
        await foreach (var blob in Store.ListAsync(prefix, default))
        {
            blobs.Add(blob);
        }
        return blobs;
    }

    private sealed class BreakingStream : MemoryStream
    {
        private bool _broken;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_broken)
            {
                throw new IOException("The connection broke.");
            }
            _broken = true;
            buffer.Span[0] = (byte)'x';
            return new(1);
        }
    }
}
