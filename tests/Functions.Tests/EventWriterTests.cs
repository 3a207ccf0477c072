using System.Net.ServerSentEvents;
using System.Text;
using Trainyard.Functions.Http.Streaming;

namespace Trainyard.Functions.Tests;

public sealed class EventWriterTests
{
    [Theory]
    [InlineData("one\ntwo\n", "one\ntwo")]
    [InlineData("bar 10%\rbar 20%\n", "bar 10%\nbar 20%")]
    [InlineData("a\r\nb\r\n", "a\nb")]
    [InlineData("\n", "")]
    [InlineData("page\fnext\u2028same line\u0085\n", "page\fnext\u2028same line\u0085")]
    public async Task A_chunk_of_the_log_is_one_event_with_the_offset_after_it(string sent, string received)
    {
        var item = Assert.Single(await WriteAsync("log", sent, 42));

        Assert.Equal(("log", received, "42"), (item.EventType, item.Data, item.EventId));
    }

    [Fact]
    public async Task Each_metric_is_an_event_and_the_last_one_has_the_offset()
    {
        var items = await WriteAsync("metric", "{\"a\":1}\n{\"a\":2}\n", 16);

        Assert.Equal(["{\"a\":1}", "{\"a\":2}"], items.Select(item => item.Data));
        Assert.Equal([null, "16"], items.Select(item => item.EventId));
    }

    [Fact]
    public async Task A_keep_alive_is_no_event()
    {
        using var body = new MemoryStream();
        await new EventWriter(body, "log").WriteKeepAliveAsync(default);

        Assert.Empty(await ReadAsync(body));
        Assert.Equal(": \n\n", Encoding.UTF8.GetString(body.ToArray()));
    }

    private static async Task<List<SseItem<string>>> WriteAsync(string name, string lines, long offset)
    {
        using var body = new MemoryStream();
        await new EventWriter(body, name).WriteOutputAsync(Encoding.UTF8.GetBytes(lines), offset, default);
        return await ReadAsync(body);
    }

    private static async Task<List<SseItem<string>>> ReadAsync(MemoryStream body)
    {
        body.Position = 0;
        return await SseParser.Create(body).EnumerateAsync().ToListAsync();
    }
}
