using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Trainyard.Agent.Tests.Service;

/// <summary>An object of a fake data bucket.</summary>
internal sealed class FakeObject(string key, byte[] content)
{
    private int _served;

    public string Key => key;

    public byte[] Content { get; set; } = content;

    /// <summary>How long the list says it is; as long as it is by default.</summary>
    public long? ListedBytes { get; init; }

    /// <summary>Where it is when it is not at the service.</summary>
    public string? Url { get; init; }

    /// <summary>Which version it is.</summary>
    public string Version { get; set; } = "one";

    /// <summary>Whether the list names the version too.</summary>
    public bool ListsVersion { get; init; }

    /// <summary>Bytes after which the connection breaks, one a request.</summary>
    public Queue<int> BreaksAfter { get; init; } = new();

    /// <summary>Called with the number of each request, from 1, before it is answered; true when it answered itself.</summary>
    public Func<int, HttpContext, bool> Before { get; init; } = (_, _) => false;

    public List<long?> RangesAsked { get; } = [];

    public int Served => _served;

    public async Task SendAsync(HttpContext context)
    {
        var request = Interlocked.Increment(ref _served);
        var range = context.Request.GetTypedHeaders().Range?.Ranges.First();
        lock (RangesAsked)
        {
            RangesAsked.Add(range?.From);
        }
        if (Before(request, context))
        {
            return;
        }
        var etag = new EntityTagHeaderValue($"\"{Version}\"");
        if (context.Request.GetTypedHeaders().IfMatch is [{ } wanted] && !wanted.Equals(etag))
        {
            context.Response.StatusCode = 412;
            return;
        }
        await SendAsync(context, range, etag);
    }

    private async Task SendAsync(HttpContext context, RangeItemHeaderValue? range, EntityTagHeaderValue etag)
    {
        var from = (int)(range?.From ?? 0);
        var end = (int)Math.Min(range?.To + 1 ?? Content.Length, Content.Length);
        var body = Content.AsMemory(from..end);
        context.Response.StatusCode = range is null ? 200 : 206;
        context.Response.ContentLength = body.Length;
        if (range is not null)
        {
            context.Response.Headers.ContentRange = $"bytes {from}-{end - 1}/{Content.Length}";
        }
        context.Response.GetTypedHeaders().ETag = etag;
        if (TryBreak(out var length))
        {
            await context.Response.Body.WriteAsync(body[..length]);
            await context.Response.Body.FlushAsync();
            context.Abort();
            return;
        }
        await context.Response.Body.WriteAsync(body);
    }

    private bool TryBreak(out int length)
    {
        lock (BreaksAfter)
        {
            return BreaksAfter.TryDequeue(out length);
        }
    }
}
