using System.Text;
using Trainyard.Contracts;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;
using Trainyard.Functions.Http.Records;

namespace Trainyard.Functions.Tests;

/// <summary>A log's lines with their indexes and times, read page by page.</summary>
public sealed class LogRecordsTests : IAsyncLifetime
{
    private const int Lines = 5_000;

    private RunsHost _host = null!;
    private TrainingRun _run = null!;

    public async Task InitializeAsync()
    {
        _host = await RunsHost.StartAsync();
        _run = await _host.AcceptedAsync();
    }

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task Lines_have_the_times_they_were_printed_at_and_none_has_another_s()
    {
        // Two lines at once, one a second later, and one after the clock was set back.
        await WriteAsync("one\ntwo\nthree\nfour\n", $"0 {At(1)}\n8 {At(2)}\n14 {At(0)}\n");

        var records = await ReadAsync(_host.Get<RunRecords>(), RecordRange.All);

        Assert.Equal([At(1), At(1) + 1, At(2), At(2) + 1], records.Select(record => record.TimeMs));
    }

    [Fact]
    public async Task Lines_without_times_count_from_the_beginning()
    {
        await WriteAsync("one\ntwo\n", "");

        var records = await ReadAsync(_host.Get<RunRecords>(), RecordRange.All);

        Assert.Equal([At(0) + 1, At(0) + 2], records.Select(record => record.TimeMs));
    }

    [Fact]
    public async Task A_page_is_the_same_wherever_its_reading_began()
    {
        await WriteManyAsync();
        var warm = _host.Get<RunRecords>();
        var all = await ReadAsync(warm, RecordRange.All);
        Assert.Equal(Lines, all.Count);
        Assert.All(all.Zip(all.Skip(1)), pair => Assert.True(pair.First.TimeMs < pair.Second.TimeMs));

        foreach (var from in new[] { 1, 2, 499, 500, 501, 999, 1000, 1001, 2_750, 4_999, 5_000, 5_001 })
        {
            var byPlace = new RecordRange(from, from + 9);
            Assert.Equal(all.Skip(from - 1).Take(10), await ReadAsync(warm, byPlace));
            Assert.Equal(all.Skip(from - 1).Take(10), await ReadAsync(_host.Make<RunRecords>(), byPlace));
            // Clients continue from the millisecond after their last line.
            var byTime = RecordRange.Since(all[Math.Max(0, from - 2)].TimeMs + 1);
            Assert.Equal(all.Skip(Math.Max(1, from - 1)), await ReadAsync(warm, byTime));
        }
        Assert.Equal(Lines, await warm.CountLogAsync(_run, default));
        Assert.Equal(Lines, await _host.Make<RunRecords>().CountLogAsync(_run, default));
    }

    [Fact]
    public async Task The_next_page_is_not_looked_for_from_the_log_s_start()
    {
        await WriteManyAsync();
        var blobs = new NotedReads(_host.Get<IBlobStore>(), RunBlobs.Log(_run.Id));
        var records = new RunRecords(blobs, _host.Time);
        var all = await ReadAsync(records, RecordRange.All);
        blobs.Offsets.Clear();

        await ReadAsync(records, new RecordRange(4_800, 4_809));
        await ReadAsync(records, RecordRange.Since(all[4_799].TimeMs));
        await records.CountLogAsync(_run, default);

        // The offset of line 4,501: all lines have the same length.
        var from =
            4_500L * (((await _host.Get<IBlobStore>().FindAsync(RunBlobs.Log(_run.Id), default))!.Bytes) / Lines);
        Assert.Equal([from, from, 5_000L * from / 4_500], blobs.Offsets);
    }

    [Fact]
    public void However_long_a_log_is_few_places_in_it_are_kept()
    {
        var (index, log) = (new LogIndex(), BlobName.Parse("log"));
        for (long line = LogIndex.Spacing; line <= 5_000_000; line += LogIndex.Spacing)
        {
            index.Add(log, new LogPlace(line, line, line, line));
        }

        Assert.Equal(5_000_000, index.FindBefore(log, RecordRange.Since(9_000_000)).Index);
        foreach (var line in new[] { 20_000, 1_000_000, 4_900_000 })
        {
            Assert.InRange(index.FindBefore(log, new RecordRange(line, line + 9)).Index, line - 10_000, line - 1);
            Assert.InRange(index.FindBefore(log, RecordRange.Since(line)).Index, line - 10_000, line - 1);
        }
        Assert.Equal(LogPlace.Start, index.FindBefore(BlobName.Parse("other"), RecordRange.All));
    }

    private long At(int second) => _run.SubmittedAt.AddSeconds(second).ToUnixTimeMilliseconds();

    private Task WriteManyAsync()
    {
        var lines = Enumerable.Range(1, Lines).Select(i => $"line {i:D5}\n").ToList();
        // A mark for every third line.
        var marks = Enumerable.Range(0, Lines / 3).Select(i => $"{i * 33} {At(i)}\n");
        return WriteAsync(string.Concat(lines), string.Concat(marks));
    }

    private async Task WriteAsync(string log, string marks)
    {
        var blobs = _host.Get<IBlobStore>();
        _host.Time.Advance(TimeSpan.FromHours(2));
        await blobs.AppendAsync(RunBlobs.Log(_run.Id), 0, Encoding.UTF8.GetBytes(log), default);
        if (marks.Length > 0)
        {
            await blobs.AppendAsync(RunBlobs.LogTimes(_run.Id), 0, Encoding.UTF8.GetBytes(marks), default);
        }
    }

    private async Task<List<RunRecord<string>>> ReadAsync(RunRecords records, RecordRange range) =>
        await records.LogAsync(_run, range, default).ToListAsync();

    /// <summary>Records the offsets at which a blob was read.</summary>
    private sealed class NotedReads(IBlobStore inner, BlobName of) : IBlobStore
    {
        public List<long> Offsets { get; } = [];

        public Task<Stream?> OpenReadAsync(
            BlobName name,
            long offset,
            long? length,
            CancellationToken cancellationToken
        )
        {
            if (name == of)
            {
                Offsets.Add(offset);
            }
            return inner.OpenReadAsync(name, offset, length, cancellationToken);
        }

        public Task<BlobInfo> PutAsync(BlobName name, Stream content, string? sha256, CancellationToken token) =>
            inner.PutAsync(name, content, sha256, token);

        public Task<AppendResult> AppendAsync(
            BlobName name,
            long offset,
            ReadOnlyMemory<byte> content,
            CancellationToken cancellationToken
        ) => inner.AppendAsync(name, offset, content, cancellationToken);

        public Task<BlobInfo?> FindAsync(BlobName name, CancellationToken cancellationToken) =>
            inner.FindAsync(name, cancellationToken);

        public IAsyncEnumerable<BlobInfo> ListAsync(string prefix, CancellationToken cancellationToken) =>
            inner.ListAsync(prefix, cancellationToken);

        public Task DeleteAsync(string prefix, CancellationToken cancellationToken) =>
            inner.DeleteAsync(prefix, cancellationToken);
    }
}
